// A request that one generation of a vendor's models takes goes to another one: byte for byte where that takes it too,
// else rewritten so that it does, or not at all. Drawn at random, and judged by the simulated vendor's own checks.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { decodeCall } from "../../src/decode/decode.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { anthropicRefusedSettings } from "../../src/providers/quirks/refused-settings.ts";
import { claudeFacts } from "../../src/providers/facts.ts";
import { modelTraits, type ModelTraits } from "../../src/simulator/anthropic/models.ts";
import { checkRequest } from "../../src/simulator/anthropic/check-request.ts";
import { rawMembers } from "../../src/translate/raw-members.ts";

const models = [
  "claude-3-5-haiku-latest",
  "claude-3-7-sonnet-latest",
  "claude-sonnet-4-20250514",
  "claude-opus-4-1",
  "claude-haiku-4-5",
  "claude-opus-4-5",
  "claude-sonnet-4-6",
  "claude-opus-4-7",
  "claude-opus-4-8",
  "claude-sonnet-5",
  "claude-opus-5",
  "claude-haiku-5-5",
  "claude-sonnet-5-5",
  "claude-opus-5-5",
  "claude-mythos-preview",
  "claude-fable-5-1",
] as const;

const user = (...content: JsonObject[]): JsonObject => ({ role: "user", content });
const text = { type: "text", text: "What is on stage?" };
const call = { type: "tool_use", id: "toolu_1", name: "look", input: {} };
const result = { type: "tool_result", tool_use_id: "toolu_1", content: "a chair" };
const thought = { type: "thinking", thinking: "hm", signature: "c2ln".repeat(12) };
const told = { role: "system", content: "Be brief." };

const calls = { role: "assistant", content: [call] };
const thinks = { role: "assistant", content: [thought, call] };
const clear = { ...told, clear_at: "next_user_message" };
const answer = { role: "assistant", content: "A chair." };

function historiesFor({ takesLaterSystem, takesPrefill }: ModelTraits): readonly (readonly JsonObject[])[] {
  return [
    [user(text)],
    [user(text), calls, user(result, text)],
    [user(text), thinks, user(result)],
    ...(takesLaterSystem ? [[user(text), told], [user(text), clear, answer, user(text)], agents] : []),
    ...(takesPrefill ? [[user(text), answer]] : []),
  ];
}

const agents = [user(text), thinks, user(result), told];

const schema = { type: "object", properties: {}, additionalProperties: false };
const look = { name: "look", input_schema: schema };

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const oneOf = (values: Iterable<string>): fc.Arbitrary<string | undefined> => fc.constantFrom(undefined, ...values);

/** What that model may well take; what it does not is filtered out. */
function requestsOf(model: string): fc.Arbitrary<JsonObject> {
  const traits = modelTraits(model);
  if (traits === undefined) throw new Error(`no model ${model}`);
  const shapes = {
    max_tokens: fc.constantFrom(...[1500, 4096, 32_000, 64_000, 128_000].filter((one) => one <= traits.outputTokens)),
    messages: fc.constantFrom(...historiesFor(traits)),
    kind: oneOf(traits.thinking),
    budget: fc.constantFrom(1024, 1400, 20_000, 31_999),
    display: oneOf(["summarized", "omitted", "updates"]),
    effort: oneOf(traits.efforts),
    format: maybe(fc.constant({ type: "json_schema", schema })),
    edits: fc.subarray(["clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112"]),
    tools: fc.subarray([
      { type: "web_search_20260209", name: "web_search" },
      { ...look, name: "other", strict: true },
    ]),
    choice: oneOf(["auto", "any"]),
    speed: oneOf(traits.takes.has("speed") ? ["fast", "standard"] : ["standard"]),
    budgeted: fc.constantFrom(false, traits.takes.has("output_config.task_budget")),
    geo: oneOf(traits.takes.has("inference_geo") ? ["global", "us"] : []),
    sampler: oneOf(traits.takesSampling ? ["temperature", "top_p", "top_k"] : []),
  };
  return fc
    .record(shapes)
    .map(({ kind, budget, display, effort, format, edits, tools, choice, sampler, ...more }): JsonObject => {
      const { speed, budgeted, geo: inference_geo, ...rest } = more;
      const task_budget = budgeted ? { type: "tokens", total: 64_000 } : undefined;
      const config = defined({ effort, format, task_budget });
      const isOn = kind === "adaptive" || kind === "enabled";
      return {
        ...rest,
        ...defined({ speed, inference_geo }),
        model,
        tools: [look, ...tools],
        ...(kind === undefined ? {} : { thinking: { type: kind, ...(isOn && display !== undefined && { display }) } }),
        ...(kind === "enabled" ? { thinking: { type: kind, budget_tokens: budget } } : {}),
        ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
        ...(edits.length === 0 ? {} : { context_management: { edits: edits.map((type) => ({ type })) } }),
        ...(choice === undefined ? {} : { tool_choice: { type: choice } }),
        ...(sampler === undefined || isOn ? {} : { [sampler]: sampler === "top_k" ? 5 : 0.5 }),
      };
    })
    .filter((body) => complaint(body) === null);
}

function defined(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

const spoken = { version: "2023-06-01", betas: new Set<string>() };

/** What the vendor has against it; null: it is taken. */
function complaint(body: JsonObject): string | null {
  try {
    checkRequest({ ...body }, spoken);
    return null;
  } catch (error) {
    return String(error);
  }
}

const taken = fc.constantFrom(...models).chain(requestsOf);

/** As the gateway sends it; null where it goes to another target instead. */
function sent(body: JsonObject, model: string): JsonObject | null {
  const request = { method: "POST", path: "", query: "", headers: {}, body: Buffer.from(JSON.stringify(body)) };
  const decoded = decodeCall(request, { protocol: anthropicMessages, endpoint: null, maxDepth: 64 });
  const target = { model, facts: claudeFacts(model) };
  try {
    const isFit = anthropicMessages.chat.request.fits?.(rawMembers(decoded, {}), target) === true;
    const given = isFit ? { ...body, model } : anthropicMessages.chat.request.encode(decoded.chat(), target).body;
    return anthropicRefusedSettings.reduce((mended, quirk) => quirk.request?.(mended, model).body ?? mended, given);
  } catch (error) {
    if (error instanceof GatewayFailure && error.code === "unsupported") return null;
    throw error;
  }
}

describe("generations of Claude", () => {
  test("no model that counts as fit refuses what another one takes", () => {
    fc.assert(
      fc.property(taken, fc.constantFrom(...models), (body, model) => {
        const given = sent(body, model);
        expect(given === null ? null : complaint(given)).toBeNull();
      }),
      { numRuns: 3000 },
    );
  });

  test("what a model takes goes to it as it came", () => {
    fc.assert(
      fc.property(taken, fc.constantFrom(...models), (drawn, model) => {
        const body = { ...drawn, model };
        if (complaint(body) === null) expect(sent(body, model)).toEqual(body);
      }),
      { numRuns: 1500 },
    );
  });

  test("few are unfit for a whole conversation: only for what no model of theirs has ever had", () => {
    const agent = {
      model: "claude-opus-5",
      max_tokens: 32_000,
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "xhigh" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      system: "You look at stages.",
      messages: agents,
      tools: [look],
    };
    expect(complaint(agent)).toBeNull();
    expect(models.filter((model) => sent(agent, model) === null)).toEqual([]);
  });
});
