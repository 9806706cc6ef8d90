import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { recordings, shapeOf } from "../recorded.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { ask, eventsOf, goodHeaders, type Question } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { name: string; args: JsonRecord; id?: string };
}
interface Content {
  readonly candidates: {
    readonly content: { readonly parts?: Part[] };
    readonly finishReason?: string;
    readonly finishMessage?: string;
  }[];
  readonly usageMetadata: JsonRecord & {
    promptTokenCount: number;
    candidatesTokenCount?: number;
    thoughtsTokenCount?: number;
    totalTokenCount: number;
  };
  readonly modelVersion: string;
}

async function generate(question: Question): Promise<Content> {
  const answer = await ask(simulator, "google", question);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Content;
}

async function slices(question: Question): Promise<Content[]> {
  const text = await (await ask(simulator, "google", { ...question, stream: true })).text();
  return eventsOf(text) as Content[];
}

const three = "gemini-3-flash-preview";
const user = { role: "user", parts: [{ text: "Weather in Paris?" }] };
const functionCall = { functionCall: { name: "get_weather", args: { city: "Paris" } } };
const response = {
  role: "user",
  parts: [{ functionResponse: { name: "get_weather", response: { output: "17 degrees" } } }],
};
const tools = [{ functionDeclarations: [{ name: "get_weather" }] }];

describe("Gemini's answers", () => {
  it("count thoughts apart from candidates", async () => {
    const { usageMetadata: usage, modelVersion } = await generate({});
    expect(modelVersion).toBe("gemini-2.5-flash");
    expect(usage.thoughtsTokenCount).toBeGreaterThan(0);
    expect(usage.totalTokenCount).toBe(
      usage.promptTokenCount + (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    );
  });

  it("let thoughts eat the token limit", async () => {
    const { candidates, usageMetadata } = await generate({ body: { generationConfig: { maxOutputTokens: 10 } } });
    expect(candidates).toEqual([{ content: { role: "model" }, finishReason: "MAX_TOKENS", index: 0 }]);
    expect(usageMetadata.candidatesTokenCount).toBeUndefined();
    const calm = await generate({
      body: { generation_config: { max_output_tokens: 10, thinking_config: { thinking_budget: 0 } } },
    });
    expect(calm.candidates[0]?.finishReason).toBe("MAX_TOKENS");
    expect(calm.usageMetadata.candidatesTokenCount).toBe(10);
  });

  it("show thoughts when asked", async () => {
    const { candidates } = await generate({
      body: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
    });
    expect(candidates[0]?.content.parts?.map((part) => part.thought)).toEqual([true, undefined]);
  });

  it("call functions and stop, before 3 in one slice", async () => {
    const [only, ...more] = await slices({ tools: true, text: "Weather in Paris?" });
    expect(more).toEqual([]);
    expect(only?.candidates[0]).toMatchObject({
      finishReason: "STOP",
      finishMessage: "Model generated function call(s).",
      content: { parts: [{ functionCall: { name: "get_weather", args: { city: "Paris" } } }] },
    });
    expect(only?.candidates[0]?.content.parts?.[0]?.functionCall).not.toHaveProperty("id");
  });

  it("sign the first call from 3 on, with ids and an empty last slice", async () => {
    const [calls, last] = await slices({ model: three, tools: true, text: "Weather in Paris and in Rome?" });
    const parts = calls?.candidates[0]?.content.parts ?? [];
    expect(parts.map((part) => [part.functionCall?.args, part.thoughtSignature !== undefined])).toEqual([
      [{ city: "Paris" }, true],
      [{ city: "Rome" }, false],
    ]);
    expect(parts.every((part) => part.functionCall?.id !== undefined)).toBe(true);
    expect(last?.candidates[0]).toMatchObject({ finishReason: "STOP", content: { parts: [{ text: "" }] } });
  });

  it("speak of function results, whether signed by themselves or by the documented dummy", async () => {
    const contents = [
      user,
      { role: "model", parts: [{ ...functionCall, thoughtSignature: "skip_thought_signature_validator" }] },
      response,
    ];
    const { candidates } = await generate({ model: three, body: { contents, tools } });
    expect(candidates[0]?.content.parts?.[0]?.text).toContain("17 degrees");
  });

  it("obey the function calling mode", async () => {
    const mode = async (functionCallingConfig: JsonRecord): Promise<boolean> => {
      const { candidates } = await generate({ tools: true, body: { toolConfig: { functionCallingConfig } } });
      return candidates[0]?.content.parts?.[0]?.functionCall !== undefined;
    };
    expect([await mode({ mode: "NONE" }), await mode({ mode: "ANY", allowedFunctionNames: ["get_weather"] })]).toEqual([
      false,
      true,
    ]);
  });

  it("follow schemas of either kind", async () => {
    const responseSchema = {
      type: "OBJECT",
      properties: {
        when: { type: "STRING", format: "date-time" },
        many: { type: "ARRAY", minItems: "2", items: { type: "INTEGER" } },
      },
      required: ["when", "many"],
    };
    const { candidates } = await generate({
      body: { generationConfig: { responseMimeType: "application/json", responseSchema } },
    });
    const value = JSON.parse(candidates[0]?.content.parts?.[0]?.text ?? "") as { when: string; many: number[] };
    expect(Number.isNaN(Date.parse(value.when))).toBe(false);
    expect(value.many.length).toBeGreaterThan(1);
    const responseJsonSchema = { const: "yes" };
    const json = await generate({
      body: { generationConfig: { responseMimeType: "application/json", responseJsonSchema } },
    });
    expect(json.candidates[0]?.content.parts?.[0]?.text).toBe('"yes"');
  });

  it("give several candidates", async () => {
    expect((await generate({ body: { generationConfig: { candidateCount: 3 } } })).candidates).toHaveLength(3);
  });

  it("stream with usage that grows, and finish once", async () => {
    const all = await slices({ text: "Write 100 words about tides" });
    const counts = all.map((slice) => slice.usageMetadata.candidatesTokenCount ?? 0);
    expect(counts).toEqual(counts.toSorted((left, right) => left - right));
    expect(all.filter((slice) => slice.candidates[0]?.finishReason !== undefined)).toHaveLength(1);
    expect(all.at(-1)?.candidates[0]?.finishReason).toBe("STOP");
  });

  it("stream as a JSON array without alt=sse", async () => {
    const url = `${simulator.vendors.google.baseUrl}/models/${three}:streamGenerateContent`;
    const answer = await fetch(url, {
      method: "POST",
      headers: goodHeaders,
      body: JSON.stringify({ contents: [user] }),
    });
    expect(answer.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    const text = await answer.text();
    expect(text).toMatch(/^\[\{\n {2}"candidates": \[[^]*\n\}\n,\r\n\{/);
    expect((JSON.parse(text) as unknown[]).length).toBeGreaterThan(1);
  });

  it("count tokens and list models", async () => {
    const base = simulator.vendors.google.baseUrl;
    const counted = await fetch(`${base}/models/${three}:countTokens`, {
      method: "POST",
      headers: goodHeaders,
      body: JSON.stringify({ contents: [user] }),
    });
    expect(await counted.json()).toEqual({
      totalTokens: 4,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: 4 }],
    });
    const listed = (await (await fetch(`${base}/models`, { headers: goodHeaders })).json()) as {
      models: { name: string }[];
    };
    expect(listed.models.map((model) => model.name)).toContain("models/gemini-2.5-flash");
  });
});

describe("Gemini's refusals", () => {
  const config = (generationConfig: JsonRecord): Question => ({ body: { generationConfig } });
  it.each<[string, Question, number, RegExp]>([
    [
      "unknown model",
      { model: "bison-1" },
      404,
      /^models\/bison-1 is not found for API version v1beta, or is not supported for generateContent\./,
    ],
    [
      "unknown field",
      { body: { max_tokens: 5 } },
      400,
      /^Invalid JSON payload received\. Unknown name "max_tokens": Cannot find field\.$/,
    ],
    [
      "unknown setting",
      config({ maxTokens: 5 }),
      400,
      /Unknown name "maxTokens" at 'generation_config': Cannot find field/,
    ],
    [
      "JSON Schema in a Schema",
      {
        body: {
          tools: [
            { functionDeclarations: [{ name: "f", parameters: { type: "object", additionalProperties: false } }] },
          ],
        },
      },
      400,
      /Unknown name "additionalProperties" at 'tools\[0\]\.function_declarations\[0\]\.parameters'/,
    ],
    [
      "a list of types",
      {
        body: {
          tools: [
            {
              functionDeclarations: [
                { name: "f", parameters: { type: "object", properties: { a: { type: ["string", "null"] } } } },
              ],
            },
          ],
        },
      },
      400,
      /at 'tools\[0\]\.function_declarations\[0\]\.parameters\.properties\[0\]\.value': Proto field is not repeating/,
    ],
    [
      "a setting deeper down",
      config({ thinkingConfig: { reasoningEffort: "low" } }),
      400,
      /Unknown name "reasoningEffort" at 'generation_config\.thinking_config'/,
    ],
    ["no contents", { body: { contents: [] } }, 400, /contents is not specified/],
    [
      "a wrong role",
      { body: { contents: [{ role: "assistant", parts: [{ text: "x" }] }] } },
      400,
      /^Please use a valid role: user, model\.$/,
    ],
    [
      "no parts",
      { body: { contents: [{ role: "user", parts: [] }] } },
      400,
      /parts: contents\.parts must not be empty/,
    ],
    [
      "an empty part",
      { body: { contents: [{ role: "user", parts: [{}] }] } },
      400,
      /required oneof field 'data' must have one initialized field/,
    ],
    [
      "an image on the web",
      { body: { contents: [{ role: "user", parts: [{ fileData: { fileUri: "https://example.com/cat.png" } }] }] } },
      400,
      /^Unsupported file uri: https:\/\/example\.com\/cat\.png/,
    ],
    [
      "a response without a call",
      { body: { contents: [user, response] } },
      400,
      /function response turn comes immediately after a function call turn/,
    ],
    [
      "too few responses",
      { body: { contents: [user, { role: "model", parts: [functionCall, functionCall] }, response] } },
      400,
      /number of function response parts is equal/,
    ],
    [
      "tools with a JSON answer before 3",
      { tools: true, ...config({ responseMimeType: "application/json" }) },
      400,
      /^Function calling with a response mime type: 'application\/json' is unsupported$/,
    ],
    [
      "an unsigned call from 3 on",
      { model: three, body: { contents: [user, { role: "model", parts: [functionCall] }, response] } },
      400,
      /^Function call is missing a thought_signature in functionCall parts\./,
    ],
    ["a level before 3", config({ thinkingConfig: { thinkingLevel: "low" } }), 400, /Thinking level is not supported/],
    [
      "no thinking at all on Pro",
      { model: "gemini-2.5-pro", ...config({ thinkingConfig: { thinkingBudget: 0 } }) },
      400,
      /^Budget 0 is invalid/,
    ],
    ["penalties on 2.5", config({ presencePenalty: 1 }), 400, /^Penalty is not enabled for models\/gemini-2\.5-flash$/],
    ["too many stop sequences", config({ stopSequences: ["a", "b", "c", "d", "e", "f"] }), 400, /stop_sequences/],
    ["too hot", config({ temperature: 3 }), 400, /temperature/],
  ])("%s", async (...row) => {
    const [, question, status, message] = row;
    const answer = await ask(simulator, "google", question);
    expect(answer.status).toBe(status);
    const { error } = (await answer.json()) as { error: { message: string; code: number; status: string } };
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ code: status, status: status === 404 ? "NOT_FOUND" : "INVALID_ARGUMENT" });
  });

  it("are for keys, paths and bodies too", async () => {
    const base = simulator.vendors.google.baseUrl;
    const url = `${base}/models/${three}:generateContent`;
    const none = await fetch(url, { method: "POST", body: "{}" });
    expect([none.status, await none.json()]).toMatchObject([403, { error: { status: "PERMISSION_DENIED" } }]);
    const bad = await fetch(url, { method: "POST", body: "{}", headers: { "x-goog-api-key": "AIza-revoked" } });
    expect([bad.status, await bad.json()]).toMatchObject([
      400,
      { error: { details: [{ reason: "API_KEY_INVALID" }, {}] } },
    ]);
    const broken = await fetch(url, { method: "POST", body: "{oops", headers: goodHeaders });
    expect([broken.status, await broken.text()]).toEqual([
      400,
      expect.stringContaining("Invalid JSON payload received"),
    ]);
    const lost = await fetch(`${base}/nothing`, { method: "POST", headers: goodHeaders });
    expect([lost.status, lost.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
    expect((await fetch(url, { headers: goodHeaders })).status).toBe(404);
  });
});

describe("beside recorded traffic, where present", () => {
  const streamed = recordings("gemini-stream", "gemini", "native-output-with-function-tools-stream.66c8");
  const whole = recordings("gemini-generate", "gemini", "instrument-google-genai-response-schema");
  const single = recordings("gemini-stream", "gemini", "meters-in-multi-turn");
  const keyError = recordings("models", "gemini", "rejected-key");

  it.skipIf(whole === undefined)("the whole answer has the same keys", async () => {
    const answer = (await generate({ body: { ...whole?.[0]?.request.body } })) as unknown;
    const expected = [...shapeOf(whole?.[0]?.response.body), ".usageMetadata.serviceTier"];
    expect(shapeOf(answer).toSorted()).toEqual(expected.toSorted());
  });

  it.skipIf(streamed === undefined)("the slices have the same keys", async () => {
    const events = await slices({ model: three });
    const expected = [...shapeOf(eventsOf(streamed?.[0]?.response.bodyText ?? "")), "[].usageMetadata.serviceTier"];
    expect(shapeOf(events).toSorted()).toEqual(expected.toSorted());
  });

  it.skipIf(single === undefined)("a function call of 2.5 has the same keys", async () => {
    const { contents: _contents, ...body } = single?.[0]?.request.body ?? {};
    const events = await slices({ body: { ...body, contents: [{ parts: [{ text: "best language?" }] }] } });
    expect(shapeOf(events).toSorted()).toEqual(shapeOf(eventsOf(single?.[0]?.response.bodyText ?? "")).toSorted());
  });

  it.skipIf(keyError === undefined)("a wrong key is refused with the same body", async () => {
    const answer = await fetch(`${simulator.vendors.google.baseUrl}/models`, { headers: { "x-goog-api-key": "bad" } });
    expect(answer.status).toBe(keyError?.[0]?.response.status);
    expect(await answer.json()).toEqual(keyError?.[0]?.response.body);
  });
});
