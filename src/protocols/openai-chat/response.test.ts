import { describe, expect, test } from "vitest";
import type { ChatResponse, Choice, Part } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import type { StreamOptions } from "../../core/protocol.ts";
import { openaiChat } from "./protocol.ts";

const options: StreamOptions = { id: "chatcmpl-own", created: 9, includeUsage: false };

function whole(message: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 5,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", ...message }, logprobs: null, finish_reason: "stop", ...more }],
  };
}

function decode(body: JsonObject): ChatResponse {
  const response = openaiChat.chat.response.decode(body);
  if ("verdict" in response) throw new Error(response.message);
  return response;
}

function choiceOf(body: JsonObject): Choice | undefined {
  return decode(body).choices[0];
}

/** A whole answer of another protocol. */
function foreign(parts: readonly Part[], change: Partial<Choice> = {}): ChatResponse {
  const choice = {
    index: 0,
    parts,
    finish: "stop",
    rawFinish: "STOP",
    stopSequence: null,
    logprobs: null,
    ...change,
  } as const;
  return {
    id: "resp_1",
    model: "m",
    created: null,
    choices: [choice],
    usage: null,
    extras: { protocol: "gemini-generate", fields: { promptFeedback: {} } },
  };
}

function messageOf(parts: readonly Part[], change: Partial<Choice> = {}): unknown {
  const body = openaiChat.chat.response.encode(foreign(parts, change), options) as { choices?: { message: unknown }[] };
  return body.choices?.[0]?.message;
}

describe("decoding", () => {
  test("the envelope", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cost: 1 };
    const body = { ...whole({ content: "a" }), usage, system_fingerprint: "fp", service_tier: null };
    expect(decode(body)).toEqual({
      id: "chatcmpl-1",
      model: "m",
      created: 5,
      choices: [
        {
          index: 0,
          parts: [{ type: "text", text: "a" }],
          finish: "stop",
          rawFinish: "stop",
          stopSequence: null,
          logprobs: null,
        },
      ],
      usage: { input: 3, output: 2, cacheRead: null, cacheWrite: null, reasoning: null },
      extras: { protocol: "openai-chat", fields: { usage, system_fingerprint: "fp" } },
    });
  });

  test("all that a message can hold", () => {
    const annotations = [{ type: "url_citation" }];
    const message = {
      reasoning_content: "hm",
      content: "a",
      refusal: "no",
      images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }],
      tool_calls: [
        { id: "", type: "function", function: { name: "f", arguments: "{}" } },
        { id: "c", type: "custom", custom: { name: "x", input: "y" } },
        { id: "n", type: "novelty", novelty: { name: "x" } },
      ],
      annotations,
    };
    expect(choiceOf(whole(message))?.parts).toEqual([
      { type: "reasoning", text: "hm", state: { protocol: "openai-chat", value: { field: "reasoning_content" } } },
      { type: "text", text: "a" },
      { type: "refusal", text: "no" },
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA" }, detail: null },
      { type: "tool-call", id: expect.stringMatching(/^call_[0-9A-Za-z]{24}$/) as string, name: "f", arguments: "{}" },
      { type: "tool-call", id: "c", name: "x", arguments: '{"input":"y"}' },
      {
        type: "foreign",
        state: { protocol: "openai-chat", value: { tool_call: message.tool_calls[2] } },
        lostPlaces: ["answer.tool_calls.novelty"],
      },
      { type: "foreign", state: { protocol: "openai-chat", value: { message: { annotations } } } },
    ]);
  });

  test("null content, empty lists and null members are nothing", () => {
    const message = { content: null, refusal: null, tool_calls: null, annotations: [], audio: null };
    expect(choiceOf(whole(message))?.parts).toEqual([]);
  });

  test.each([
    ["stop", "tool_calls"],
    ["length", "length"],
    ["function_call", "tool_calls"],
  ])("trap 1: calls that end with %s end with %s", (raw, finish) => {
    const tool_calls = [{ id: "a", function: { name: "f", arguments: "{}" } }];
    expect(choiceOf(whole({ content: null, tool_calls }, { finish_reason: raw }))).toMatchObject({
      finish,
      rawFinish: raw,
    });
  });

  test("no finish reason is none", () => {
    expect(choiceOf(whole({ content: "a" }, { finish_reason: null }))).toMatchObject({ finish: null, rawFinish: null });
  });

  test.each<[JsonObject, object]>([
    [
      { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 } },
      { cacheRead: 4, cacheWrite: 1 },
    ],
    [{ prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 4 }, { cacheRead: 4 }],
    [{ prompt_tokens: 9, completion_tokens: 2, cached_tokens: 4 }, { cacheRead: 4 }],
    [
      { prompt_tokens: 9, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 1 } },
      { output: 2, reasoning: 1 },
    ],
    // Trap 8: reasoning tokens outside the output, visible in the total only, or in it
    [
      { prompt_tokens: 9, completion_tokens: 2, total_tokens: 21 },
      { output: 12, reasoning: 10 },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 2, total_tokens: 21, completion_tokens_details: { reasoning_tokens: 10 } },
      { output: 12, reasoning: 10 },
    ],
    // More cached tokens than input: they are outside the input only if the total contains both
    [
      { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 20 } },
      { input: 9, output: 2, cacheRead: 9 },
    ],
    [
      { prompt_tokens: 78, completion_tokens: 9, total_tokens: 87, prompt_tokens_details: { cached_tokens: 158 } },
      { input: 78, output: 9, cacheRead: 78 },
    ],
    [
      { prompt_tokens: 9, completion_tokens: 2, total_tokens: 31, prompt_tokens_details: { cached_tokens: 20 } },
      { input: 29, output: 2, cacheRead: 20 },
    ],
  ])("usage %j", (usage, expected) => {
    expect(decode({ ...whole({ content: "a" }), usage }).usage).toMatchObject(expected);
  });

  test("usage without a count is none", () => {
    expect(decode({ ...whole({ content: "a" }), usage: {} }).usage).toBeNull();
  });
});

describe("encoding another protocol's answer", () => {
  test("the envelope is this protocol's, and the other's fields stay out", () => {
    const response = {
      ...foreign([{ type: "text", text: "a" }]),
      usage: { input: 3, output: 5, cacheRead: 1, cacheWrite: 2, reasoning: 4 },
    };
    expect(openaiChat.chat.response.encode(response, options)).toEqual({
      id: "chatcmpl-own",
      object: "chat.completion",
      created: 9,
      model: "m",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "a", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 5,
        total_tokens: 8,
        prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    });
  });

  test.each<[string, Part[], object]>([
    [
      "texts are one",
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      { content: "ab" },
    ],
    ["nothing is an empty text", [], { content: "" }],
    [
      "a call alone has null content",
      [{ type: "tool-call", id: "a", name: "f", arguments: "{}" }],
      { content: null, tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }] },
    ],
    ["a refusal has null content", [{ type: "refusal", text: "no" }], { content: null, refusal: "no" }],
    ["reasoning", [{ type: "reasoning", text: "hm" }], { content: "", reasoning_content: "hm" }],
    [
      "images",
      [{ type: "image", source: { kind: "data", mediaType: "image/png", data: "AA" }, detail: null }],
      { content: "", images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" }, index: 0 }] },
    ],
    [
      "a signature on a text",
      [{ type: "text", text: "a", state: { protocol: "gemini-generate", value: "sig" } }],
      { content: "a", extra_content: { google: { thought_signature: "sig" } } },
    ],
    [
      "sealed reasoning",
      [{ type: "reasoning", text: "hm", state: { protocol: "anthropic-messages", value: { signature: "s" } } }],
      {
        reasoning_content: "hm",
        reasoning_details: [
          {
            type: "reasoning.encrypted",
            index: 0,
            format: "anthropic-messages",
            data: '{"signature":"s"}',
            start: 0,
            length: 2,
          },
        ],
      },
    ],
    [
      "foreign parts are left out",
      [{ type: "foreign", state: { protocol: "anthropic-messages", value: {} } }],
      { content: "" },
    ],
  ])("%s", (_name, parts, expected) => {
    expect(messageOf(parts)).toMatchObject(expected);
  });

  test.each([
    ["stop", [], "stop"],
    ["content_filter", [], "content_filter"],
    ["stop", [{ type: "tool-call", id: "a", name: "f", arguments: "" }], "tool_calls"],
    ["length", [{ type: "tool-call", id: "a", name: "f", arguments: "" }], "length"],
  ] as const)("trap 6: %s with %j is %s", (finish, parts, expected) => {
    const body = openaiChat.chat.response.encode(foreign(parts, { finish }), options);
    expect(body).toMatchObject({ choices: [{ finish_reason: expected }] });
  });

  test("trap 45: the stop string and the log probabilities", () => {
    const token = { token: "a", logprob: -1, bytes: [97], top: [{ token: "b", logprob: -2, bytes: null }] };
    const body = openaiChat.chat.response.encode(foreign([], { stopSequence: "END", logprobs: [token] }), options);
    expect(body).toMatchObject({
      choices: [
        {
          stop_sequence: "END",
          logprobs: {
            content: [
              { token: "a", logprob: -1, bytes: [97], top_logprobs: [{ token: "b", logprob: -2, bytes: null }] },
            ],
            refusal: null,
          },
        },
      ],
    });
  });

  test("a client of the older functions", () => {
    const response = foreign([{ type: "tool-call", id: "a", name: "f", arguments: "{}" }], { finish: "tool_calls" });
    expect(openaiChat.chat.response.encode(response, { ...options, legacyFunctions: true })).toMatchObject({
      choices: [
        { finish_reason: "function_call", message: { content: null, function_call: { name: "f", arguments: "{}" } } },
      ],
    });
  });
});

test("state of any protocol comes back from a client's history as it was", () => {
  const parts: Part[] = [
    { type: "reasoning", text: "one", state: { protocol: "anthropic-messages", value: { signature: "s" } } },
    { type: "reasoning", text: "", state: { protocol: "anthropic-messages", value: { redacted: "d" } } },
    { type: "text", text: "a" },
    {
      type: "tool-call",
      id: "a",
      name: "f",
      arguments: "{}",
      state: { protocol: "openai-responses", value: { id: "fc_1" } },
    },
    { type: "tool-call", id: "b", name: "f", arguments: "{}", state: { protocol: "gemini-generate", value: "sig" } },
  ];
  const body = { model: "m", messages: [messageOf(parts, { finish: "tool_calls" })] } as unknown as JsonObject;
  expect(openaiChat.chat.request.decode(body, { model: null, stream: false }).messages[0]?.parts).toEqual(parts);
});
