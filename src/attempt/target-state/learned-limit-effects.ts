// What a refusal means for later requests: a fact about the model, a member to leave out, one to rename, or one that a
// request cannot work without. Pure. "Does not support" teaches something only for listed members, since it may depend
// on a condition. A member that a vendor does not know is left out at any depth, except for content and for members
// that the caller depends on.
import type { LearnedLimit, ModelFacts } from "../../core/provider.ts";
import type { Refusal } from "../../core/refusal.ts";
import { ANY, inSnakeCase, isEmpty, type LeftOut } from "./leave-out.ts";
import { leavingOut, renaming, silently } from "./leaving-out.ts";
import { hasUsualValue, holdsSettings, isUsualValue } from "../../domain/usual-values.ts";
import { refusedToolsLimit } from "./refused-tools.ts";

/** `again`: the same request, adjusted, can go to the same target again. */
export type Effect = Partial<Omit<LearnedLimit, "learnt">> & { readonly again: boolean };

/** Members by the last name of their path, in OpenAI's spelling. */
const facts: ReadonlyMap<string, Partial<ModelFacts>> = new Map<string, Partial<ModelFacts>>([
  ["logprobs", { logprobs: false }],
  ["top_logprobs", { logprobs: false }],
  ["response_logprobs", { logprobs: false }],
  ["n", { multipleChoices: false }],
  ["candidate_count", { multipleChoices: false }],
  ["tools", { tools: false }],
  ["image", { images: false }],
  ["images", { images: false }],
  ["image_url", { images: false }],
  ["audio", { audio: false }],
  ["input_audio", { audio: false }],
]);
/** Members that an answer can work without: left out, and reported. */
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
  "prompt_cache_options",
  "prompt_cache_breakpoint",
  "parallel_tool_calls",
  "reasoning",
  "reasoning_content",
  "reasoning_details",
  "reasoning_effort",
  "summary",
  "thinking",
  "thinking_config",
  "thinking_budget",
  "thinking_level",
  "store",
  "stream_options",
  "fallbacks",
  "speed",
]);
/** The answer's limit has two names: if a vendor refuses one, it takes the other. */
const twins: ReadonlyMap<string, string> = new Map([
  ["max_tokens", "max_completion_tokens"],
  ["max_completion_tokens", "max_tokens"],
]);
/** At the top level: a caller that sends one depends on it, so a target that does not take it is unfit. */
const depended: ReadonlySet<string> = new Set([
  "logit_bias",
  "functions",
  "response_format",
  "tool_choice",
  "function_call",
  "tool_config",
  "modalities",
  "web_search_options",
  "previous_response_id",
  "conversation",
  "prompt",
  "output_config",
  "output_format",
  "cached_content",
  "inference_geo",
]);
/** Also dropped if only the model refuses them, not its vendor: for all others, a condition may be the reason. */
const unmissed: ReadonlySet<string> = new Set(["logit_bias", "functions", "inference_geo"]);
/** At any depth: content, links between objects, and the format of the answer. Never left out. */
const essentialMembers: ReadonlySet<string> = new Set([
  ...depended,
  "model",
  "messages",
  "contents",
  "content",
  "parts",
  "input",
  "system",
  "system_instruction",
  "instructions",
  "role",
  "type",
  "text",
  "refusal",
  "function",
  "function_declarations",
  "custom",
  "tool_calls",
  "tool_call_id",
  "tool_use_id",
  "call_id",
  "id",
  "name",
  "arguments",
  "args",
  "output",
  "response",
  "result",
  "source",
  "data",
  "url",
  "file",
  "file_id",
  "file_data",
  "inline_data",
  "video_url",
  "document_url",
  "title",
  "context",
  "format",
  "json_schema",
  "schema",
  "response_schema",
  "response_json_schema",
  "response_mime_type",
  "response_modalities",
  "generation_config",
  "max_output_tokens",
  "stream",
]);
/** At the top level these are the caller's words. All others there are settings, whatever they are called elsewhere. */
const words: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "contents",
  "input",
  "system",
  "system_instruction",
  "instructions",
]);
/** Members with such a name that a request can do without: the name of an object, or how to handle it. */
const inessentialPaths: ReadonlySet<string> = new Set([
  ..."messages.*.id messages.*.name messages.*.content.*.text.id contents.*.parts.*.id".split(" "),
  "tools.*.function_declarations.*.response",
]);
/** Below one of these names are a caller's own names: a refusal there concerns one schema only. */
const schemas: ReadonlySet<string> = new Set([
  "parameters",
  "parameters_json_schema",
  "input_schema",
  "output_schema",
  "schema",
  "response_schema",
  "response_json_schema",
  "logit_bias",
  "metadata",
  "labels",
]);

/** Top-level lists whose values can be left out one by one. */
const lists: ReadonlySet<string> = new Set(["include"]);
/** The member of Gemini's settings. */
const settings = "generation_config";
/** Of a message's parts, whose type has the same name. */
const media: ReadonlySet<string> = new Set(["image", "images", "image_url", "audio", "input_audio"]);

/** Null if it teaches nothing. */
export function learnedLimitEffectOf(refusal: Refusal): Effect | null {
  if (refusal.kind === "window") return { facts: { contextTokens: refusal.tokens }, again: false };
  if (refusal.kind === "facts") return { facts: refusal.facts, again: true };
  if (refusal.kind === "keyword") return { facts: { refusedKeywords: [refusal.keyword] }, again: true };
  if (refusal.kind === "tools") {
    const learnedLimit = refusedToolsLimit(refusal.types, refusal.byService === true);
    return learnedLimit === null ? null : { ...learnedLimit, again: true };
  }
  if (refusal.kind === "header") {
    const { header, values } = refusal;
    return { withheld: (values ?? [null]).map((value) => ({ header, value })), again: true };
  }
  const { path, value, isUnknown = false } = refusal;
  const steps = path.split(".");
  if (steps.slice(0, -1).some((step) => schemas.has(inSnakeCase(step)))) return null;
  const name = nameOf(steps);
  return value === null ? effectOfName(name, steps, isUnknown) : effectOfValue(name, steps, value);
}

function effectOfName(name: string, steps: readonly string[], isUnknown: boolean): Effect | null {
  const isTop = steps.length === 1;
  const lack = lackOf(name, steps, isUnknown);
  // Some clients write what they do not want: "logit_bias": null.
  const again = hasUsualValue(name);
  const mayAskNothing = again || lack?.refusedMembers !== undefined;
  if (lack !== null) return { ...(mayAskNothing ? leavingOutUsual(name, steps) : {}), again, ...lack };
  const twin = isTop ? twins.get(name) : undefined;
  if (twin !== undefined) return { quirks: [renaming(name, twin)], again: true };
  if (!isUnknown && !isNameless(name)) return droppable.has(name) ? leftOut(name, { steps, value: null }) : null;
  return name === "" || name === ANY ? null : leavingOutUnknown(name, steps);
}

/** The ability that a target without this member lacks, if a caller depends on it. */
function lackOf(name: string, steps: readonly string[], isUnknown: boolean): Partial<LearnedLimit> | null {
  const learnedFacts = (media.has(name) ? !isUnknown : isSetting(name, steps)) ? facts.get(name) : undefined;
  if (learnedFacts !== undefined) return { facts: learnedFacts };
  const isMissed = steps.length === 1 && (isUnknown ? depended : unmissed).has(name);
  return isMissed ? { refusedMembers: [name] } : null;
}

function leavingOutUnknown(name: string, steps: readonly string[]): Effect {
  // Some clients write what they do not have: "tool_calls": null. A picture is not left out of its part, as a stray it is:
  // a vendor that names it as unknown may take pictures all the same.
  const needsContent = isEssential(name, steps);
  if (needsContent && hasUsualValue(name)) return leavingOutUsual(name, steps);
  const member = { steps, value: null, isStray: media.has(name) };
  // What has a place in OpenAI's protocol goes by its name there.
  const reportedName = steps.length > 1 && !droppable.has(name) ? steps.filter((step) => step !== ANY).join(".") : name;
  return leftOut(name, needsContent ? { ...member, ifHolds: isEmpty } : member, reportedName);
}

function leftOut(...member: Parameters<typeof leavingOut>): Effect {
  return { quirks: [leavingOut(...member)], again: true };
}

function isEssential(name: string, steps: readonly string[]): boolean {
  if (steps.length === 1) return words.has(name);
  const path = steps.map(inSnakeCase).join(".");
  return essentialMembers.has(name) && !inessentialPaths.has(path) && !isOfDroppable(steps);
}

/** A setting inside a member that an answer can work without: `reasoning.context`. */
function isOfDroppable([top = "", inner, ...deeper]: readonly string[]): boolean {
  return droppable.has(top) && inner !== undefined && inner !== "type" && deeper.length === 0;
}

/** Nothing is lost with a value that asks for the default; with settings something is, and it is reported. */
function leavingOutUsual(name: string, steps: readonly string[]): Effect {
  const member: LeftOut = { steps, value: null, ifHolds: (value) => isUsualValue(name, value) || isEmpty(value) };
  const quirk = leavingOut(name, member);
  return { quirks: [holdsSettings(name) ? quirk : silently(quirk)], again: true };
}

/** A name in none of the lists above: a caller that sends it asks one host for a feature of its own. */
function isNameless(name: string): boolean {
  return (
    /^[a-z]/u.test(name) && ![facts, twins, droppable, essentialMembers, unmissed].some((names) => names.has(name))
  );
}

function isSetting(name: string, steps: readonly string[]): boolean {
  return steps.length === 1 || (steps.length === 2 && inSnakeCase(steps[0] ?? "") === settings && name !== "tools");
}

function effectOfValue(name: string, steps: readonly string[], value: string): Effect | null {
  const [list = ""] = steps;
  if (name === ANY) return steps.length === 2 && lists.has(list) ? leftOut(list, { steps, value }) : null;
  if (facts.has(name) || twins.has(name) || !droppable.has(name)) return null;
  return leftOut(name, { steps, value });
}

/** `generationConfig.topK` is `top_k`; `reasoning.effort` is what the other protocol calls `reasoning_effort`. */
function nameOf(steps: readonly string[]): string {
  const last = steps.at(-1) ?? "";
  return last === "effort" ? "reasoning_effort" : inSnakeCase(last);
}
