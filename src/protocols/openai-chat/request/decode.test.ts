import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatRequest, Message, Part, VendorState } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { textToBase64 } from "../../shared/data-url.ts";
import { openaiChat } from "../protocol.ts";

const hint = { model: null, stream: false };
const hello = [{ role: "user", content: "hello" }];

function decode(body: JsonObject): ChatRequest {
  return openaiChat.chat.request.decode({ model: "m", messages: hello, ...body }, hint);
}

function messages(...list: JsonObject[]): readonly Message[] {
  return decode({ messages: list }).messages;
}

function refusal(body: JsonObject): GatewayFailure {
  try {
    openaiChat.chat.request.decode(body, hint);
  } catch (error) {
    if (error instanceof GatewayFailure) return error;
    throw error;
  }
  throw new Error("the request was taken");
}

function own(value: Json): VendorState {
  return { protocol: "openai-chat", value };
}

function idOf(message: Message | undefined): string | null {
  const part = message?.parts[0];
  return part?.type === "tool-call" || part?.type === "tool-result" ? part.id : null;
}

describe("parameters", () => {
  test("nothing said is null, never a default", () => {
    expect(decode({})).toEqual({
      model: "m",
      messages: [{ role: "user", parts: [{ type: "text", text: "hello" }], name: null }],
      tools: [],
      toolChoice: null,
      parallelTools: null,
      output: null,
      reasoning: null,
      sampling: {
        maxTokens: null,
        temperature: null,
        topP: null,
        topK: null,
        seed: null,
        n: null,
        stop: [],
        presencePenalty: null,
        frequencyPenalty: null,
        logprobs: null,
        topLogprobs: null,
        logitBias: null,
      },
      stream: false,
      includeUsage: false,
      user: null,
      extras: { protocol: "openai-chat", fields: {} },
    });
  });

  test.each<[JsonObject, object]>([
    [{ max_tokens: 5 }, { sampling: { maxTokens: 5 } }],
    [{ max_completion_tokens: 6, max_tokens: 5 }, { sampling: { maxTokens: 6 } }],
    [{ temperature: 0, top_p: 0.5, top_k: 4 }, { sampling: { temperature: 0, topP: 0.5, topK: 4 } }],
    [{ seed: 7, n: 2 }, { sampling: { seed: 7, n: 2 } }],
    [{ stop: "a" }, { sampling: { stop: ["a"] } }],
    [{ stop: ["a", "b"] }, { sampling: { stop: ["a", "b"] } }],
    [{ stop: null, temperature: null }, { sampling: { stop: [], temperature: null } }],
    [{ presence_penalty: 1, frequency_penalty: -1 }, { sampling: { presencePenalty: 1, frequencyPenalty: -1 } }],
    [{ logprobs: true, top_logprobs: 2 }, { sampling: { logprobs: true, topLogprobs: 2 } }],
    [{ logit_bias: { "50256": -100 } }, { sampling: { logitBias: { "50256": -100 } } }],
    [
      { stream: true, stream_options: { include_usage: true } },
      { stream: true, includeUsage: true },
    ],
    [{ user: "u" }, { user: "u" }],
    [{ safety_identifier: "s" }, { user: "s", extras: { fields: {} } }],
    [
      { user: "u", safety_identifier: "s" },
      { user: "u", extras: { fields: { safety_identifier: "s" } } },
    ],
    [{ parallel_tool_calls: false }, { parallelTools: false }],
    [{ reasoning_effort: "high" }, { reasoning: { effort: "high", budget: null, visible: true } }],
    [{ reasoning_effort: "none" }, { reasoning: { effort: "none", budget: null, visible: null } }],
    [{ reasoning_effort: "instant" }, { reasoning: null, extras: { fields: { reasoning_effort: "instant" } } }],
    [{ reasoning: { effort: "low", exclude: true } }, { reasoning: { effort: "low", visible: false } }],
    [{ reasoning: { max_tokens: 2000 } }, { reasoning: { effort: null, budget: 2000, visible: true } }],
    [
      { thinking: { type: "disabled" } },
      { reasoning: { effort: "none" }, extras: { fields: { thinking: { type: "disabled" } } } },
    ],
    [{ response_format: { type: "text" } }, { output: { kind: "text" } }],
    [{ response_format: { type: "json_object" } }, { output: { kind: "json" } }],
    [
      { response_format: { type: "grammar" } },
      { output: null, extras: { fields: { response_format: { type: "grammar" } } } },
    ],
    [
      { metadata: { a: "b" }, store: true, service_tier: "flex" },
      { extras: { fields: { metadata: { a: "b" }, store: true } } },
    ],
    [
      { stream_options: { include_obfuscation: false } },
      { extras: { fields: { stream_options: { include_obfuscation: false } } } },
    ],
  ])("%j", (body, expected) => {
    expect(decode(body)).toMatchObject(expected);
  });

  test("a JSON schema beside its type, as llama.cpp, Together and Responses write it", () => {
    const schema = { type: "object", properties: {} };
    const { output, strays = [] } = decode({ response_format: { type: "json_schema", schema, strict: true } });
    expect(output).toEqual({ kind: "json_schema", name: "answer", description: null, schema, strict: true });
    expect(strays).toEqual([]);
    expect(() => decode({ response_format: { type: "json_schema" } })).toThrow(/response_format\.json_schema/u);
  });

  test("a JSON schema with what it says of itself", () => {
    const schema = { type: "object", properties: {} };
    const json_schema = { name: "n", description: "d", schema, strict: true };
    expect(decode({ response_format: { type: "json_schema", json_schema } }).output).toEqual({
      kind: "json_schema",
      name: "n",
      description: "d",
      schema,
      strict: true,
    });
  });

  test("model and stream may come with the path", () => {
    const request = openaiChat.chat.request.decode({ messages: hello }, { model: "from-path", stream: true });
    expect(request).toMatchObject({ model: "from-path", stream: true });
  });
});

describe("tools", () => {
  const parameters = { type: "object", properties: { a: { type: "string" } } };
  const tool = { type: "function", function: { name: "f", description: "d", parameters, strict: true } };

  test("functions, with or without a type; others stay as they are", () => {
    const other = { type: "openrouter:web_search", parameters: {} };
    const { tools, extras } = decode({ tools: [tool, { function: { name: "g" } }, other] });
    expect(tools).toEqual([
      { name: "f", description: "d", parameters, strict: true },
      { name: "g", description: null, parameters: null, strict: null },
    ]);
    expect(extras.fields).toEqual({ tools: [other] });
  });

  test("the older functions", () => {
    const request = decode({ functions: [{ name: "f", parameters }], function_call: { name: "f" } });
    expect(request.tools).toEqual([{ name: "f", description: null, parameters, strict: null }]);
    expect(request.toolChoice).toEqual({ kind: "tool", name: "f" });
    expect(request.legacyFunctions).toBe(true);
  });

  test.each<[Json, object | null]>([
    ["auto", { kind: "auto" }],
    ["none", { kind: "none" }],
    ["required", { kind: "required" }],
    ["any", { kind: "required" }],
    [
      { type: "function", function: { name: "f" } },
      { kind: "tool", name: "f" },
    ],
    [
      {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
      },
      { kind: "subset", mode: "required", names: ["f"] },
    ],
    [
      { type: "custom", custom: { name: "c" } },
      { kind: "tool", name: "c" },
    ],
    [{ type: "novelty" }, null],
    [null, null],
  ])("tool_choice %j", (tool_choice, expected) => {
    expect(decode({ tools: [tool], tool_choice }).toolChoice).toEqual(expected);
  });

  test("a choice that only this protocol knows is kept", () => {
    const tool_choice = { type: "novelty", novelty: { name: "c" } };
    expect(decode({ tool_choice }).extras.fields).toEqual({ tool_choice });
  });
});

describe("content", () => {
  test.each<[JsonObject, Part]>([
    [
      { type: "text", text: "a" },
      { type: "text", text: "a" },
    ],
    [
      { type: "text", text: "a", cache_control: { type: "ephemeral" } },
      { type: "text", text: "a", marks: { cache_control: { type: "ephemeral" } } },
    ],
    [
      { type: "image_url", image_url: { url: "https://x/a.png", detail: "low" } },
      { type: "image", source: { kind: "url", url: "https://x/a.png", mediaType: "image/png" }, detail: "low" },
    ],
    [
      { type: "image_url", image_url: "data:image/jpeg;base64,AAAA" },
      { type: "image", source: { kind: "data", mediaType: "image/jpeg", data: "AAAA" }, detail: null },
    ],
    [
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      { type: "file", source: { kind: "data", mediaType: "audio/mpeg", data: "AAAA" }, filename: null },
    ],
    [
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" } },
      { type: "file", source: { kind: "data", mediaType: "application/pdf", data: "JVBE" }, filename: "a.pdf" },
    ],
    [
      { type: "file", file: { filename: "a.txt", file_data: "QUFB" } },
      { type: "file", source: { kind: "data", mediaType: "text/plain", data: "QUFB" }, filename: "a.txt" },
    ],
    [
      { type: "file", file: { file_id: "file-1" } },
      {
        type: "file",
        source: {
          kind: "file-id",
          id: "file-1",
          protocol: "openai-chat",
          place: "messages[0].content[0].file.file_id",
        },
        filename: null,
      },
    ],
    [
      { type: "video_url", video_url: { url: "https://x/v" } },
      { type: "file", source: { kind: "url", url: "https://x/v", mediaType: "video/mp4" }, filename: null },
    ],
    [
      { type: "document_url", document_url: "https://x/d.pdf" },
      { type: "file", source: { kind: "url", url: "https://x/d.pdf", mediaType: "application/pdf" }, filename: null },
    ],
    [
      { type: "novelty", a: 1 },
      { type: "foreign", state: own({ type: "novelty", a: 1 }), lostPlaces: ["messages[0].content[0]"] },
    ],
  ])("%j", (part, expected) => {
    expect(messages({ role: "user", content: [part] })[0]?.parts).toEqual([expected]);
  });

  test("system and developer stay apart, names stay", () => {
    expect(
      messages(
        { role: "developer", content: "a" },
        { role: "system", content: [{ type: "text", text: "b" }], name: "n" },
        { role: "user", content: "c", name: null },
      ).map(({ role, name }) => [role, name]),
    ).toEqual([
      ["developer", null],
      ["system", "n"],
      ["user", null],
    ]);
  });

  test("empty content is no part", () => {
    for (const content of ["", [], null]) expect(messages({ role: "user", content })[0]?.parts).toEqual([]);
  });

  test("members of a message that only a host knows are kept", () => {
    expect(messages({ role: "assistant", content: "a", prefix: true })[0]?.parts).toEqual([
      { type: "text", text: "a" },
      { type: "foreign", state: own({ message: { prefix: true } }), instead: [], lostPlaces: ["messages[0].prefix"] },
    ]);
  });
});

describe("the assistant's turns and the results", () => {
  const call = { id: "call_a", type: "function", function: { name: "f", arguments: '{"a":1}' } };

  test("reasoning, text, refusal, calls", () => {
    const [message] = messages({
      role: "assistant",
      reasoning_content: "hm",
      content: "a",
      refusal: "no",
      tool_calls: [call],
    });
    expect(message?.parts).toEqual([
      { type: "reasoning", text: "hm", state: own({ field: "reasoning_content" }) },
      { type: "text", text: "a" },
      { type: "refusal", text: "no" },
      { type: "tool-call", id: "call_a", name: "f", arguments: '{"a":1}' },
    ]);
  });

  test("a host's own reasoning details and thinking parts go back as they came", () => {
    const reasoning_details = [{ type: "reasoning.encrypted", data: "x", format: null, index: 0 }];
    expect(messages({ role: "assistant", reasoning: "hm", reasoning_details })[0]?.parts).toEqual([
      {
        type: "reasoning",
        text: "hm",
        state: own({ field: "reasoning", reasoning_details, sealed: { reasoning_details: true } }),
      },
    ]);
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "hm" }] };
    expect(messages({ role: "assistant", content: [thinking] })[0]?.parts).toEqual([
      { type: "reasoning", text: "hm", state: own({ part: thinking }) },
    ]);
  });

  test("signatures come back to where they belong", () => {
    const extra_content = { google: { thought_signature: "sig" } };
    const state = { protocol: "gemini-generate", value: "sig" };
    const signed = { type: "tool-call", id: "call_a", name: "f", arguments: '{"a":1}', state };
    expect(messages({ role: "assistant", tool_calls: [{ ...call, extra_content }] })[0]?.parts).toEqual([signed]);
    expect(messages({ role: "assistant", tool_calls: [call], extra_content })[0]?.parts).toEqual([signed]);
    expect(messages({ role: "assistant", content: "a", tool_calls: [call], extra_content })[0]?.parts[0]).toEqual({
      type: "text",
      text: "a",
      state,
    });
  });

  test("a result, as text and as parts, knows its tool", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA" } };
    const [, first, second] = messages(
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "call_a", content: "r" },
      { role: "tool", tool_call_id: "call_a", content: [{ type: "text", text: "r" }, image] },
    );
    expect(first).toEqual({
      role: "tool",
      parts: [{ type: "tool-result", id: "call_a", name: "f", parts: [{ type: "text", text: "r" }], isError: false }],
      name: null,
    });
    expect(second?.parts[0]).toMatchObject({ parts: [{ type: "text" }, { type: "image" }] });
  });

  test("results without an id are paired in order, and made-up ids are always the same", () => {
    const history: JsonObject[] = [
      {
        role: "assistant",
        tool_calls: [
          { ...call, id: "" },
          { ...call, id: "" },
        ],
      },
      { role: "tool", content: "1" },
      { role: "tool", content: "2", tool_call_id: "" },
    ];
    const [turn, one, two] = messages(...history);
    const ids = turn?.parts.map((part) => (part.type === "tool-call" ? part.id : "")) ?? [];
    expect(ids[0]).toMatch(/^call_/);
    expect(ids[0]).not.toBe(ids[1]);
    expect([one, two].map(idOf)).toEqual(ids);
    expect(messages(...history)).toEqual(messages(...history));
  });

  test("the older function_call and its result", () => {
    const [turn, result] = messages(
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "r" },
    );
    const id = idOf(turn);
    expect(id).toMatch(/^call_/);
    expect(result).toMatchObject({ role: "tool", parts: [{ id, name: "f" }] });
  });

  test("calls of no known kind stay foreign; arguments given as an object become text", () => {
    const novelty = { id: "c", type: "novelty", novelty: { name: "x", input: "y" } };
    const loose = { id: "d", function: { name: "f", arguments: { a: 1 } } };
    expect(messages({ role: "assistant", tool_calls: [novelty, loose] })[0]?.parts).toEqual([
      {
        type: "foreign",
        state: own({ tool_call: novelty }),
        lostPlaces: ["messages[0].tool_calls[0]"],
        textFallback: { kind: "novelty", text: "novelty.name: x\nnovelty.input: y", lostPlaces: [] },
      },
      { type: "tool-call", id: "d", name: "f", arguments: '{"a":1}' },
    ]);
  });
});

describe("mistakes are named", () => {
  const user = (content: Json): JsonObject => ({ model: "m", messages: [{ role: "user", content }] });
  test.each<[JsonObject, string]>([
    [{ model: "m" }, "messages: expected an array, got nothing"],
    [{ model: "m", messages: [] }, "messages: expected at least one message, got none"],
    [{ model: "m", messages: ["x"] }, "messages[0]: expected an object, got a string"],
    [{ model: 7, messages: hello }, "model: expected a string, got a number"],
    [user(3), "messages[0].content: expected a string or an array of parts, got a number"],
    [user([{ text: "a" }]), "messages[0].content[0].type: expected a string, got nothing"],
    [user([{ type: "image_url" }]), "messages[0].content[0].image_url: expected an object, got nothing"],
    [{ messages: [{ role: "robot", content: "a" }] }, 'messages[0].role: unknown role "robot"'],
    [{ messages: [{ role: "tool", content: "a" }] }, "messages[0].tool_call_id: missing"],
    [{ messages: hello, temperature: "hot" }, "temperature: expected a number, got a string"],
    [{ messages: hello, n: 0 }, "n: expected at least 1, got 0"],
    [{ messages: hello, stop: [1] }, "stop[0]: expected a string, got a number"],
    [{ messages: hello, tools: [{ type: "function" }] }, "tools[0].function: expected an object, got nothing"],
    [{ messages: hello, tools: [{ type: "function", function: {} }] }, "tools[0].function.name: expected a string"],
    [{ messages: hello, response_format: "json" }, "response_format: expected an object, got a string"],
  ])("%j", (body, message) => {
    const failure = refusal(body);
    expect(failure.message).toContain(message);
    expect(failure).toMatchObject({ code: "bad_request", status: 400, param: message.slice(0, message.indexOf(":")) });
  });

  test("whatever is sent is taken or refused, never more", () => {
    const anything = fc.jsonValue() as fc.Arbitrary<Json>;
    const role = fc.constantFrom("system", "user", "assistant", "tool", "function");
    const message = fc.record(
      { role, content: anything, tool_calls: anything, reasoning_details: anything, extra_content: anything },
      { requiredKeys: ["role"] },
    );
    fc.assert(
      fc.property(fc.array(message), anything, anything, (list, tools, format) => {
        try {
          openaiChat.chat.request.decode({ messages: list as Json, tools, response_format: format }, hint);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayFailure);
        }
      }),
    );
  });
});

test("a text file's type is read from its name", () => {
  const file = { filename: "a.csv", file_data: textToBase64("a,b") };
  expect(messages({ role: "user", content: [{ type: "file", file }] })[0]?.parts[0]).toMatchObject({
    source: { mediaType: "text/csv" },
  });
});
