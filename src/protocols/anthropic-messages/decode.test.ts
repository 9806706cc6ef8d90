// Clients' requests and whole answers: the cases that recordings do not contain.
import { describe, expect, test } from "vitest";
import type { ChatRequest, ChatResponse } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { answerTool } from "./features/answer-tool.ts";
import { anthropicMessages } from "./protocol.ts";

const decode = (more: JsonObject): ChatRequest =>
  anthropicMessages.chat.request.decode(
    { model: "assistant", max_tokens: 9, messages: [{ role: "user", content: "Hi" }], ...more },
    { model: null, stream: false },
  );

describe("requests", () => {
  test("system first, results in turns of their own", () => {
    const { messages } = decode({
      system: "Be kind.",
      messages: [
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: { a: 1 } }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t", content: "1", is_error: true },
            { type: "text", text: "so?" },
          ],
        },
      ],
    });
    expect(messages).toEqual([
      { role: "system", parts: [{ type: "text", text: "Be kind." }], name: null },
      { role: "assistant", parts: [{ type: "tool-call", id: "t", name: "f", arguments: '{"a":1}' }], name: null },
      {
        role: "tool",
        parts: [{ type: "tool-result", id: "t", name: null, parts: [{ type: "text", text: "1" }], isError: true }],
        name: null,
      },
      { role: "user", parts: [{ type: "text", text: "so?" }], name: null },
    ]);
  });

  test.each([
    [{ thinking: { type: "enabled", budget_tokens: 2000 } }, { effort: null, budget: 2000, visible: true }],
    [{ thinking: { type: "adaptive", display: "summarized" } }, { effort: null, budget: -1, visible: true }],
    [
      { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
      { effort: "low", budget: null, visible: true },
    ],
    [{ thinking: { type: "adaptive", display: "omitted" } }, { effort: null, budget: -1, visible: false }],
    [{ thinking: { type: "disabled" } }, { effort: "none", budget: null, visible: null }],
    [{ output_config: { effort: "max" } }, { effort: "max", budget: null, visible: null }],
    [{}, null],
  ] satisfies [JsonObject, ChatRequest["reasoning"]][])("%j asks for %j", (body, reasoning) => {
    expect(decode(body).reasoning).toEqual(reasoning);
  });

  test.each([
    [{ type: "auto" }, { kind: "auto" }, null],
    [{ type: "any", disable_parallel_tool_use: true }, { kind: "required" }, false],
    [{ type: "tool", name: "f" }, { kind: "tool", name: "f" }, null],
    [{ type: "none" }, { kind: "none" }, null],
  ] satisfies [JsonObject, ChatRequest["toolChoice"], boolean | null][])(
    "%j chooses %j",
    (given, toolChoice, parallelTools) => {
      expect(decode({ tool_choice: given })).toMatchObject({ toolChoice, parallelTools });
    },
  );

  test("knobs, user, and fields that are not known", () => {
    const chat = decode({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      stop_sequences: ["x"],
      metadata: { user_id: "u" },
      stream: true,
      container: "c",
    });
    expect(chat.sampling).toMatchObject({ maxTokens: 9, temperature: 0.5, topP: 0.9, topK: 3, stop: ["x"] });
    expect([chat.user, chat.stream, chat.extras]).toEqual([
      "u",
      true,
      { protocol: "anthropic-messages", fields: { container: "c" } },
    ]);
  });

  test("documents by text, and content that only this protocol knows", () => {
    const content = [
      { type: "document", source: { type: "text", media_type: "text/plain", data: "é" }, title: "t" },
      { type: "document", source: { type: "content", content: [] } },
      { type: "search_result", source: "x", title: "y", content: [] },
    ];
    expect(decode({ messages: [{ role: "user", content }] }).messages[0]!.parts).toEqual([
      { type: "file", source: { kind: "data", mediaType: "text/plain", data: "w6k=" }, filename: "t" },
      {
        type: "foreign",
        state: { protocol: "anthropic-messages", value: content[1] },
        lostPlaces: ["messages[0].content[1]"],
      },
      {
        type: "foreign",
        state: { protocol: "anthropic-messages", value: content[2] },
        instead: [{ type: "text", text: "title: y\nsource: x" }],
      },
    ]);
  });

  test("thoughts without a signature are nobody's", () => {
    const content = [{ type: "thinking", thinking: "hm", signature: "" }];
    expect(decode({ messages: [{ role: "assistant", content }] }).messages[0]!.parts).toEqual([
      { type: "reasoning", text: "hm" },
    ]);
  });

  test.each([
    [{ messages: "Hi" }, "messages", "messages: expected an array, got a string"],
    [
      { messages: [{ role: "bot", content: "" }] },
      "messages[0].role",
      'messages[0].role: expected "user", "assistant" or "system", got "bot"',
    ],
    [
      { messages: [{ role: "user", content: 7 }] },
      "messages[0].content",
      "messages[0].content: expected a string or an array of blocks, got a number",
    ],
    [{ messages: [{ role: "user", content: [{ type: "image" }] }] }, "messages[0].content[0].source", undefined],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0].text", undefined],
    [{ max_tokens: "9" }, "max_tokens", undefined],
    [{ tools: [{ name: "f" }] }, "tools[0].input_schema", undefined],
    [{ tool_choice: { type: "maybe" } }, "tool_choice.type", undefined],
    [{ stop_sequences: [1] }, "stop_sequences[0]", undefined],
    [{ model: 3 }, "model", undefined],
  ] satisfies [JsonObject, string, string | undefined][])(
    "%j is the caller's mistake, at %s",
    (body, param, message) => {
      const failure = caught(() => decode(body));
      expect(failure).toMatchObject({ code: "bad_request", status: 400, param });
      expect(failure.message).toContain(message ?? param);
    },
  );
});

function caught(act: () => unknown): GatewayFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayFailure) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const answer = (content: Json, more: JsonObject = {}): ReturnType<typeof anthropicMessages.chat.response.decode> =>
  anthropicMessages.chat.response.decode({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content,
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 2 },
    ...more,
  });

describe("answers", () => {
  test("trap 10: all input is counted, cache included; thoughts are part of the output", () => {
    const usage = {
      input_tokens: 5,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
    };
    expect(answer([], { usage })).toMatchObject({
      usage: { input: 10, output: 9, cacheRead: 3, cacheWrite: 2, reasoning: 4 },
    });
    const creation = { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 1 };
    expect(answer([], { usage: { ...usage, cache_creation: creation } })).toMatchObject({
      usage: { input: 10, cacheWrite: 2, cacheWrite1h: 1 },
    });
    const iterations = [
      { type: "compaction", input_tokens: 100, output_tokens: 10 },
      { type: "message", input_tokens: 5, output_tokens: 9 },
    ];
    expect(answer([], { usage: { ...usage, iterations } })).toMatchObject({ usage: { input: 105, output: 19 } });
    const advisor = { type: "advisor_message", model: "claude-opus-5", input_tokens: 900, output_tokens: 90 };
    const advised = [...iterations, advisor];
    expect(answer([], { usage: { ...usage, iterations: advised } })).toMatchObject({
      usage: { input: 105, output: 19 },
    });
    expect(answer([], { usage: { ...usage, iterations: [...iterations.slice(1), advisor] } })).toMatchObject({
      usage: { input: 10, output: 9 },
    });
  });

  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "content_filter"],
    ["pause_turn", "length"],
    ["length", "length"],
    ["MAX_TOKENS", "length"],
    ["content-filter", "content_filter"],
  ])("%s is %s", (raw, finish) => {
    expect(answer([{ type: "text", text: "x" }], { stop_reason: raw })).toMatchObject({
      choices: [{ finish, rawFinish: raw }],
    });
  });

  test.each(["toString", "abort", "ERROR", "something_new"])("F17: %s is a break, never an end", (raw) => {
    expect(answer([{ type: "text", text: "x" }], { stop_reason: raw })).toMatchObject({ verdict: "cut", code: raw });
  });

  test("trap 44: only the synthetic call becomes text", () => {
    const synthetic = { type: "tool_use", id: "t", name: answerTool, input: { a: 1 } };
    const real = { type: "tool_use", id: "u", name: "f", input: {} };
    expect(answer([synthetic], { stop_reason: "tool_use" })).toMatchObject({
      choices: [{ finish: "stop", parts: [{ type: "text", text: '{"a":1}' }] }],
    });
    expect(answer([real, synthetic], { stop_reason: "tool_use" })).toMatchObject({
      choices: [{ finish: "tool_calls", parts: [{ type: "tool-call", id: "u" }, { type: "text" }] }],
    });
  });

  test.each([[null], ["<html>"], [[]], [{}], [{ type: "message", content: "x" }]] satisfies [Json][])(
    "%j is no answer",
    (body) => {
      expect(anthropicMessages.chat.response.decode(body)).toMatchObject({ verdict: "malformed" });
    },
  );

  test("an error under 200 keeps its verdict; odd blocks do no harm", () => {
    expect(
      anthropicMessages.chat.response.decode({ type: "error", error: { type: "overloaded_error", message: "x" } }),
    ).toMatchObject({ verdict: "overloaded", status: null });
    expect(
      answer([null, 3, {}, { type: "text" }, { type: "tool_use" }], { stop_reason: null, usage: 7 }),
    ).toMatchObject({
      usage: null,
      choices: [{ finish: null }],
    });
  });

  test("another protocol's answer, for a client of this one", () => {
    const response: ChatResponse = {
      id: "chatcmpl-1",
      model: "gpt-4o",
      created: 1,
      choices: [
        {
          index: 0,
          parts: [
            { type: "text", text: "Hi" },
            { type: "tool-call", id: "c", name: "f", arguments: "{broken" },
          ],
          finish: "tool_calls",
          rawFinish: "tool_calls",
          stopSequence: null,
          logprobs: null,
        },
      ],
      usage: { input: 10, output: 2, cacheRead: 4, cacheWrite: null, reasoning: null },
      extras: { protocol: "openai-chat", fields: { system_fingerprint: "fp" } },
    };
    expect(anthropicMessages.chat.response.encode(response, { id: "msg_own", created: 0, includeUsage: true })).toEqual(
      {
        id: "msg_own",
        type: "message",
        role: "assistant",
        model: "gpt-4o",
        content: [
          { type: "text", text: "Hi" },
          { type: "tool_use", id: "c", name: "f", input: { _raw: "{broken" } },
        ],
        container: null,
        stop_reason: "tool_use",
        stop_sequence: null,
        stop_details: null,
        diagnostics: null,
        usage: { input_tokens: 6, cache_creation_input_tokens: null, cache_read_input_tokens: 4, output_tokens: 2 },
      },
    );
  });
});

test("tools that come and go: to others, who are offered all, only that one went is said", () => {
  const change = (type: string): JsonObject => ({ type, tool: { type: "tool_reference", name: "look" } });
  const told = (type: string): unknown => {
    const body = { model: "m", max_tokens: 9, messages: [{ role: "system", content: [change(type)] }] };
    return anthropicMessages.chat.request.decode(body, { model: null, stream: false }).messages[0]?.parts;
  };
  expect(told("tool_addition")).toMatchObject([{ type: "foreign", instead: [] }]);
  expect(told("tool_removal")).toMatchObject([
    { type: "foreign", instead: [{ type: "text", text: "The tool look must not be called any more." }] },
  ]);
});
