// Encodes sampling parameters. A value that the target would refuse is adjusted or dropped, and reported; a default
// value is dropped silently.
import type { ChatRequest } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { hashIdentifier } from "../../shared/identifiers.ts";
import type { Report } from "../../shared/report.ts";
import { self, unsupported } from "../features/own-state.ts";
import { ownThinking } from "./own-thinking.ts";
import type { EncodedThinking } from "./thinking-effort.ts";

/** Features that this protocol lacks and a request cannot work without: another target must answer. */
export function refuseUnsupported(request: ChatRequest): void {
  const { n, logprobs, topLogprobs, logitBias } = request.sampling;
  if (n !== null && n > 1) throw unsupported("n", "n: this target returns one choice only.");
  if (logprobs === true || (topLogprobs !== null && topLogprobs > 0)) {
    throw unsupported("logprobs", "logprobs: this target does not return log probabilities.");
  }
  if (logitBias !== null && Object.keys(logitBias).length > 0) {
    throw unsupported("logit_bias", "logit_bias: this target does not support a logit bias.");
  }
}

export interface SamplingContext {
  readonly facts: ModelFacts;
  readonly report: Report;
  readonly thinking: EncodedThinking;
}

export function encodeSampling(request: ChatRequest, context: SamplingContext): JsonObject {
  const { sampling } = request;
  const { report } = context;
  if (sampling.seed !== null) report.drop("seed");
  if (sampling.presencePenalty !== null && sampling.presencePenalty !== 0) report.drop("presence_penalty");
  if (sampling.frequencyPenalty !== null && sampling.frequencyPenalty !== 0) report.drop("frequency_penalty");
  const stop = sampling.stop.filter((word) => word.trim() !== "");
  if (stop.length < sampling.stop.length) report.drop("stop");
  return {
    ...encodeSamplers(request, context),
    ...(stop.length > 0 ? { stop_sequences: stop } : {}),
    ...(request.user === null ? {} : { metadata: { user_id: encodeUser(request.user, request, report) } }),
  };
}

/** Anthropic forbids names and addresses here, which callers of other protocols may have sent. */
function encodeUser(user: string, request: ChatRequest, report: Report): string {
  if (request.extras.protocol === self && user.length <= LONGEST_USER) return user;
  report.adapt("user", user.length, 24);
  return hashIdentifier(user, 24);
}

/** The longest `metadata.user_id`, in characters (platform.claude.com/docs/en/api/messages). */
export const LONGEST_USER = 256;

function encodeSamplers({ sampling }: ChatRequest, { facts, report, thinking }: SamplingContext): JsonObject {
  const { temperature, topP, topK } = sampling;
  const encoded: MutableJson = {};
  const allowed = facts.sampling !== false;
  if (temperature !== null && temperature !== 1) {
    if (!allowed || thinking.on) report.drop("temperature");
    else encoded["temperature"] = clamp("temperature", temperature, report);
  }
  if (topP !== null && topP !== 1) {
    const both = facts.oneSampler === true && encoded["temperature"] !== undefined;
    // While thinking, models take 0.95 to 1.
    if (!allowed || both || (thinking.on && topP < 0.95)) report.drop("top_p");
    else encoded["top_p"] = clamp("top_p", topP, report);
  }
  if (topK !== null) {
    // Some hosts use this value to turn it off.
    if (!allowed || thinking.on || topK < 1) report.drop("top_k");
    else {
      const whole = Math.round(topK);
      if (whole !== topK) report.adapt("top_k", topK, whole);
      encoded["top_k"] = whole;
    }
  }
  return encoded;
}

/** 0 to 1 here, 0 to 2 elsewhere: clamped, not scaled, because 1 means the same in both. */
function clamp(name: string, value: number, report: Report): number {
  const clamped = Math.min(1, Math.max(0, value));
  if (clamped !== value) report.adapt(name, value, clamped);
  return clamped;
}

/** Enough for a long answer, and below what Anthropic answers without a stream. */
const mostByDefault = 32_000;
const mostOfUnknown = 4096;

/**
 * The limit, which Anthropic requires. If the caller's settings do not count thinking, it is added; a caller that uses
 * this protocol's own fields for thinking knows that it counts.
 */
export function encodeLimit(request: ChatRequest, { facts, report, thinking }: SamplingContext): number {
  const most = facts.outputTokens;
  const requestedTokens = request.sampling.maxTokens ?? Math.min(most ?? mostOfUnknown, mostByDefault);
  const included = ownThinking(request) !== null && request.sampling.maxTokens !== null;
  const whole = included ? requestedTokens : requestedTokens + thinking.budget;
  // Other vendors accept 0; the minimum here is 1.
  const limit = Math.max(1, most === null ? whole : Math.min(whole, most));
  if (request.sampling.maxTokens !== null && limit !== requestedTokens)
    report.adapt("max_tokens", requestedTokens, limit);
  return limit;
}
