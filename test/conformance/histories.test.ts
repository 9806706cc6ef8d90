// Histories of agents, drawn at random, from clients of each protocol to each kind of target: none that counts as fit is
// refused, as the simulated vendors judge. A client's own bytes go where they fit, and are mended where they do not.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { writeJson } from "../../src/domain/write-json.ts";
import { scanJsonObject } from "../../src/decode/json-scanner.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { checkRequest as checkClaude } from "../../src/simulator/anthropic/check-request.ts";
import { isAnsweredEmpty } from "../../src/simulator/gemini/check-contents.ts";
import { checkRequest as checkGemini } from "../../src/simulator/gemini/check-request.ts";
import { modelTraits } from "../../src/simulator/gemini/models.ts";
import { loneSurrogateIn } from "../../src/simulator/json-record.ts";
import { checkRequest as checkChat } from "../../src/simulator/openai/check-request.ts";
import { checkConversation, checkInput } from "../../src/simulator/openai/responses/check-input.ts";
import { checkResponsesRequest } from "../../src/simulator/openai/responses/check-request.ts";
import { rawMembers } from "../../src/translate/raw-members.ts";
import { plainCall } from "../support/exchange.ts";
import { asOwn, story, write } from "./draw-history.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";

type Judge = (body: JsonObject, model: string) => void;

const chat: Judge = (body) => void checkChat({ ...body });
const claude: Judge = (body) => void checkClaude({ ...body }, { version: "2026-10-21", betas: new Set<string>() });
const gemini: Judge = (body, model) => {
  const traits = modelTraits(model);
  if (traits === undefined) throw new Error(`no model ${model}`);
  checkGemini({ ...body }, traits);
  if (isAnsweredEmpty({ ...body }, traits)) throw new Error("answered with nothing");
};
const responses: Judge = (body) => {
  checkResponsesRequest({ ...body });
  checkConversation(checkInput(body["input"]));
};

const targets: readonly (readonly [provider: string, model: string, protocol: Four, judge: Judge])[] = [
  ["openai", "gpt-4o", "openai-chat", chat],
  ["openai", "gpt-5", "openai-responses", responses],
  ["vllm", "qwen3.8-27b", "openai-chat", chat],
  ["mistral", "mistral-large-latest", "openai-chat", chat],
  ["anthropic", "claude-sonnet-4-5", "anthropic-messages", claude],
  ["anthropic", "claude-opus-5", "anthropic-messages", claude],
  ["google", "gemini-2.5-flash", "gemini-generate", gemini],
  ["google", "gemini-3.5-flash", "gemini-generate", gemini],
  ["google", "gemini-3.8-flash", "gemini-generate", gemini],
];

/** As the gateway sends it; null where it goes to another target instead. */
function sent(body: JsonObject, from: Four, [provider, model, to]: (typeof targets)[number]): string | null {
  const row = catalog.get(provider);
  if (row === undefined) throw new Error(`no provider ${provider}`);
  const [client, target] = [fourProtocols[from], { model, facts: row.facts(model) }];
  const bytes = Buffer.from(writeJson(body));
  const outer = fourProtocols[to];
  const fits =
    from === to &&
    outer.chat.request.fits?.(rawMembers(plainCall({ body: bytes, fields: scanJsonObject(bytes, 64) }), {}), target);
  try {
    const request = client.chat.request.decode(body, { model: "m", stream: false });
    let wire =
      fits === true
        ? { ...body, ...(to === "gemini-generate" ? {} : { model }) }
        : outer.chat.request.encode(request, target).body;
    for (const quirk of row.quirks) wire = quirk.request?.(wire, model).body ?? wire;
    return writeJson(wire);
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

describe.each(four)("from a client of %s", (from) => {
  test.each(targets)("to %s/%s (%s)", (...target) => {
    const [, model, protocol, judge] = target;
    let taken = 0;
    fc.assert(
      fc.property(story, (drawn) => {
        const told = from === protocol ? asOwn(drawn) : drawn;
        const wire = sent(write[from](told), from, target);
        if (wire === null) return;
        taken += 1;
        expect(loneSurrogateIn(wire)).toBeUndefined();
        judge(JSON.parse(wire) as JsonObject, model);
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});
