// A request's settings beside its conversation: tools, format, thinking, sampling, and what is refused or reported.
import { describe, expect, test } from "vitest";
import type { ChatRequest, OutputFormat, Sampling, Tool, ToolChoice } from "../../core/chat.ts";
import type { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { answerTools } from "./request/names.ts";
import { geminiGenerate } from "./protocol.ts";
import { budgetFacts, factsOf, requestOf } from "./requests.test-support.ts";

type Asked = Parameters<typeof requestOf>[0];

function encode(asked: Asked, facts: ModelFacts = factsOf()) {
  const { body, dropped, adapted } = geminiGenerate.chat.request.encode(requestOf(asked), { model: "gemini-x", facts });
  const { contents: _, ...rest } = body;
  return { body: rest, dropped, adapted };
}

function failureOf(asked: Asked, facts: ModelFacts = factsOf()): GatewayFailure | null {
  try {
    encode(asked, facts);
    return null;
  } catch (error) {
    return error as GatewayFailure;
  }
}

const tool = (name = "look", parameters: JsonObject | null = null, strict: boolean | null = null): Tool => ({
  name,
  description: null,
  parameters,
  strict,
});
const schema: JsonObject = { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] };
const asJson: OutputFormat = { kind: "json_schema", name: "answer", description: "The answer.", schema, strict: true };

describe("tools", () => {
  test("declarations, without parameters where there are none", () => {
    const { body, adapted } = encode({ tools: [{ ...tool("look"), description: "Looks." }, tool("find", schema)] });
    expect(body).toEqual({
      tools: [
        {
          functionDeclarations: [
            { name: "look", description: "Looks." },
            { name: "find", parametersJsonSchema: schema },
          ],
        },
      ],
    });
    expect(adapted).toEqual([]);
  });

  test("trap 21: a constraint that has no place is described and reported", () => {
    const { body, adapted } = encode({
      tools: [
        tool("look", { type: "object", properties: { a: { type: "string", pattern: "^x", uniqueItems: true } } }),
      ],
    });
    expect(JSON.stringify(body)).toContain("Matches the pattern");
    expect(adapted).toEqual(["tools.look:pattern+uniqueItems>description"]);
  });

  test.each<[string, ToolChoice | null, JsonObject | undefined]>([
    ["nothing said", null, undefined],
    ["auto", { kind: "auto" }, { mode: "AUTO" }],
    ["required", { kind: "required" }, { mode: "ANY" }],
    ["named", { kind: "tool", name: "look" }, { mode: "ANY", allowedFunctionNames: ["look"] }],
    ["none keeps declarations", { kind: "none" }, { mode: "NONE" }],
    [
      "some, freely",
      { kind: "subset", mode: "auto", names: ["look"] },
      { mode: "VALIDATED", allowedFunctionNames: ["look"] },
    ],
    [
      "some, at least one",
      { kind: "subset", mode: "required", names: ["look"] },
      { mode: "ANY", allowedFunctionNames: ["look"] },
    ],
  ])("choice: %s", (_, toolChoice, calling) => {
    const { body } = encode({ tools: [tool("look"), tool("find")], toolChoice });
    expect((body["toolConfig"] as JsonObject | undefined)?.["functionCallingConfig"]).toEqual(calling);
    expect(body["tools"]).toHaveLength(1);
  });

  test("strict tools are validated", () => {
    expect(encode({ tools: [tool("look", schema, true)] }).body["toolConfig"]).toEqual({
      functionCallingConfig: { mode: "VALIDATED" },
    });
  });

  test("calls one after another cannot be asked for: reported, not truncated", () => {
    expect(encode({ tools: [tool()], parallelTools: false }).dropped).toEqual(["parallel_tool_calls"]);
    expect(encode({ tools: [tool()], parallelTools: true }).dropped).toEqual([]);
  });

  test("a choice without tools is not sent", () => {
    expect(encode({ toolChoice: { kind: "auto" } }).body).toEqual({});
  });

  test.each<[Asked, Partial<ModelFacts>, string]>([
    [{ tools: [tool()] }, { tools: false }, "tools"],
    [{ tools: Array.from({ length: 513 }, (_, index) => tool(`t${index}`)) }, {}, "tools"],
    [{ tools: [tool()], toolChoice: { kind: "required" } }, { forcedToolChoice: false }, "tool_choice"],
  ])("unfit (%#)", (asked, facts, param) => {
    expect(failureOf(asked, factsOf(facts))).toMatchObject({ code: "unsupported", status: 400, param });
  });
});

describe("names", () => {
  const wireOf = (name: string) => {
    const { body, names } = geminiGenerate.chat.request.encode(requestOf({ tools: [tool(name)] }), {
      model: "m",
      facts: factsOf(),
    });
    const wire = /"functionDeclarations":\[\{"name":"([^"]*)"/.exec(JSON.stringify(body))?.[1] ?? "";
    return { wire, back: names?.get(wire) ?? wire };
  };

  test.each(["look", "_x", "a.b:c-d", "get_weather", "x".repeat(128)])("%s fits", (name) =>
    expect(wireOf(name)).toEqual({ wire: name, back: name }),
  );

  test.each(["1st", "-x", "a b", "über", "emoji😀", "json_answer", "a/b:c", "x".repeat(129)])(
    "%s gets another name, and comes back",
    (name) => {
      const { wire, back } = wireOf(name);
      expect(wire).toMatch(/^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/);
      expect(wire).not.toBe(name);
      expect(back).toBe(name);
    },
  );

  test("the map holds for declaration, choice and history alike, and is reported", () => {
    const { body, adapted, names } = geminiGenerate.chat.request.encode(
      requestOf({
        tools: [tool("1st")],
        toolChoice: { kind: "tool", name: "1st" },
        messages: [
          { role: "user", parts: [{ type: "text", text: "x" }], name: null },
          { role: "assistant", parts: [{ type: "tool-call", id: "a", name: "1st", arguments: "" }], name: null },
        ],
      }),
      { model: "m", facts: factsOf() },
    );
    const [[wire = ""] = []] = names ?? [];
    expect(JSON.stringify(body).split(`"${wire}"`)).toHaveLength(5);
    expect(adapted[0]).toBe(`tools.1st.name:given>${wire}`);
    expect(wire).toMatch(/^_1st_[0-9A-Za-z]{8}$/);
  });
});

describe("format", () => {
  test("JSON, and JSON by a schema", () => {
    expect(encode({ output: { kind: "json" } }).body).toEqual({
      generationConfig: { responseMimeType: "application/json" },
    });
    expect(encode({ output: asJson }).body).toEqual({
      generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema },
    });
    expect(encode({ output: { kind: "text" } }).body).toEqual({});
  });

  test("trap 26: beside tools, natively where the model can, with free choice", () => {
    const { body } = encode({ output: asJson, tools: [tool()], toolChoice: { kind: "auto" } });
    expect(body["toolConfig"]).toEqual({ functionCallingConfig: { mode: "AUTO" } });
    expect(body["generationConfig"]).toMatchObject({ responseMimeType: "application/json" });
  });

  test("trap 26: beside tools, through a synthetic tool where it cannot", () => {
    const { body, adapted } = encode({ output: asJson, tools: [tool()] }, budgetFacts());
    expect(body).toEqual({
      tools: [
        {
          functionDeclarations: [
            { name: "look" },
            expect.objectContaining({ name: answerTools.whole, parametersJsonSchema: schema }),
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    });
    expect(adapted).toEqual(["response_format:json_schema>tool"]);
  });

  test("without a schema the synthetic tool takes text, a root that is no object is wrapped", () => {
    const names = (output: OutputFormat): string =>
      JSON.stringify(encode({ output, tools: [tool()] }, budgetFacts()).body);
    expect(names({ kind: "json" })).toContain(`"${answerTools.text}"`);
    const wrapped = names({
      ...asJson,
      schema: { type: "array", items: { $ref: "#/$defs/A" }, $defs: { A: { type: "string" } } },
    });
    expect(wrapped).toContain(`"${answerTools.value}"`);
    expect(wrapped).toContain('"properties":{"value":{"type":"array","items":{"$ref":"#/$defs/A"}}}');
    expect(wrapped).toContain('"$defs":{"A":{"type":"string"}}');
  });

  test("where a call is demanded, the format is left out", () => {
    const { body, adapted } = encode(
      { output: asJson, tools: [tool()], toolChoice: { kind: "required" } },
      budgetFacts(),
    );
    expect(body["generationConfig"]).toBeUndefined();
    expect(adapted).toEqual(["response_format:json_schema>text"]);
  });

  test("where no call is wanted, the tools are", () => {
    const { body, adapted } = encode({ output: asJson, tools: [tool()], toolChoice: { kind: "none" } }, budgetFacts());
    expect(Object.keys(body)).toEqual(["generationConfig"]);
    expect(adapted).toEqual(["tools:declared>omitted"]);
  });

  test("a subset goes with the synthetic tool", () => {
    const { body } = encode(
      { output: asJson, tools: [tool(), tool("find")], toolChoice: { kind: "subset", mode: "auto", names: ["find"] } },
      budgetFacts(),
    );
    expect(body["toolConfig"]).toEqual({
      functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["find", answerTools.whole] },
    });
  });

  test("a model without schemas answers through the tool alone", () => {
    expect(JSON.stringify(encode({ output: asJson }, factsOf({ jsonSchema: false })).body)).toContain(
      answerTools.whole,
    );
  });
});

describe("knobs", () => {
  test.each<[Partial<Sampling>, JsonObject, string[], string[]]>([
    [{ temperature: 0.5, topP: 0.9, topK: 40 }, { temperature: 0.5, topP: 0.9, topK: 40 }, [], []],
    [{ topK: 40.5 }, { topK: 41 }, [], ["top_k:40.5>41"]],
    [
      { temperature: 2.5, topP: 1.5, topK: 0 },
      { temperature: 2, topP: 1 },
      ["top_k"],
      ["temperature:2.5>2", "top_p:1.5>1"],
    ],
    [{ maxTokens: 100_000 }, { maxOutputTokens: 65_536 }, [], ["max_tokens:100000>65536"]],
    [{ seed: 7 }, { seed: 7 }, [], []],
    [{ seed: 2 ** 40 + 5 }, { seed: 5 }, [], [`seed:${2 ** 40 + 5}>5`]],
    [{ n: 2 }, { candidateCount: 2 }, [], []],
    [{ stop: ["a", "", "b"] }, { stopSequences: ["a", "b"] }, [], []],
    [{ stop: ["1", "2", "3", "4", "5", "6"] }, { stopSequences: ["1", "2", "3", "4", "5"] }, [], ["stop:6>5"]],
    [{ logprobs: true, topLogprobs: 3 }, { responseLogprobs: true, logprobs: 3 }, [], []],
    [{ logprobs: true, topLogprobs: 0 }, { responseLogprobs: true }, [], []],
    [
      { presencePenalty: 1, frequencyPenalty: 2 },
      { presencePenalty: 1, frequencyPenalty: 1.99 },
      [],
      ["frequency_penalty:2>1.99"],
    ],
  ])("%o", (sampling, ...[generationConfig, dropped, adapted]) => {
    expect(encode({ sampling })).toEqual({ body: { generationConfig }, dropped, adapted });
  });

  test.each<[Partial<Sampling>]>([[{ n: 1 }], [{ logprobs: false }], [{ logitBias: {} }], [{ stop: [""] }]])(
    "%o asks for nothing",
    (sampling) => {
      expect(encode({ sampling })).toEqual({ body: {}, dropped: [], adapted: [] });
    },
  );

  test("what a model does not take is dropped", () => {
    expect(encode({ sampling: { presencePenalty: 1, frequencyPenalty: 0 } }, budgetFacts()).dropped).toEqual([
      "presence_penalty",
    ]);
    expect(
      encode({ sampling: { temperature: 0.5, topP: 0.5, topK: 1 } }, factsOf({ sampling: false })).dropped,
    ).toEqual(["temperature", "top_p", "top_k"]);
    expect(encode({ sampling: { seed: 1 } }, factsOf({ seed: false })).dropped).toEqual(["seed"]);
  });

  test.each<[Partial<Sampling>, Partial<ModelFacts>, string]>([
    [{ logitBias: { "50256": -100 } }, {}, "logit_bias"],
    [{ logprobs: true }, { logprobs: false }, "logprobs"],
    [{ n: 2 }, { multipleChoices: false }, "n"],
    [{ n: 9 }, {}, "n"],
  ])("unfit: %o", (sampling, facts, param) => {
    expect(failureOf({ sampling }, factsOf(facts))).toMatchObject({ code: "unsupported", status: 400, param });
  });
});

describe("everything else", () => {
  test("is dropped by name, but for what is null or says nothing", () => {
    const fields = { metadata: { a: "b" }, store: true, service_tier: null, modalities: ["text"], verbosity: "low" };
    expect(encode({ user: "u1", extras: { protocol: "openai-chat", fields } }).dropped).toEqual([
      "user",
      "metadata",
      "store",
      "verbosity",
    ]);
  });

  test("not to store is no loss", () => {
    expect(encode({ extras: { protocol: "openai-chat", fields: { store: false } } }).dropped).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ["modalities", { modalities: ["text", "audio"] }],
    ["audio", { audio: { voice: "alloy" } }],
  ])("%s would change the answer: unfit", (param, fields) => {
    expect(failureOf({ extras: { protocol: "openai-chat", fields } })).toMatchObject({ code: "unsupported", param });
  });

  test("own fields go back to where they stood", () => {
    const fields = {
      safetySettings: [{ category: "X", threshold: "OFF" }],
      tools: [{ googleSearch: {} }],
      "generationConfig.responseModalities": ["TEXT"],
      "toolConfig.functionCallingConfig.mode": "VALIDATED",
    };
    expect(encode({ tools: [tool()], extras: { protocol: "gemini-generate", fields } }).body).toEqual({
      tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: "look" }] }],
      safetySettings: [{ category: "X", threshold: "OFF" }],
      generationConfig: { responseModalities: ["TEXT"] },
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" }, includeServerSideToolInvocations: true },
    });
  });

  test("a choice of none removes the vendor's own tools", () => {
    const extras: ChatRequest["extras"] = { protocol: "gemini-generate", fields: { tools: [{ googleSearch: {} }] } };
    expect(encode({ tools: [tool()], toolChoice: { kind: "none" }, extras }).body["tools"]).toEqual([
      { functionDeclarations: [{ name: "look" }] },
    ]);
  });
});

test.each([
  ["gemini-2.5-flash", false, "/models/gemini-2.5-flash:generateContent"],
  ["gemini-2.5-flash", true, "/models/gemini-2.5-flash:streamGenerateContent?alt=sse"],
  ["models/gemini-2.5-flash", false, "/models/gemini-2.5-flash:generateContent"],
  ["tunedModels/mine", false, "/tunedModels/mine:generateContent"],
  ["../secret?x", false, "/models/_/secret%3Fx:generateContent"],
])("path of %s, stream %s", (model, stream, path) => {
  expect(geminiGenerate.egress.path(model, stream)).toBe(path);
});
