// A request that one generation of Gemini takes goes to another one: byte for byte where that takes it too, else rewritten
// so that it does, or not at all. Drawn at random, and judged by the simulated vendor's own checks.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { decodeCall } from "../../src/decode/decode.ts";
import { geminiGenerate } from "../../src/protocols/gemini-generate/protocol.ts";
import { geminiFacts } from "../../src/providers/models.ts";
import { checkRequest } from "../../src/simulator/gemini/check-request.ts";
import { modelTraits } from "../../src/simulator/gemini/models.ts";
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

const bodies: fc.Arbitrary<JsonObject> = fc
  .record({
    thinkingBudget: oneOf(-1, 0, 1, 128, 600, 24_576, 32_768),
    thinkingLevel: oneOf("MINIMAL", "low", "MEDIUM", "HIGH", "xhigh"),
    includeThoughts: oneOf(true, false),
    presencePenalty: oneOf(0.5),
    temperature: oneOf(0.5),
    maxOutputTokens: oneOf(100, 8192),
    tools: oneOf([{ functionDeclarations: [{ name: "look", parameters: { type: "OBJECT", properties: {} } }] }]),
  })
  .map(({ thinkingBudget, thinkingLevel, includeThoughts, tools, ...rest }) => {
    const thinkingConfig = defined({ thinkingBudget, thinkingLevel, includeThoughts });
    const isSaid = Object.keys(thinkingConfig).length > 0;
    const generationConfig = defined({ ...rest, ...(isSaid ? { thinkingConfig } : {}) });
    const contents = [{ role: "user", parts: [{ text: "What is on stage?" }] }];
    return defined({ contents, tools, generationConfig });
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

/** As the gateway sends it; null where it goes to another target instead. */
function sent(body: JsonObject, model: string): JsonObject | null {
  const path = `/v1beta/models/${model}:generateContent`;
  const request = { method: "POST", path, query: "", headers: {}, body: Buffer.from(JSON.stringify(body)) };
  const decoded = decodeCall(request, geminiGenerate, 64);
  const target = { model, facts: geminiFacts(model) };
  if (geminiGenerate.fits?.(rawMembers(decoded, {}), target) === true) return body;
  try {
    return geminiGenerate.encodeRequest(decoded.chat(), target).body;
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
