// Tools, effort, limits and formats of a neutral request: each row of the mapping table with its wire text.
import { describe, expect, test } from "vitest";
import type { ChatRequest, OutputFormat, Part, Sampling } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { claudeFacts } from "../../providers/facts.ts";
import { answerTool } from "./features/answer-tool.ts";
import { type Asked, call, encoderFor, refusal, result, say, tool } from "./requests.test-support.ts";

const { bodyOf, encode } = encoderFor(claudeFacts);

test("the least request", () => {
  expect(encode({})).toEqual({
    body: { model: "claude-haiku-4-5", max_tokens: 100, messages: [{ role: "user", content: "Hi" }] },
    dropped: [],
    adapted: [],
  });
});

describe("tools and choice", () => {
  test("definitions: an object at the root, also without arguments", () => {
    const tools = [
      tool("f", { description: "Does f" }),
      tool("g", { parameters: null }),
      tool("h", { parameters: { properties: {} } }),
    ];
    expect(bodyOf({ tools })["tools"]).toEqual([
      { name: "f", description: "Does f", input_schema: { type: "object", properties: { a: { type: "number" } } } },
      { name: "g", input_schema: { type: "object", properties: {} } },
      { name: "h", input_schema: { type: "object", properties: {} } },
    ]);
  });

  test("a name that does not fit gets another one, which leads back", () => {
    const { body, names, adapted } = encode({ tools: [tool("ns:f.g")], toolChoice: { kind: "tool", name: "ns:f.g" } });
    const [[wire = "", name] = []] = names ?? [];
    expect([wire, name]).toEqual([expect.stringMatching(/^ns_f_g_[0-9A-Za-z]{8}$/), "ns:f.g"]);
    expect(body).toMatchObject({ tools: [{ name: wire }], tool_choice: { type: "tool", name: wire } });
    expect(adapted).toEqual([`tools.ns:f.g.name:given>${wire}`]);
  });

  test("strict goes on where the model has native schemas, else it is reported", () => {
    const parameters = { type: "object", properties: { a: { type: "number" } }, required: ["a"] };
    const tools = [tool("f", { strict: true, parameters })];
    expect(bodyOf({ tools })["tools"]).toEqual([
      { name: "f", input_schema: { ...parameters, additionalProperties: false }, strict: true },
    ]);
    const older = encode({ tools }, "claude-3-5-haiku-20241022");
    expect([older.dropped, older.body["tools"]]).toEqual([
      ["tools.function.strict"],
      [{ name: "f", input_schema: parameters }],
    ]);
  });

  const tools = [tool("f"), tool("g")];
  test.each([
    [{ kind: "auto" }, { type: "auto" }],
    [{ kind: "none" }, { type: "none" }],
    [{ kind: "required" }, { type: "any" }],
    [
      { kind: "tool", name: "g" },
      { type: "tool", name: "g" },
    ],
    [{ kind: "subset", mode: "required", names: ["g"] }, { type: "any" }],
  ] satisfies [ChatRequest["toolChoice"], JsonObject][])("%j becomes %j", (toolChoice, expected) => {
    expect(bodyOf({ tools, toolChoice })["tool_choice"]).toEqual(expected);
  });

  test("a subset offers its tools only", () => {
    const body = bodyOf({ tools, toolChoice: { kind: "subset", mode: "auto", names: ["g"] } });
    expect((body["tools"] as JsonObject[]).map((one) => one["name"])).toEqual(["g"]);
  });

  test("no parallel calls: a choice is made up to say so", () => {
    expect(bodyOf({ tools, parallelTools: false })["tool_choice"]).toEqual({
      type: "auto",
      disable_parallel_tool_use: true,
    });
    expect(bodyOf({ tools, parallelTools: false, toolChoice: { kind: "required" } })["tool_choice"]).toEqual({
      type: "any",
      disable_parallel_tool_use: true,
    });
    expect(bodyOf({ tools, parallelTools: false, toolChoice: { kind: "none" } })["tool_choice"]).toEqual({
      type: "none",
    });
  });

  test("a forced choice where the model refuses it: auto, with the named tool alone, reported", () => {
    const required = encode({ tools, toolChoice: { kind: "required" } }, "claude-sonnet-5-5");
    expect([required.body["tool_choice"], required.adapted]).toEqual([{ type: "auto" }, ["tool_choice:required>auto"]]);
    const forced = encode({ tools, toolChoice: { kind: "tool", name: "g" } }, "claude-opus-5-5");
    expect([forced.body["tool_choice"], forced.adapted]).toEqual([{ type: "auto" }, ["tool_choice:g>auto"]]);
    expect((forced.body["tools"] as JsonObject[]).map((one) => one["name"])).toEqual(["g"]);
  });
});

describe("effort", () => {
  const effort = (value: NonNullable<ChatRequest["reasoning"]>["effort"]) => ({
    effort: value,
    budget: null,
    visible: null,
  });
  test.each([
    ["none", { thinking: { type: "disabled" }, max_tokens: 100 }],
    ["minimal", { thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 1124 }],
    ["low", { thinking: { type: "enabled", budget_tokens: 2048 }, max_tokens: 2148 }],
    ["medium", { thinking: { type: "enabled", budget_tokens: 8192 }, max_tokens: 8292 }],
    ["high", { thinking: { type: "enabled", budget_tokens: 16_384 }, max_tokens: 16_484 }],
    ["xhigh", { thinking: { type: "enabled", budget_tokens: 32_768 }, max_tokens: 32_868 }],
    ["max", { thinking: { type: "enabled", budget_tokens: 62_976 }, max_tokens: 63_076 }],
  ] as const)("budget style: %s", (word, expected) => {
    expect(bodyOf({ reasoning: effort(word) })).toMatchObject(expected);
  });

  test.each([
    ["claude-sonnet-4-6", "minimal", { type: "adaptive" }, "low", ["reasoning_effort:minimal>low"]],
    ["claude-sonnet-4-6", "high", { type: "adaptive" }, "high", []],
    ["claude-sonnet-4-6", "xhigh", { type: "adaptive" }, "high", ["reasoning_effort:xhigh>high"]],
    ["claude-opus-4-7", "xhigh", { type: "adaptive" }, "xhigh", []],
    ["claude-opus-5", "max", { type: "adaptive" }, "max", []],
    ["claude-opus-5", "none", { type: "disabled" }, undefined, []],
    ["claude-sonnet-5-5", "none", { type: "between_tools" }, undefined, ["reasoning_effort:none>between_tools"]],
    ["claude-fable-5-2", "none", undefined, undefined, ["reasoning_effort:none>default"]],
  ] as const)("adaptive style: %s, %s", (model, word, ...[thinking, expected, adapted]) => {
    const encoded = encode({ reasoning: effort(word) }, model);
    const config = encoded.body["output_config"] as JsonObject | undefined;
    expect([encoded.body["thinking"], config?.["effort"], encoded.adapted]).toEqual([thinking, expected, adapted]);
  });

  test("that a budget became a word is said", () => {
    const adapted = (budget: number) =>
      encode({ reasoning: { effort: null, budget, visible: null } }, "claude-opus-4-8").adapted;
    expect([adapted(4000), adapted(-1)]).toEqual([["reasoning_budget:4000>medium"], []]);
  });

  test("budgets become words, -1 leaves it to the model", () => {
    const words = [-1, 1024, 8192, 24_576, 30_000].map((budget) => {
      const body = bodyOf({ reasoning: { effort: null, budget, visible: true } }, "claude-opus-4-8");
      expect(body["thinking"]).toEqual({ type: "adaptive", display: "summarized" });
      return (body["output_config"] as JsonObject | undefined)?.["effort"];
    });
    expect(words).toEqual([undefined, "low", "medium", "high", "xhigh"]);
  });

  test("a model that cannot think: left out and reported", () => {
    const encoded = encode({ reasoning: effort("high") }, "claude-3-5-haiku-20241022");
    expect([encoded.body["thinking"], encoded.dropped]).toEqual([undefined, ["reasoning_effort"]]);
  });

  test("thinking gives way to a forced call", () => {
    const asked: Asked = { reasoning: effort("high"), tools: [tool("f")], toolChoice: { kind: "required" } };
    const budget = encode(asked);
    expect([budget.body["thinking"], budget.dropped]).toEqual([undefined, ["reasoning_effort"]]);
    expect(bodyOf(asked, "claude-sonnet-4-6")).toMatchObject({
      tool_choice: { type: "any" },
      output_config: { effort: "high" },
    });
    expect(bodyOf(asked, "claude-sonnet-4-6")["thinking"]).toBeUndefined();
  });

  test("trap 28: thinking is off for a turn of calls that has no thoughts", () => {
    const messages = [say("user", "go"), say("assistant", call("c")), say("tool", result("c", "1"))];
    const asked: Asked = { messages, tools: [tool("f")], reasoning: effort("high") };
    expect(encode(asked)).toMatchObject({ dropped: ["reasoning_effort"] });
    expect(bodyOf(asked)["thinking"]).toBeUndefined();
    expect(bodyOf(asked, "claude-opus-4-7")["thinking"]).toEqual({ type: "adaptive" });
    const later = [...messages, say("assistant", "done"), say("user", "more")];
    expect(bodyOf({ ...asked, messages: later })["thinking"]).toMatchObject({ type: "enabled" });
  });

  test("own thoughts come back in order with their signatures, trap 29: others' are deleted", () => {
    const own: Part = {
      type: "reasoning",
      text: "hm",
      state: { protocol: "anthropic-messages", value: { type: "thinking", signature: "S==" } },
    };
    const hidden: Part = {
      type: "reasoning",
      text: "",
      state: { protocol: "anthropic-messages", value: { type: "redacted_thinking", data: "D==" } },
    };
    const foreign: Part = { type: "reasoning", text: "psst", state: { protocol: "gemini-generate", value: "sig" } };
    const messages = [
      say("user", "go"),
      say("assistant", own, hidden, foreign, call("c")),
      say("tool", result("c", "1")),
    ];
    const { body, dropped } = encode({ messages, tools: [tool("f")], reasoning: effort("low") });
    expect((body["messages"] as JsonObject[])[1]!["content"]).toEqual([
      { type: "thinking", thinking: "hm", signature: "S==" },
      { type: "redacted_thinking", data: "D==" },
      { type: "tool_use", id: "c", name: "f", input: { a: 1 } },
    ]);
    expect(dropped).toEqual(["reasoning_content"]);
    expect(body["thinking"]).toMatchObject({ type: "enabled" });
  });
});

describe("limits and sampling", () => {
  test("max_tokens: the model's cap where nothing was said, clamped where too much was", () => {
    const limit = (maxTokens: number | null, model?: string): unknown =>
      bodyOf({ sampling: { maxTokens } }, model)["max_tokens"];
    expect(limit(null)).toBe(32_000);
    expect(limit(null, "claude-3-5-haiku-20241022")).toBe(8192);
    expect(limit(null, "claude-unheard-of")).toBe(4096);
    expect(encode({ sampling: { maxTokens: 99_999 } })).toMatchObject({
      body: { max_tokens: 64_000 },
      adapted: ["max_tokens:99999>64000"],
    });
  });

  test("a budget stays below the limit", () => {
    const reasoning = { effort: "max", budget: null, visible: null } as const;
    const body = bodyOf({ reasoning, sampling: { maxTokens: 8000 } });
    expect(body).toMatchObject({ max_tokens: 64_000, thinking: { budget_tokens: 62_976 } });
  });

  test("a limit in this protocol's own words counts the thoughts: the budget gives way, and leaves room for an answer", () => {
    const thinking = { type: "enabled", budget_tokens: 40_000 };
    const own = (maxTokens: number, protocol: ChatRequest["extras"]["protocol"]) =>
      encode({
        extras: { protocol, fields: { thinking } },
        reasoning: { effort: null, budget: 40_000, visible: null },
        sampling: { maxTokens },
      });
    for (const protocol of ["anthropic-messages", "openai-chat"] as const) {
      expect(own(20_000, protocol)).toMatchObject({
        body: { max_tokens: 20_000, thinking: { type: "enabled", budget_tokens: 15_000 } },
        dropped: [],
        adapted: ["reasoning_budget:40000>15000"],
      });
      expect(own(500, protocol)).toMatchObject({ body: { max_tokens: 500 }, dropped: ["reasoning_effort"] });
    }
  });

  test.each([
    ["claude-haiku-4-5", { temperature: 0.4 }, { temperature: 0.4 }, [], []],
    ["claude-haiku-4-5", { temperature: 1.7 }, { temperature: 1 }, [], ["temperature:1.7>1"]],
    ["claude-haiku-4-5", { temperature: -2.5 }, { temperature: 0 }, [], ["temperature:-2.5>0"]],
    ["claude-haiku-4-5", { temperature: 0.4, topP: 0.9 }, { temperature: 0.4 }, ["top_p"], []],
    ["claude-sonnet-4-20250514", { temperature: 0.4, topP: 0.9 }, { temperature: 0.4, top_p: 0.9 }, [], []],
    ["claude-haiku-4-5", { topK: 5 }, { top_k: 5 }, [], []],
    ["claude-opus-4-7", { temperature: 0.4, topP: 0.9, topK: 5 }, {}, ["temperature", "top_p", "top_k"], []],
    ["claude-sonnet-4-20250514", { topK: 40.5 }, { top_k: 41 }, [], ["top_k:40.5>41"]],
    ["claude-opus-4-7", { temperature: 1, topP: 1 }, {}, [], []],
    [
      "claude-haiku-4-5",
      { seed: 1, presencePenalty: 1, frequencyPenalty: 0.5 },
      {},
      ["seed", "presence_penalty", "frequency_penalty"],
      [],
    ],
    ["claude-haiku-4-5", { presencePenalty: 0, n: 1, logprobs: false, logitBias: {} }, {}, [], []],
    ["claude-haiku-4-5", { stop: ["END", " "] }, { stop_sequences: ["END"] }, ["stop"], []],
  ] satisfies [string, Partial<Sampling>, JsonObject, string[], string[]][])(
    "%s, %j",
    (model, sampling, ...[expected, dropped, adapted]) => {
      const encoded = encode({ sampling }, model);
      const { model: _model, messages: _messages, max_tokens: _limit, ...rest } = encoded.body;
      expect([rest, encoded.dropped, encoded.adapted]).toEqual([expected, dropped, adapted]);
    },
  );

  test("sampling gives way to thinking", () => {
    const reasoning = { effort: "low", budget: null, visible: null } as const;
    expect(encode({ reasoning, sampling: { temperature: 0.2, topP: 0.5, topK: 3 } }).dropped).toEqual([
      "temperature",
      "top_p",
      "top_k",
    ]);
    expect(bodyOf({ reasoning, sampling: { topP: 0.97 } })["top_p"]).toBe(0.97);
  });

  test.each([
    [{ n: 2 }, "n"],
    [{ logprobs: true }, "logprobs"],
    [{ topLogprobs: 3 }, "logprobs"],
    [{ logitBias: { "50256": -100 } }, "logit_bias"],
  ] satisfies [Partial<Sampling>, string][])("trap 46: %j is refused", (sampling, param) => {
    expect(refusal(() => encode({ sampling }))).toEqual({ code: "unsupported", status: 400, param });
  });

  test("the user's id is hashed, unless the caller speaks this protocol", () => {
    const hashed = bodyOf({ user: "ann@example.com" })["metadata"] as JsonObject;
    expect(hashed["user_id"]).toMatch(/^[0-9A-Za-z]{24}$/);
    const own = bodyOf({ user: "u-1", extras: { protocol: "anthropic-messages", fields: {} } });
    expect(own["metadata"]).toEqual({ user_id: "u-1" });
  });

  test("fields of another protocol are named, fields of this one go on", () => {
    const fields = { store: true, prediction: {} };
    expect(encode({ extras: { protocol: "openai-chat", fields } }).dropped).toEqual(["store", "prediction"]);
    expect(
      encode({ extras: { protocol: "openai-chat", fields: { modalities: ["text"], tools: [] } } }).dropped,
    ).toEqual([]);
    for (const [param, value] of [
      ["audio", { voice: "alloy" }],
      ["modalities", ["audio"]],
    ] as const) {
      const extras = { protocol: "openai-chat", fields: { [param]: value } } as const;
      expect(refusal(() => encode({ extras }))).toEqual({ code: "unsupported", status: 400, param });
    }
    const own = encode({ extras: { protocol: "anthropic-messages", fields: { container: "c" } }, stream: true });
    expect([own.body["container"], own.body["stream"], own.dropped]).toEqual(["c", true, []]);
  });
});

describe("structured output", () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  const format = (more: Partial<OutputFormat> = {}): OutputFormat =>
    ({ kind: "json_schema", name: "x", description: null, schema, strict: null, ...more }) as OutputFormat;

  test("native where the model has it", () => {
    const encoded = encode({ output: format() });
    expect(encoded.body["output_config"]).toEqual({
      format: { type: "json_schema", schema: { ...schema, additionalProperties: false } },
    });
    expect(encoded.adapted).toEqual(["response_format.json_schema:additionalProperties>added"]);
  });

  test("else a forced synthetic tool", () => {
    const encoded = encode({ output: format({ description: "An x." }) }, "claude-sonnet-4-20250514");
    expect(encoded.body["tools"]).toEqual([
      { name: answerTool, description: expect.stringContaining("An x."), input_schema: schema },
    ]);
    expect(encoded.body["tool_choice"]).toEqual({ type: "tool", name: answerTool });
    expect(encoded.adapted).toEqual(["response_format:json_schema>tool"]);
  });

  test("the synthetic tool stands beside the caller's own, which may be called first", () => {
    const ask = (toolChoice: ChatRequest["toolChoice"]): unknown =>
      bodyOf({ output: format(), tools: [tool("f")], toolChoice }, "claude-sonnet-4-20250514")["tool_choice"];
    expect(ask(null)).toEqual({ type: "any" });
    expect(ask({ kind: "required" })).toEqual({ type: "any" });
    expect(ask({ kind: "none" })).toEqual({ type: "tool", name: answerTool });
    expect(ask({ kind: "tool", name: "f" })).toEqual({ type: "tool", name: "f" });
  });

  test("a schema that the native format refuses goes by tool, and by words where no tool can be forced", () => {
    const map = { type: "object", additionalProperties: { type: "string" } };
    expect(encode({ output: format({ schema: map }) }).adapted).toEqual(["response_format:json_schema>tool"]);
    const words = encode({ output: format({ schema: map }) }, "claude-opus-5-5");
    expect(words.adapted).toEqual(["response_format:json_schema>instruction"]);
    expect(words.body["system"]).toContain(JSON.stringify(map));
    expect(refusal(() => encode({ output: format({ schema: map, strict: true }) }, "claude-opus-5-5")).param).toBe(
      "response_format",
    );
  });

  test("json_object is an instruction after the caller's own", () => {
    const encoded = encode({ messages: [say("system", "Be kind."), say("user", "Hi")], output: { kind: "json" } });
    expect(encoded.body["system"]).toEqual([
      { type: "text", text: "Be kind." },
      { type: "text", text: expect.stringContaining("valid JSON object") },
    ]);
    expect(encoded.adapted).toEqual(["response_format:json_object>instruction"]);
  });

  test("no tool of the caller's may have the synthetic one's name", () => {
    const { body, names } = encode({ tools: [tool(answerTool)] });
    const [[wire, name] = []] = names ?? [];
    expect(name).toBe(answerTool);
    expect(body["tools"]).toMatchObject([{ name: wire }]);
    expect(wire).not.toBe(answerTool);
  });
});
