// Encodes sampling parameters. Values out of range are clamped and reported; features that a client would parse in the
// answer (logit bias, log probabilities, choices) make this target unfit if it lacks them.
import { unsupported } from "../../shared/unsupported.ts";
import type { ChatRequest, Sampling } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { isDefault } from "../../shared/needed.ts";
import type { Report } from "../../shared/report.ts";
import { encodeThinking } from "./encode-thinking.ts";

export const mostStops = 5;
const mostChoices = 8;
const mostLogprobs = 20;
/** Seeds are signed 32-bit numbers here. */
const seedRange = 2 ** 31;

/** `generationConfig` without the output format. */
export function encodeGeneration(request: ChatRequest, facts: ModelFacts, report: Report): MutableJson {
  const { sampling } = request;
  refuse(sampling, facts);
  const config: MutableJson = {};
  const thinking = encodeThinking(request, facts, report);
  if (thinking.maxTokens !== null) config["maxOutputTokens"] = capTokens(thinking.maxTokens, facts, report);
  Object.assign(config, encodeSampling(sampling, facts, report), encodePenalties(sampling, facts, report));
  if (sampling.seed !== null) Object.assign(config, encodeSeed(sampling.seed, facts, report));
  if (sampling.n !== null && sampling.n > 1) config["candidateCount"] = sampling.n;
  const stops = encodeStops(sampling.stop, report);
  if (stops.length > 0) config["stopSequences"] = stops;
  if (sampling.logprobs === true) {
    config["responseLogprobs"] = true;
    if (sampling.topLogprobs !== null && sampling.topLogprobs > 0)
      config["logprobs"] = Math.min(sampling.topLogprobs, mostLogprobs);
  } else if ((sampling.topLogprobs ?? 0) > 0) report.drop("top_logprobs");
  if (thinking.config !== null) config["thinkingConfig"] = thinking.config;
  return config;
}

function refuse(sampling: Sampling, facts: ModelFacts): void {
  if (sampling.logitBias !== null && Object.keys(sampling.logitBias).length > 0)
    throw unsupported("logit_bias", "this target does not support a logit bias");
  if (sampling.logprobs === true && facts.logprobs === false)
    throw unsupported("logprobs", "this model does not return log probabilities");
  const n = sampling.n ?? 1;
  if (n > 1 && facts.multipleChoices === false) throw unsupported("n", "this model returns one choice only");
  if (n > mostChoices) throw unsupported("n", `this target returns at most ${mostChoices} choices`);
}

function capTokens(tokens: number, facts: ModelFacts, report: Report): number {
  const whole = Math.max(1, Math.floor(tokens));
  if (facts.outputTokens === null || whole <= facts.outputTokens) {
    if (whole !== tokens) report.adapt("max_tokens", tokens, whole);
    return whole;
  }
  report.adapt("max_tokens", tokens, facts.outputTokens);
  return facts.outputTokens;
}

function encodeSampling(sampling: Sampling, facts: ModelFacts, report: Report): JsonObject {
  const config: MutableJson = {};
  for (const { field, key, value, range } of [
    { field: "temperature", key: "temperature", value: sampling.temperature, range: [0, 2] },
    { field: "top_p", key: "topP", value: sampling.topP, range: [0, 1] },
    { field: "top_k", key: "topK", value: sampling.topK, range: [1, Number.MAX_SAFE_INTEGER] },
  ] as const) {
    if (value === null) continue;
    // Some hosts use 0 or -1 to turn it off: 1 would be the opposite.
    if (field === "top_k" && value < 1) report.drop(field);
    else if (facts.sampling === false) {
      if (!isDefault(field, value)) report.drop(field);
    } else config[key] = bring(value, range, { field, report, isWhole: field === "top_k" });
  }
  return config;
}

function encodePenalties(sampling: Sampling, facts: ModelFacts, report: Report): JsonObject {
  const config: MutableJson = {};
  for (const { field, key, value } of [
    { field: "presence_penalty", key: "presencePenalty", value: sampling.presencePenalty },
    { field: "frequency_penalty", key: "frequencyPenalty", value: sampling.frequencyPenalty },
  ] as const) {
    if (value === null) continue;
    if (facts.penalties === false) {
      if (!isDefault(field, value)) report.drop(field);
    } else config[key] = bring(value, [-2, 1.99], { field, report }); // below 2, not 2: the vendor's range excludes its end
  }
  return config;
}

function bring(
  value: number,
  [minimum, maximum]: readonly [number, number],
  { field, report, isWhole = false }: { readonly field: string; readonly report: Report; readonly isWhole?: boolean },
): number {
  const inside = Math.min(Math.max(isWhole ? Math.round(value) : value, minimum), maximum);
  if (inside !== value) report.adapt(field, value, inside);
  return inside;
}

/** Any integer gives a seed, always the same one. */
function encodeSeed(seed: number, facts: ModelFacts, report: Report): JsonObject {
  if (facts.seed === false) {
    report.drop("seed");
    return {};
  }
  const whole = Math.trunc(seed);
  const inRange = whole >= -seedRange && whole < seedRange ? whole : Math.abs(whole % seedRange);
  if (inRange !== seed) report.adapt("seed", seed, inRange);
  return { seed: inRange };
}

function encodeStops(stops: readonly string[], report: Report): readonly string[] {
  const filled = stops.filter((stop) => stop !== "");
  if (filled.length <= mostStops) return filled;
  report.adapt("stop", filled.length, mostStops);
  return filled.slice(0, mostStops);
}
