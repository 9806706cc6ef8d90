// Mistakes of translators in requests to Gemini, and the vendor's answers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { ask } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

async function send(body: JsonRecord, model?: string): Promise<[status: number, message: string]> {
  const answer = await ask(simulator, "google", { body, ...(model === undefined ? {} : { model }) });
  const { error } = (await answer.json()) as { error?: { message: string } };
  return [answer.status, error?.message ?? ""];
}

const user = { role: "user", parts: [{ text: "The weather in Paris?" }] };
const call = { functionCall: { name: "get_weather", args: {} } };
const result = { functionResponse: { name: "get_weather", response: { output: "17" } } };
const model = (...parts: readonly JsonRecord[]): JsonRecord => ({ role: "model", parts });
const results = (...parts: readonly JsonRecord[]): JsonRecord => ({ role: "user", parts });
const declared = (parameters: JsonRecord): JsonRecord => ({
  tools: [{ functionDeclarations: [{ name: "get_weather", parameters }] }],
});
const calling = (functionCallingConfig: JsonRecord): JsonRecord => ({
  ...declared({ type: "OBJECT", properties: { city: { type: "STRING" } } }),
  toolConfig: { functionCallingConfig },
});
const property = (schema: JsonRecord): JsonRecord => declared({ type: "OBJECT", properties: { city: schema } });

describe("unknown names are refused where they stand", () => {
  it.each<[string, JsonRecord]>([
    ["system_instruction.parts[0]", { systemInstruction: { parts: [{ type: "text", text: "x" }] } }],
    ["system_instruction", { systemInstruction: { content: "x", parts: [{ text: "x" }] } }],
    ["safety_settings[0]", { safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", level: "x" }] }],
    ["tool_config", { toolConfig: { mode: "ANY" } }],
    ["tool_config.function_calling_config", calling({ mode: "ANY", names: ["x"] })],
    [
      "contents[1].parts[0].function_call",
      { contents: [user, model({ functionCall: { name: "f", arguments: "{}" } })] },
    ],
    [
      "contents[2].parts[0].function_response",
      { contents: [user, model(call), results({ functionResponse: { ...result.functionResponse, content: "x" } })] },
    ],
    [
      "contents[2].parts[0].function_response.parts[0]",
      {
        contents: [
          user,
          model(call),
          results({ functionResponse: { ...result.functionResponse, parts: [{ text: "x" }] } }),
        ],
      },
    ],
    [
      "contents[0].parts[0].inline_data",
      { contents: [results({ inlineData: { mimeType: "image/png", data: "eA==", detail: "low" } })] },
    ],
    ["generation_config.thinking_config", { generationConfig: { thinkingConfig: { effort: "low" } } }],
    ["tools[0].function_declarations[0]", { tools: [{ functionDeclarations: [{ name: "f", strict: true }] }] }],
    ["tools[0].function_declarations[0].parameters", declared({ type: "OBJECT", additionalProperties: false })],
    ["tools[0].function_declarations[0].parameters.properties[0].value", property({ const: "x" })],
    [
      "tools[0].function_declarations[0].parameters.properties[0].value.items",
      property({ type: "ARRAY", items: { $ref: "#" } }),
    ],
  ])("at %s", async (place, body) => {
    const [status, message] = await send(body);
    expect(status).toBe(400);
    expect(message).toContain(`Unknown name "`);
    expect(message).toContain(` at '${place}': Cannot find field.`);
  });
});

describe("schemas are refused that make no sense", () => {
  const at = "GenerateContentRequest.tools[0].function_declarations[0].parameters.";
  it.each<[string, JsonRecord, string]>([
    ["numbers in an enum", property({ type: "INTEGER", enum: [1] }), "enum[0]' (TYPE_STRING), 1"],
    [
      "an enum of what is no text",
      property({ type: "INTEGER", enum: ["1"] }),
      `* ${at}properties[city].enum: only allowed for STRING type\n`,
    ],
    ["an empty choice", property({ type: "STRING", enum: [""] }), `* ${at}properties[city].enum[0]: cannot be empty\n`],
    ["a list of types", property({ type: ["STRING", "NULL"] }), "Proto field is not repeating, cannot start list."],
    ["a type that is none", property({ type: "date" }), `.v1beta.Type), "date"`],
    ["a list of nothing", property({ type: "ARRAY" }), `* ${at}properties[city].items: missing field.\n`],
    [
      "a format of JSON Schema",
      property({ type: "STRING", format: "email" }),
      "only 'enum' and 'date-time' are supported for STRING type",
    ],
    [
      "a required property that is not there",
      declared({ type: "OBJECT", properties: { city: { type: "STRING" } }, required: ["town"] }),
      `* ${at}required[0]: property is not defined\n`,
    ],
  ])("%s", async (_what, body, message) => {
    expect(await send(body)).toEqual([400, expect.stringContaining(message)]);
  });
});

describe("calls and their settings are refused", () => {
  it.each<[string, JsonRecord, RegExp]>([
    [
      "a function that is not declared",
      calling({ mode: "ANY", allowedFunctionNames: ["other"] }),
      /"other" is not among/,
    ],
    [
      "names where calls are free",
      calling({ mode: "AUTO", allowedFunctionNames: ["get_weather"] }),
      /can only be set when the mode is ANY/,
    ],
    [
      "fewer results than calls",
      { contents: [user, model(call, call), results(result)] },
      /number of function response parts is equal/,
    ],
    [
      "more results than calls",
      { contents: [user, model(call), results(result, result)] },
      /number of function response parts is equal/,
    ],
    [
      "a content for each result",
      { contents: [user, model(call, call), results(result), results(result)] },
      /is equal to the number/,
    ],
    [
      "results of nothing",
      { contents: [user, results(result)] },
      /response turn comes immediately after a function call turn/,
    ],
    [
      "calls after words of its own",
      { contents: [user, model({ text: "x" }), model(call), results(result)] },
      /immediately after a user turn/,
    ],
  ])("%s", async (_what, body, message) => {
    expect(await send(body)).toEqual([400, expect.stringMatching(message)]);
  });

  it("but not calls in two contents in a row, answered together", async () => {
    expect(await send({ contents: [user, model(call), model(call), results(result, result)] })).toEqual([200, ""]);
    expect(await send(calling({ mode: "ANY", allowedFunctionNames: ["get_weather"] }))).toEqual([200, ""]);
  });

  it("a call without its signature, from the third generation on", async () => {
    const contents = [user, model(call), results(result)];
    expect(await send({ contents }, "gemini-3-flash-preview")).toEqual([
      400,
      expect.stringMatching(/^Function call is missing a thought_signature in functionCall parts\./),
    ]);
    const signed = [user, model({ ...call, thoughtSignature: "c2ln" }), results(result)];
    expect(await send({ contents: signed }, "gemini-3-flash-preview")).toEqual([200, ""]);
  });
});
