import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import {
  assistant,
  call,
  decode,
  encode,
  inputOf,
  native,
  own,
  request,
  result,
  system,
  text,
  thought,
  tool,
  user,
} from "../requests.test-support.ts";

const thinking: Partial<ModelFacts> = {
  reasoning: { style: "effort", efforts: ["none", "low", "high"] },
  sampling: false,
};
const plain: Partial<ModelFacts> = { reasoning: { style: "none" }, sampling: true };
const sampling = decode({}).sampling;

describe("a request of another protocol", () => {
  test("is not stored, and is addressed to the target's model", () => {
    expect(encode(request({})).body).toEqual({
      model: "target",
      input: [{ type: "message", role: "user", content: "hi" }],
      store: false,
    });
  });

  test("opens with instructions; later ones keep their place", () => {
    const { body } = encode(request({ messages: [system("a"), system("b"), user(text("hi")), system("c")] }));
    expect(body["instructions"]).toBe("a\n\nb");
    expect(body["input"]).toMatchObject([{ role: "user" }, { role: "system", content: "c" }]);
  });

  test("that is nothing but instructions asks them", () => {
    const { body } = encode(request({ messages: [system("a")] }), { systemRole: "developer" });
    expect(body).toMatchObject({ input: [{ role: "developer", content: "a" }] });
    expect(body["instructions"]).toBeUndefined();
  });

  test("names a tool so that it is taken", () => {
    const tools = [{ name: "a.b", description: null, parameters: null, strict: null }];
    const { body, names } = encode(request({ tools, toolChoice: { kind: "tool", name: "a.b" } }));
    const [[wire, name] = []] = names ?? [];
    expect([wire, name]).toEqual([expect.stringMatching(/^a_b_[0-9A-Za-z]{8}$/), "a.b"]);
    expect(body).toMatchObject({ tools: [{ name: wire }], tool_choice: { name: wire } });
  });

  test("says strict of every tool", () => {
    const tools = [
      { name: "f", description: "d", parameters: null, strict: null },
      { name: "g", description: null, parameters: { type: "object", properties: { a: {} } }, strict: true },
    ];
    const { body, adapted } = encode(request({ tools, toolChoice: { kind: "tool", name: "f" }, parallelTools: false }));
    expect(body).toMatchObject({
      tools: [
        {
          type: "function",
          name: "f",
          description: "d",
          parameters: { type: "object", properties: {} },
          strict: false,
        },
        { type: "function", name: "g", strict: false },
      ],
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
    });
    expect(adapted).toEqual(["tools.g.strict:true>false"]);
  });

  test.each<[string, Partial<ChatRequest>, Partial<ModelFacts>, JsonObject]>([
    [
      "a subset of the tools",
      { toolChoice: { kind: "subset", mode: "auto", names: ["f"] } },
      {},
      { tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] } },
    ],
    [
      "a choice that is not taken",
      { toolChoice: { kind: "required" } },
      { forcedToolChoice: false },
      { tool_choice: "auto" },
    ],
    [
      "limits",
      { sampling: { ...sampling, maxTokens: 99, temperature: 1 } },
      { outputTokens: 50 },
      { max_output_tokens: 50, temperature: 1 },
    ],
    [
      "log probabilities",
      { sampling: { ...sampling, logprobs: true, topLogprobs: 2 } },
      plain,
      { include: ["message.output_text.logprobs"], top_logprobs: 2 },
    ],
    [
      "thoughts to be seen",
      { reasoning: { effort: "high", budget: null, visible: true } },
      thinking,
      { reasoning: { effort: "high", summary: "auto" }, include: ["reasoning.encrypted_content"] },
    ],
    [
      "a budget",
      { reasoning: { effort: null, budget: 20_000, visible: null } },
      thinking,
      { reasoning: { effort: "high" } },
    ],
    [
      "a schema",
      { output: { kind: "json_schema", name: "a b", description: null, schema: {}, strict: null } },
      {},
      { text: { format: { type: "json_schema", name: "a_b", schema: {} } } },
    ],
    [
      "JSON",
      { output: { kind: "json" } },
      {},
      { text: { format: { type: "json_object" } }, input: [{ role: "system", content: "Answer with JSON only." }, {}] },
    ],
    ["the user", { user: "u" }, {}, { user: "u" }],
  ])("%s", (...[, change, facts, expected]) => {
    const tools = [{ name: "f", description: null, parameters: null, strict: null }];
    expect(encode(request({ tools, ...change }), facts).body).toMatchObject(expected);
  });

  test("leaves out what has no place, and says so", () => {
    const asked = {
      ...sampling,
      temperature: 0.5,
      topK: 3,
      seed: 1,
      stop: ["x"],
      presencePenalty: 1,
      frequencyPenalty: 1,
    };
    const { body, dropped } = encode(request({ sampling: asked }), thinking);
    expect(dropped).toEqual(["temperature", "top_k", "seed", "presence_penalty", "frequency_penalty", "stop"]);
    for (const field of dropped) expect(body).not.toHaveProperty(field);
  });

  test("keeps what the same vendor's other protocol calls alike", () => {
    const fields = { metadata: { a: "b" }, verbosity: "low", prediction: {}, store: true, prompt_cache_key: "k" };
    const { body, dropped } = encode(request({ extras: { protocol: "openai-chat", fields } }));
    expect(body).toMatchObject({
      metadata: { a: "b" },
      text: { verbosity: "low" },
      prompt_cache_key: "k",
      store: false,
    });
    expect(dropped).toEqual(["prediction", "store"]);
  });

  test.each<[string, Partial<ChatRequest>, Partial<ModelFacts>]>([
    ["n", { sampling: { ...sampling, n: 2 } }, {}],
    ["logit_bias", { sampling: { ...sampling, logitBias: { 1: 2 } } }, {}],
    ["logprobs", { sampling: { ...sampling, logprobs: true } }, { logprobs: false }],
    [
      "response_format",
      { output: { kind: "json_schema", name: "n", description: null, schema: {}, strict: true } },
      { jsonSchema: false },
    ],
    [
      "input",
      {
        messages: [user({ type: "file", filename: null, source: { kind: "data", mediaType: "audio/wav", data: "" } })],
      },
      {},
    ],
    [
      "input",
      { messages: [user({ type: "image", detail: null, source: { kind: "url", url: "https://x", mediaType: null } })] },
      { images: false },
    ],
    ["cachedContent", { extras: { protocol: "gemini-generate", fields: { cachedContent: "x" } } }, {}],
  ])("is refused for its %s", (param, change, facts) => {
    expect(() => encode(request(change), facts)).toThrow(
      expect.objectContaining({ code: "unsupported", param }) as Error,
    );
  });
});

describe("messages of another protocol", () => {
  test("calls and results, by ids that fit", () => {
    const id = "x".repeat(80);
    const image = {
      type: "image",
      detail: null,
      source: { kind: "data", mediaType: "image/png", data: "AA==" },
    } as const;
    const input = inputOf([
      user(text("hi")),
      assistant(text("a"), text("b"), call(id)),
      tool(result(id, { type: "text", text: "r" }, image)),
    ]);
    const fitted = expect.stringMatching(/^call_[A-Za-z0-9]{24}$/) as string;
    expect(input).toEqual([
      { type: "message", role: "user", content: "hi" },
      { type: "message", role: "assistant", content: "ab" },
      { type: "function_call", call_id: fitted, name: "f", arguments: "{}" },
      {
        type: "function_call_output",
        call_id: fitted,
        output: [
          { type: "input_text", text: "r" },
          { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "auto" },
        ],
      },
    ]);
  });

  test("a failed result says so", () => {
    const input = inputOf([
      assistant(call("c")),
      tool({ ...result("c", { type: "text", text: "no" }), isError: true }),
    ]);
    expect(input).toMatchObject([{}, { output: '{"error":"no"}' }]);
  });

  test("a document is a file", () => {
    const pdf = {
      type: "file",
      filename: null,
      source: { kind: "data", mediaType: "application/pdf", data: "AA==" },
    } as const;
    const link = {
      type: "file",
      filename: "a.pdf",
      source: { kind: "url", url: "https://x/a.pdf", mediaType: null },
    } as const;
    expect(inputOf([user(pdf, link)])).toMatchObject([
      {
        content: [
          { type: "input_file", filename: "document.pdf", file_data: "data:application/pdf;base64,AA==" },
          { type: "input_file", filename: "a.pdf", file_url: "https://x/a.pdf" },
        ],
      },
    ]);
  });

  test("foreign thoughts and signatures are left out, and said", () => {
    const state = { protocol: "gemini-generate", value: "sig" } as const;
    const { body, dropped } = encode(
      request({ messages: [assistant({ type: "reasoning", text: "hm", state }, call("c", state)), tool(result("c"))] }),
    );
    expect(body["input"]).toEqual([
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "" },
    ]);
    expect(dropped).toEqual(["reasoning"]);
  });
});

describe("a native request", () => {
  test("comes out as it went in, a longer limit aside", () => {
    const body = {
      instructions: "be brief",
      input: [
        { type: "message", role: "user", content: "hi" },
        { type: "item_reference", id: "msg_1" },
        { type: "compaction", id: "cmp_1", encrypted_content: "packed" },
      ],
      previous_response_id: "resp_1",
      background: true,
      include: ["web_search_call.results"],
      reasoning: { effort: "low", summary: "detailed" },
      text: { format: { type: "text" }, verbosity: "low" },
      tools: [{ type: "web_search" }],
      tool_choice: { type: "web_search" },
      max_output_tokens: 99,
      model: "m",
    };
    const { body: encoded, adapted, dropped } = native(body, { outputTokens: 50 });
    expect(encoded).toEqual({ ...body, model: "target", max_output_tokens: 50 });
    expect([adapted, dropped]).toEqual([["max_output_tokens:99>50"], []]);
  });

  test("that thinks is asked of a model that cannot without it", () => {
    const { body, dropped } = native({ reasoning: { effort: "low", summary: "auto" } }, plain);
    expect(body["reasoning"]).toBeUndefined();
    expect(dropped).toEqual(["reasoning_effort", "reasoning"]);
  });
});

describe("traps", () => {
  const call1 = call("c1", own({ id: "fc_1", status: "completed" }));
  const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed-rs_1" };

  test("trap 30: reasoning goes back in front of what it led to, both by their ids", () => {
    expect(inputOf([assistant(thought("rs_1"), call1), tool(result("c1"))], thinking)).toEqual([
      item,
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}", id: "fc_1", status: "completed" },
      { type: "function_call_output", call_id: "c1", output: "" },
    ]);
  });

  test("trap 30: reasoning that led to nothing is left out", () => {
    const { body, dropped } = encode(
      request({ messages: [user(text("a")), assistant(thought("rs_1")), user(text("b"))] }),
      thinking,
    );
    expect(body["input"]).toMatchObject([{ role: "user" }, { role: "user" }]);
    expect(dropped).toEqual(["reasoning"]);
  });

  test("trap 30: an item without its reasoning is not called by its id, but keeps its phase", () => {
    const said = { type: "text", text: "a", state: own({ id: "msg_1", phase: "commentary" }) } as const;
    expect(inputOf([assistant(said, call1), tool(result("c1"))], thinking)).toEqual([
      { type: "message", role: "assistant", content: "a", phase: "commentary" },
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "" },
    ]);
  });

  test("trap 30: behind reasoning that came without its id nothing is called by one", () => {
    const { id: _id, ...nameless } = item;
    const shown = { type: "reasoning", text: "", state: own(nameless) } as const;
    const sent = [
      nameless,
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "" },
    ];
    expect(inputOf([assistant(shown, call1), tool(result("c1"))], thinking)).toEqual(sent);
    const [, ...rest] = sent;
    const given = [nameless, { ...rest[0], id: "fc_1" }, ...rest.slice(1)];
    expect(native({ input: given }, thinking).body["input"]).toEqual(sent);
  });

  test("trap 30: reasoning whose content the caller does not hold was never stored", () => {
    const bare = { type: "reasoning", text: "", state: own({ type: "reasoning", id: "rs_1", summary: [] }) } as const;
    expect(inputOf([assistant(bare, text("a"))], thinking)).toEqual([
      { type: "message", role: "assistant", content: "a" },
    ]);
  });

  test("trap 31: sealed reasoning goes to models that think only, and no other vendor's ever", () => {
    expect(inputOf([assistant(thought("rs_1"), text("a"))], plain)).toHaveLength(1);
    const carried = {
      type: "reasoning",
      id: "rs_x",
      summary: [],
      encrypted_content: 'understudy:{"protocol":"gemini-generate","value":"sig"}',
    };
    const { body, dropped } = native({ input: [carried, { type: "message", role: "user", content: "hi" }] }, thinking);
    expect(JSON.stringify(body)).not.toContain("understudy");
    expect(dropped).toEqual([]);
  });

  test("trap 32: tools and an effort go together here", () => {
    const tools = [{ name: "f", description: null, parameters: null, strict: null }];
    const asked = request({ tools, reasoning: { effort: "high", budget: null, visible: null } }, "openai-chat");
    expect(encode(asked, thinking).body).toMatchObject({ tools: [{ name: "f" }], reasoning: { effort: "high" } });
  });

  test("trap 33: an effort that the model does not know is fitted, and said", () => {
    const { body, adapted } = encode(
      request({ reasoning: { effort: "minimal", budget: null, visible: null } }),
      thinking,
    );
    expect(body["reasoning"]).toEqual({ effort: "low" });
    expect(adapted).toEqual(["reasoning_effort:minimal>low"]);
  });
});
