// What a refusal means for the requests that follow: a fact of the model, a member that is left out, one that goes by
// another name, or one that nobody can do without. Pure. A member that is not listed teaches nothing: one caller's odd
// request must not change what others get.
import type { Json, JsonObject } from "../core/json.ts";
import type { Lesson, ModelFacts, Quirk, Refusal } from "../core/provider.ts";

/** `droppable`: the same request can be asked again without it. */
export type Effect = Partial<Lesson> & { readonly droppable: boolean };

/** Members by their last word, in the spelling of the OpenAI protocol. */
const facts: ReadonlyMap<string, Partial<ModelFacts>> = new Map<string, Partial<ModelFacts>>([
  ["logprobs", { logprobs: false }],
  ["top_logprobs", { logprobs: false }],
  ["response_logprobs", { logprobs: false }],
  ["n", { multipleChoices: false }],
  ["candidate_count", { multipleChoices: false }],
  ["tools", { tools: false }],
  ["functions", { tools: false }],
  ["image", { images: false }],
  ["images", { images: false }],
  ["image_url", { images: false }],
  ["audio", { audio: false }],
  ["input_audio", { audio: false }],
]);
/** What an answer can do without: it is left out, and reported. */
const droppable: ReadonlySet<string> = new Set([
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "seed",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "verbosity",
  "prediction",
  "service_tier",
  "metadata",
  "labels",
  "user",
  "safety_identifier",
  "safety_settings",
  "prompt_cache_key",
  "prompt_cache_retention",
  "parallel_tool_calls",
  "reasoning_effort",
  "thinking",
  "thinking_config",
  "thinking_budget",
  "thinking_level",
  "store",
  "stream_options",
]);
/** The answer's limit has two names: without the one there is the other. */
const twins: ReadonlyMap<string, string> = new Map([
  ["max_tokens", "max_completion_tokens"],
  ["max_completion_tokens", "max_tokens"],
]);
const needed: ReadonlySet<string> = new Set(["logit_bias"]);

/** Null where nothing is learnt. */
export function effectOf(refusal: Refusal): Effect | null {
  if (refusal.kind === "window") return { facts: { contextTokens: refusal.tokens }, droppable: false };
  const { path, value } = refusal;
  const steps = path.split(".");
  const name = nameOf(steps);
  const known = value === null ? facts.get(name) : undefined;
  if (known !== undefined) return { facts: known, droppable: false };
  if (value === null && steps.length === 1 && needed.has(name)) return { refused: [name], droppable: false };
  const twin = value === null && steps.length === 1 ? twins.get(name) : undefined;
  if (twin !== undefined) return { quirks: [renaming(name, twin)], droppable: true };
  return droppable.has(name) ? { quirks: [leavingOut(steps, name, value)], droppable: true } : null;
}

/** `generationConfig.topK` is `top_k`; `reasoning.effort` is what the other protocol calls `reasoning_effort`. */
function nameOf(steps: readonly string[]): string {
  const last = steps.at(-1) ?? "";
  if (last === "effort") return "reasoning_effort";
  return last.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

function renaming(from: string, to: string): Quirk {
  return {
    name: `learnt: ${from} is ${to}`,
    fields: [from],
    request(body) {
      const { [from]: value, ...others } = body;
      if (value === undefined) return untouched(body);
      const renamed = others[to] === undefined ? { ...others, [to]: value } : others;
      return { body: renamed, dropped: [], adapted: [`${from}:${from}>${to}`] };
    },
  };
}

/** `value`: only where it stands there. */
function leavingOut(steps: readonly string[], name: string, value: string | null): Quirk {
  const top = steps[0] ?? name;
  return {
    name: `learnt: no ${name}`,
    fields: spellings(top),
    request(body) {
      const left = without(body, steps, value);
      return left === null ? untouched(body) : { body: left, dropped: [name], adapted: [] };
    },
  };
}

/** Null where it is not there. */
function without(body: JsonObject, steps: readonly string[], value: string | null): JsonObject | null {
  const [step = "", ...rest] = steps;
  const key = spellings(step).find((one) => body[one] !== undefined);
  if (key === undefined) return null;
  const given = body[key];
  if (rest.length > 0) {
    const inner = isObject(given) ? without(given, rest, value) : null;
    return inner === null ? null : { ...body, [key]: inner };
  }
  const said = typeof given === "string" ? given : JSON.stringify(given);
  if (value !== null && said !== value) return null;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
}

/** One vendor tells in one case what it takes in both. */
function spellings(name: string): readonly string[] {
  const camel = name.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
  const snake = name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
  return camel === snake ? [name] : [snake, camel];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function untouched(body: JsonObject): ReturnType<NonNullable<Quirk["request"]>> {
  return { body, dropped: [], adapted: [] };
}
