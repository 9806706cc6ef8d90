// Requests to an OpenAI-like target: parameters, reasoning, tools and formats, and what stays unchanged.
import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { encode, native, request, user } from "../requests.test-support.ts";

function sampling(change: Partial<ChatRequest["sampling"]>): Partial<ChatRequest> {
  return { sampling: { ...request({}).sampling, ...change } };
}

const functionTool = { name: "f", description: "d", parameters: { type: "object", properties: {} }, strict: null };

describe("parameters", () => {
  test("the smallest request holds nothing that was not said", () => {
    expect(encode(request({}))).toEqual({
      body: { model: "target", messages: [{ role: "user", content: "hi" }] },
      dropped: [],
      adapted: [],
    });
  });

  test.each<[string, Partial<ChatRequest>, Partial<ModelFacts>, JsonObject, string[], string[]]>([
    ["stream", { stream: true }, {}, { stream: true, stream_options: { include_usage: true } }, [], []],
    ["limit", sampling({ maxTokens: 9 }), {}, { max_tokens: 9 }, [], []],
    [
      "limit's other name",
      sampling({ maxTokens: 9 }),
      { maxTokensField: "max_completion_tokens" },
      { max_completion_tokens: 9 },
      [],
      [],
    ],
    [
      "limit clamped",
      sampling({ maxTokens: 32_000 }),
      { outputTokens: 16_384 },
      { max_tokens: 16_384 },
      [],
      ["max_tokens:32000>16384"],
    ],
    ["sampling", sampling({ temperature: 0, topP: 1 }), {}, { temperature: 0, top_p: 1 }, [], []],
    ["no sampling", sampling({ temperature: 0, topP: 0.5 }), { sampling: false }, {}, ["temperature", "top_p"], []],
    ["top_k", sampling({ topK: 4 }), {}, {}, ["top_k"], []],
    [
      "no penalties",
      sampling({ presencePenalty: 1, frequencyPenalty: 1 }),
      { penalties: false },
      {},
      ["presence_penalty", "frequency_penalty"],
      [],
    ],
    ["no seed", sampling({ seed: 1 }), { seed: false }, {}, ["seed"], []],
    ["one choice is no wish", sampling({ n: 1 }), { multipleChoices: false }, {}, [], []],
    ["choices", sampling({ n: 2 }), {}, { n: 2 }, [], []],
    ["stops", sampling({ stop: ["a", "", "b"] }), {}, { stop: ["a", "b"] }, [], []],
    ["too many stops", sampling({ stop: "abcdef".split("") }), {}, { stop: "abcd".split("") }, [], ["stop:6>4"]],
    ["logprobs", sampling({ logprobs: true, topLogprobs: 2 }), {}, { logprobs: true, top_logprobs: 2 }, [], []],
    ["no logprobs wanted", sampling({ logprobs: false }), { logprobs: false }, {}, [], []],
    ["user", { user: "u" }, {}, { user: "u" }, [], []],
    [
      "others' fields",
      { extras: { protocol: "gemini-generate", fields: { safetySettings: [{}] } } },
      {},
      {},
      ["safetySettings"],
      [],
    ],
  ])("%s", (...[, change, facts, expected, dropped, adapted]) => {
    const { model: _model, messages: _messages, ...rest } = encode(request(change), facts).body;
    expect({ rest, ...encode(request(change), facts) }).toMatchObject({ rest: expected, dropped, adapted });
    expect(rest).toEqual(expected);
  });

  test("a native client's other fields are merged back", () => {
    const body = { store: true, metadata: { a: "b" }, stream: true, stream_options: { include_obfuscation: false } };
    expect(native(body).body).toMatchObject({
      ...body,
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });

  test.each<[string, Partial<ChatRequest>, Partial<ModelFacts>, string]>([
    ["logprobs", sampling({ logprobs: true }), { logprobs: false }, "logprobs"],
    ["n", sampling({ n: 2 }), { multipleChoices: false }, "n"],
    ["logit bias", sampling({ logitBias: { "1": 1 } }), { sampling: false }, "logit_bias"],
    ["tools", { tools: [functionTool] }, { tools: false }, "tools"],
    [
      "JSON with tools",
      { tools: [functionTool], output: { kind: "json" } },
      { jsonWithTools: false },
      "response_format",
    ],
    [
      "strict schema",
      { output: { kind: "json_schema", name: "n", description: null, schema: {}, strict: true } },
      { jsonSchema: false },
      "response_format",
    ],
    [
      "images",
      { messages: [user({ type: "image", source: { kind: "url", url: "u", mediaType: null }, detail: null })] },
      { images: false },
      "messages",
    ],
    [
      "images by address",
      { messages: [user({ type: "image", source: { kind: "url", url: "u", mediaType: null }, detail: null })] },
      { imageUrls: false },
      "messages",
    ],
    [
      "PDF",
      {
        messages: [
          user({ type: "file", source: { kind: "data", mediaType: "application/pdf", data: "A" }, filename: null }),
        ],
      },
      { pdf: false },
      "messages",
    ],
    [
      "audio",
      {
        messages: [user({ type: "file", source: { kind: "data", mediaType: "audio/wav", data: "A" }, filename: null })],
      },
      { audio: false },
      "messages",
    ],
    [
      "video",
      {
        messages: [user({ type: "file", source: { kind: "data", mediaType: "video/mp4", data: "A" }, filename: null })],
      },
      {},
      "messages",
    ],
  ])("%s: the target is passed over", (_name, change, ...rest) => {
    const [facts, param] = rest;
    expect(() => encode(request(change), facts)).toThrow(GatewayFailure);
    try {
      encode(request(change), facts);
    } catch (error) {
      expect(error).toMatchObject({ code: "unsupported", status: 400, param });
    }
  });
});

describe("a Responses client's fields that OpenAI calls alike in chats", () => {
  const fields = { metadata: { a: "b" }, service_tier: "flex", text: { verbosity: "low" }, truncation: "auto" };
  const asked = request({ extras: { protocol: "openai-responses", fields } });

  test("go to OpenAI, and to nobody else", () => {
    const { body, dropped } = encode(asked, { reasoningField: null, mostNotes: 16 });
    expect(body).toMatchObject({ service_tier: "flex", verbosity: "low" });
    // Chat Completions takes metadata only with `store`.
    expect(dropped).toEqual(["truncation", "metadata"]);
    expect(encode(asked).dropped).toEqual(["metadata", "service_tier", "verbosity", "truncation"]);
  });
});

describe("fields that only another protocol knows", () => {
  const extras = (fields: JsonObject): ChatRequest => request({ extras: { protocol: "gemini-generate", fields } });

  test.each<[string, Json]>([
    ["cachedContent", "cachedContents/1"],
    ["generationConfig.responseModalities", ["AUDIO"]],
  ])("%s: without it the answer would lack something, so the target is passed over", (field, value) => {
    expect(() => encode(extras({ [field]: value }))).toThrow(`${field}: `);
  });

  test.each<[string, Json]>([
    ["generationConfig.responseModalities", ["TEXT", "IMAGE"]],
    ["safetySettings", [{}]],
    ["mcp_servers", [{ url: "https://x" }]],
    ["context_management", {}],
  ])("%s is left out and reported", (field, value) => {
    expect(encode(extras({ [field]: value })).dropped).toEqual([field]);
  });

  test.each<[string, Json]>([
    ["tools", []],
    ["generationConfig.responseModalities", ["TEXT"]],
  ])("%s asks for nothing that is not given: nothing is lost", (field, value) => {
    expect(encode(extras({ [field]: value })).dropped).toEqual([]);
  });
});

describe("reasoning", () => {
  const gpt5: Partial<ModelFacts> = { reasoning: { style: "effort", efforts: ["minimal", "low", "medium", "high"] } };
  const budget: Partial<ModelFacts> = { reasoning: { style: "budget", minimum: 0, maximum: 24_576, off: 0 } };
  const level: Partial<ModelFacts> = { reasoning: { style: "level", levels: ["low", "high"] } };
  const adaptive: Partial<ModelFacts> = {
    reasoning: { style: "adaptive", efforts: ["low", "high", "max"], off: true },
  };
  test.each<[ChatRequest["reasoning"], Partial<ModelFacts>, string | undefined, string[], string[]]>([
    [{ effort: "high", budget: null, visible: null }, {}, undefined, ["reasoning_effort"], []],
    [{ effort: "none", budget: null, visible: null }, {}, undefined, [], []],
    [{ effort: "high", budget: null, visible: null }, gpt5, "high", [], []],
    [{ effort: "max", budget: null, visible: null }, gpt5, "high", [], ["reasoning_effort:max>high"]],
    [{ effort: "none", budget: null, visible: null }, gpt5, "minimal", [], ["reasoning_effort:none>minimal"]],
    [{ effort: "minimal", budget: null, visible: null }, level, "low", [], ["reasoning_effort:minimal>low"]],
    [{ effort: "medium", budget: null, visible: null }, level, "low", [], ["reasoning_effort:medium>low"]],
    [{ effort: "xhigh", budget: null, visible: null }, budget, "high", [], ["reasoning_effort:xhigh>high"]],
    [{ effort: "none", budget: null, visible: null }, adaptive, "none", [], []],
    [{ effort: null, budget: 2048, visible: null }, gpt5, "medium", [], ["reasoning_budget:2048>medium"]],
    [{ effort: null, budget: 0, visible: null }, budget, "none", [], ["reasoning_budget:0>none"]],
    [{ effort: null, budget: -1, visible: true }, gpt5, undefined, [], []],
  ])("trap 33: %j for %j is %s", (reasoning, ...rest) => {
    const [facts, word, dropped, adapted] = rest;
    const encoded = encode(request({ reasoning }), facts);
    expect(encoded.body["reasoning_effort"]).toBe(word);
    expect(encoded).toMatchObject({ dropped, adapted });
  });
});

describe("tools and formats", () => {
  test("tools, a named choice, no parallel calls", () => {
    const asked = request({ tools: [functionTool], toolChoice: { kind: "tool", name: "f" }, parallelTools: false });
    expect(encode(asked).body).toMatchObject({
      tools: [{ type: "function", function: { name: "f", description: "d", parameters: functionTool.parameters } }],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
    });
  });

  test("no tools, no choice among them", () => {
    const { body } = encode(request({ toolChoice: { kind: "auto" }, parallelTools: true }));
    expect(Object.keys(body)).toEqual(["model", "messages"]);
  });

  test("where a choice cannot be forced it is weakened, and only the named tool is offered", () => {
    const tools = [functionTool, { ...functionTool, name: "g" }];
    const encoded = encode(request({ tools, toolChoice: { kind: "tool", name: "g" } }), { forcedToolChoice: false });
    expect(encoded).toMatchObject({
      body: { tool_choice: "auto", tools: [{ function: { name: "g" } }] },
      adapted: ["tool_choice:tool>auto"],
    });
  });

  test("a subset: filtered for others, kept for a native client", () => {
    const tools = [functionTool, { ...functionTool, name: "g" }];
    const toolChoice = { kind: "subset", mode: "required", names: ["g"] } as const;
    expect(encode(request({ tools, toolChoice }))).toMatchObject({
      body: { tools: [{ function: { name: "g" } }], tool_choice: "required" },
      adapted: ["tool_choice:allowed_tools>required"],
    });
    expect(encode(request({ tools, toolChoice }, "openai-chat")).body).toMatchObject({
      tools: [{}, {}],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "g" } }] },
      },
    });
  });

  test("strictness that the schema does not bear is loosened, unless the client spoke this protocol", () => {
    const open = { type: "object", properties: { a: { type: "string" } } };
    const closed = { ...open, required: ["a"], additionalProperties: false };
    const strictTool = (parameters: JsonObject): Partial<ChatRequest> => ({
      tools: [{ ...functionTool, parameters, strict: true }],
    });
    expect(encode(request(strictTool(closed)))).toMatchObject({
      body: { tools: [{ function: { strict: true } }] },
      adapted: [],
    });
    expect(encode(request(strictTool(open)))).toMatchObject({
      body: { tools: [{ function: { strict: false } }] },
      adapted: ["tools.f.strict:true>false"],
    });
    expect(encode(request(strictTool(open), "openai-chat"))).toMatchObject({
      body: { tools: [{ function: { strict: true } }] },
      adapted: [],
    });
  });

  test("a JSON schema, native and weakened", () => {
    const schema = { type: "object", properties: {} };
    const output = { kind: "json_schema", name: "my answer", description: "d", schema, strict: null } as const;
    expect(encode(request({ output })).body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "my_answer", description: "d", schema },
    });
    const weak = encode(request({ output }), { jsonSchema: false });
    expect(weak.body).toMatchObject({
      response_format: { type: "json_object" },
      messages: [
        { role: "system", content: expect.stringContaining(JSON.stringify(schema)) as string },
        { role: "user" },
      ],
    });
    expect(weak.adapted).toEqual(["response_format:json_schema>json_object"]);
  });

  test("JSON mode needs the word in the messages: it is said where another protocol does not", () => {
    expect(encode(request({ output: { kind: "json" } })).body["messages"]).toEqual([
      { role: "system", content: "Answer with JSON only." },
      { role: "user", content: "hi" },
    ]);
    expect(native({ response_format: { type: "json_object" } }).body["messages"]).toHaveLength(1);
  });

  test("what is no function goes back as it came", () => {
    const novelty = { type: "novelty", novelty: { name: "c" } };
    expect(native({ tools: [novelty], tool_choice: novelty }).body).toMatchObject({
      tools: [novelty],
      tool_choice: novelty,
    });
  });
});

describe("a native request comes out as it went in", () => {
  test.each<[string, JsonObject]>([
    ["names", { messages: [{ role: "user", content: "a", name: "n" }] }],
    [
      "several texts",
      {
        messages: [
          {
            role: "system",
            content: [
              { type: "text", text: "a" },
              { type: "text", text: "b" },
            ],
          },
        ],
      },
    ],
    [
      "cache hints",
      { messages: [{ role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] }] },
    ],
    [
      "detail",
      {
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "https://x/a", detail: "high" } }] },
        ],
      },
    ],
    [
      "audio reference",
      {
        messages: [
          {
            role: "assistant",
            content: null,
            audio: { id: "audio_1" },
            tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "" } }],
          },
          { role: "tool", tool_call_id: "a", content: "r" },
        ],
      },
    ],
    ["refusal", { messages: [{ role: "assistant", content: null, refusal: "no" }] }],
    [
      "custom call",
      {
        messages: [
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "c", type: "custom", custom: { name: "x", input: "y" } }],
          },
          { role: "tool", tool_call_id: "c", content: "r" },
        ],
      },
    ],
    [
      "thinking parts",
      {
        messages: [
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
              { type: "text", text: "a" },
            ],
          },
        ],
      },
    ],
    ["unknown parts", { messages: [{ role: "user", content: [{ type: "novelty", a: 1 }] }] }],
    ["video", { messages: [{ role: "user", content: [{ type: "video_url", video_url: { url: "https://x/v" } }] }] }],
    ["document", { messages: [{ role: "user", content: [{ type: "document_url", document_url: "https://x/d" }] }] }],
    [
      "host's ids",
      {
        messages: [
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "functions.f:0", type: "function", function: { name: "f", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "functions.f:0", content: "r" },
        ],
      },
    ],
    ["thinking switch", { thinking: { type: "enabled", budget_tokens: 2000 } }],
    ["top_k", { top_k: 3 }],
    ["text format", { response_format: { type: "text" } }],
  ])("%s", (_name, body) => {
    const facts = { systemMessages: "anywhere", reasoning: { style: "effort", efforts: ["low"] } } as const;
    expect(native(body, facts)).toEqual({
      body: { model: "target", messages: [{ role: "user", content: "hi" }], ...body },
      dropped: [],
      adapted: [],
    });
  });
});

test("blocks of text are one text for compatible hosts, whose templates may join texts only; OpenAI gets the list", () => {
  const parts = [
    { type: "text", text: "One." },
    { type: "text", text: "Two." },
  ] as const;
  const asked = request({ messages: [{ role: "user", name: null, parts: [...parts] }] }, "anthropic-messages");
  expect(encode(asked).body["messages"]).toEqual([{ role: "user", content: "One.\n\nTwo." }]);
  expect(encode(asked, { reasoningField: null }).body["messages"]).toEqual([{ role: "user", content: [...parts] }]);
});
