// A request that one generation of Gemini takes goes to another one: byte for byte where that takes it too, else rewritten
// so that it does, or not at all. Drawn at random, and judged by the simulated vendor's own checks.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { decodeCall } from "../../src/decode/decode.ts";
import { geminiGenerate } from "../../src/protocols/gemini-generate/protocol.ts";
import { geminiFacts } from "../../src/providers/facts.ts";
import { checkRequest } from "../../src/simulator/gemini/check-request.ts";
import { modelTraits } from "../../src/simulator/gemini/models.ts";
import { createEndpoints } from "../../src/decode/endpoint.ts";
import { protocols } from "../../src/protocols/index.ts";
import { rawMembers } from "../../src/translate/raw-members.ts";

const models = [
  "gemini-2.0-flash",
  "gemini-2.5-flash-lite",
  "gemini-2.5-flash",
  "gemini-2.5-pro",
  "gemini-3-flash-preview",
  "gemini-3-pro-preview",
  "gemini-3.1-pro-preview",
  "gemini-3.8-flash",
  "gemini-4-hydrogen",
  "gemini-4-flash",
] as const;

const oneOf = <Value extends Json>(...values: readonly Value[]): fc.Arbitrary<Value | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });

function defined(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

const declaration = { functionDeclarations: [{ name: "look", parameters: { type: "OBJECT", properties: {} } }] };
const schema = { type: "object", properties: { seen: { type: "string" } }, required: ["seen"] };
const image = { inlineData: { mimeType: "image/png", data: "aGVsbG8=" } };
const question = { text: "What is on stage?" };
const user = (...parts: JsonObject[]): JsonObject => ({ role: "user", parts });
const model = (...parts: JsonObject[]): JsonObject => ({ role: "model", parts });
const call = { functionCall: { name: "look", args: {} }, thoughtSignature: "c2lnbmF0dXJl" };
const result = { functionResponse: { name: "look", response: { result: "a chair" } } };
const shown = { functionResponse: { name: "look", response: { result: "a chair" }, parts: [image] } };
const thought = { text: "Hm.", thought: true };

const histories: readonly (readonly JsonObject[])[] = [
  [user(question)],
  [user(question, image)],
  [user(question, { ...image, mediaResolution: { level: "MEDIA_RESOLUTION_HIGH" } })],
  [user(question, { ...image, media_resolution: { level: "MEDIA_RESOLUTION_LOW" } }, image)],
  [user(question), model(call), user(result)],
  [user(question), model(call), user(shown)],
  [user(question), model(call), user(shown), model({ text: "A chair." }), user(question)],
  [user(question), model(thought), model({ text: "A ch" }), user(question)],
];
const toolLists: readonly (readonly JsonObject[])[] = [
  [declaration],
  [{ googleSearch: {} }],
  [{ urlContext: {} }, { codeExecution: {} }],
  [declaration, { googleSearch: {} }],
  [{ ...declaration, google_search: {} }],
];
const formats: readonly JsonObject[] = [
  { responseMimeType: "application/json" },
  { responseMimeType: "application/json", responseJsonSchema: schema },
  { responseMimeType: "text/plain" },
];

const bodies: fc.Arbitrary<JsonObject> = fc
  .record({
    contents: fc.constantFrom(...histories),
    format: oneOf(...formats),
    mediaResolution: oneOf("MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_HIGH"),
    isShown: fc.boolean(),
    thinkingBudget: oneOf(-1, 0, 1, 128, 600, 24_576, 32_768),
    thinkingLevel: oneOf("MINIMAL", "low", "MEDIUM", "HIGH", "xhigh"),
    includeThoughts: oneOf(true, false),
    presencePenalty: oneOf(0.5),
    temperature: oneOf(0.5),
    maxOutputTokens: oneOf(100, 8192),
    tools: oneOf(...toolLists),
  })
  .map(({ contents, format, isShown, thinkingBudget, thinkingLevel, includeThoughts, tools, ...rest }) => {
    const thinkingConfig = defined({ thinkingBudget, thinkingLevel, includeThoughts });
    const isSaid = Object.keys(thinkingConfig).length > 0;
    const generationConfig = defined({ ...rest, ...format, ...(isSaid ? { thinkingConfig } : {}) });
    const toolConfig = isShown ? { includeServerSideToolInvocations: true } : undefined;
    return defined({ contents, tools, toolConfig, generationConfig });
  });

/** What the vendor has against it; null: it is taken. */
function complaint(body: JsonObject, model: string): string | null {
  const traits = modelTraits(model);
  if (traits === undefined) throw new Error(`no model ${model}`);
  try {
    checkRequest({ ...body }, traits);
    return null;
  } catch (error) {
    return String(error);
  }
}

const endpoints = createEndpoints(protocols);

/** As the gateway sends it; null where it goes to another target instead. */
function sent(body: JsonObject, model: string): JsonObject | null {
  const path = `/v1beta/models/${model}:generateContent`;
  const request = { method: "POST", path, query: "", headers: {}, body: Buffer.from(JSON.stringify(body)) };
  const decoded = decodeCall(request, { protocol: geminiGenerate, endpoint: endpoints.at(path), maxDepth: 64 });
  const target = { model, facts: geminiFacts(model) };
  if (geminiGenerate.chat.request.fits?.(rawMembers(decoded, {}), target) === true) return body;
  try {
    return geminiGenerate.chat.request.encode(decoded.chat(), target).body;
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

const taken = fc.tuple(bodies, fc.constantFrom(...models)).filter(([body, model]) => complaint(body, model) === null);

describe("generations of Gemini", () => {
  test("none refuses what another one takes", () => {
    fc.assert(
      fc.property(taken, fc.constantFrom(...models), ([body], model) => {
        const given = sent(body, model);
        expect(given).not.toBeNull();
        expect(given === null ? null : complaint(given, model)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  test("what a model is known to take goes to it as it came", () => {
    fc.assert(
      fc.property(taken, ([body, model]) => {
        const { thinkingConfig } = (body["generationConfig"] ?? {}) as JsonObject;
        // Of levels and of switching off the tables know more than the simulated vendor.
        if (/Level|:0/.test(JSON.stringify(thinkingConfig ?? ""))) return;
        expect(sent(body, model)).toEqual(body);
      }),
      { numRuns: 1000 },
    );
  });
});
