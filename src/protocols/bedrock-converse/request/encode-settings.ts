// Encodes sampling, reasoning and the form of the answer. A value that the target would refuse is adjusted or dropped, and
// reported; what a request cannot work without refuses the target.
// Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html, API_runtime_OutputConfig.html,
// docs.aws.amazon.com/nova/latest (complete request schema, extended thinking).
import type { ChatRequest, Effort, Reasoning } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { Report } from "../../shared/report.ts";
import { unsupported } from "../features/own.ts";

/** Features that this protocol lacks and a request cannot work without: another target must answer. */
export function refuseUnsupported({ sampling }: ChatRequest): void {
  const { n, logprobs, topLogprobs, logitBias } = sampling;
  if (n !== null && n > 1) throw unsupported("n", "n: this target returns one choice only.");
  if (logprobs === true || (topLogprobs ?? 0) > 0)
    throw unsupported("logprobs", "logprobs: this target does not return log probabilities.");
  if (logitBias !== null && Object.keys(logitBias).length > 0)
    throw unsupported("logit_bias", "logit_bias: this target does not support a logit bias.");
}

export interface SettingsContext {
  readonly target: TargetFacts;
  readonly report: Report;
}

export function encodeInference({ sampling }: ChatRequest, { target, report }: SettingsContext): JsonObject {
  const { maxTokens, temperature, topP, seed, presencePenalty, frequencyPenalty } = sampling;
  if (seed !== null) report.drop("seed");
  if (presencePenalty !== null && presencePenalty !== 0) report.drop("presence_penalty");
  if (frequencyPenalty !== null && frequencyPenalty !== 0) report.drop("frequency_penalty");
  const config: MutableJson = {};
  if (maxTokens !== null) config["maxTokens"] = encodeLimit(maxTokens, target, report);
  if (temperature !== null) config["temperature"] = clamp("temperature", temperature, report);
  if (topP !== null) config["topP"] = clamp("top_p", topP, report);
  const stop = sampling.stop.filter((word) => word.trim() !== "");
  if (stop.length < sampling.stop.length) report.drop("stop");
  if (stop.length > 0) config["stopSequences"] = stop;
  return config;
}

/** The smallest is 1. */
function encodeLimit(maxTokens: number, { facts }: TargetFacts, report: Report): number {
  const limit = Math.max(1, Math.min(maxTokens, facts.outputTokens ?? maxTokens));
  if (limit !== maxTokens) report.adapt("max_tokens", maxTokens, limit);
  return limit;
}

/** 0 to 1 here, 0 to 2 elsewhere: nearestValue, not scaled, because 1 means the same in both. */
function clamp(name: string, value: number, report: Report): number {
  const nearestValue = Math.min(1, Math.max(0, value));
  if (nearestValue !== value) report.adapt(name, value, nearestValue);
  return nearestValue;
}

/** Members of the model's own, which differ by vendor. */
export function encodeModelFields(request: ChatRequest, { target, report }: SettingsContext): JsonObject {
  const isNova = /(?:^|[./])amazon\.nova/iu.test(target.model);
  const fields: MutableJson = {};
  const { topK } = request.sampling;
  if (topK !== null) {
    if (isNova && topK >= 1) fields["inferenceConfig"] = { topK };
    else report.drop("top_k");
  }
  const { reasoning } = request;
  if (reasoning === null || (reasoning.effort === null && reasoning.budget === null)) return fields;
  if (isNova && target.facts.reasoning.style === "effort")
    return { ...fields, reasoningConfig: encodeReasoning(reasoning, report) };
  if (!isOff(reasoning)) report.drop("reasoning_effort");
  return fields;
}

function isOff({ effort, budget }: Reasoning): boolean {
  return effort === "none" || (effort === null && budget === 0);
}

const nearestEfforts: Readonly<Record<Effort, string>> = {
  none: "low",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

function encodeReasoning(reasoning: Reasoning, report: Report): JsonObject {
  if (isOff(reasoning)) return { type: "disabled" };
  const { effort, budget } = reasoning;
  const nearest = nearestEfforts[effort ?? "medium"];
  if (effort === null) report.adapt("reasoning_budget", budget ?? 0, nearest);
  else if (nearest !== effort) report.adapt("reasoning_effort", effort, nearest);
  return { type: "enabled", maxReasoningEffort: nearest };
}

const bare = "Your answer must be one valid JSON object and nothing else: no prose around it, no code fences.";

export interface EncodedOutput {
  readonly config: JsonObject | null;
  /** For the system prompt. */
  readonly instruction: string | null;
}

/** Few models there take a schema; the others get it in words, unless the caller insists. */
export function encodeOutput({ output }: ChatRequest, { target, report }: SettingsContext): EncodedOutput {
  if (output === null || output.kind === "text") return { config: null, instruction: null };
  if (output.kind === "json") {
    report.adapt("response_format", "json_object", "instruction");
    return { config: null, instruction: bare };
  }
  const schema = JSON.stringify(output.schema);
  if (target.facts.jsonSchema === true) {
    const { name, description } = output;
    const jsonSchema = { schema, name, ...(description === null ? {} : { description }) };
    return { config: { textFormat: { type: "json_schema", structure: { jsonSchema } } }, instruction: null };
  }
  if (output.strict === true)
    throw unsupported("response_format", "This model does not support a JSON schema, and the request is strict.");
  report.adapt("response_format", "json_schema", "instruction");
  return { config: null, instruction: `${bare}\nIt must match this JSON Schema:\n${schema}` };
}
