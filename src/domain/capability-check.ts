// Whether a target can serve a request, by the known facts about its model, before it is asked. Pure. It says no only
// if it is sure: unknown facts exclude nothing, and only a clear excess of length counts.
import type { Call } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { ModelFacts } from "../core/provider.ts";
import { leastAnswer, mayFit } from "./answer-room.ts";
import { isUsualValue } from "./usual-values.ts";
import { type Medium, RequestRequirements } from "./request-requirements.ts";

export interface Candidate {
  /** The model's name at the vendor. */
  readonly model: string;
  /** The route's params, with the names of Chat Completions. */
  readonly params: JsonObject;
  readonly facts: ModelFacts;
  /** Top-level members that the target does not take and that the request cannot work without. */
  readonly refusedMembers: readonly string[];
  /** The target does not take the caller's bytes: its request is made from the decoded one. Absent: it may take them. */
  readonly isTranslated?: boolean;
  /** No other target is left: then a limit of the answer that is too high beside the prompt is lowered. */
  readonly isAlone?: boolean;
}

/** The check of one call's candidates. `outgrown`: the window that proved too small for it, in tokens; null: none. */
export type FindUnfit = (candidate: Candidate, outgrown: number | null) => WireFailure | null;

const LEAST_BYTES_OF_TOKEN = 5;
const mediaNames: Readonly<Record<Medium, string>> = { images: "images", pdf: "documents", audio: "audio" };
const nothing: FindUnfit = () => null;

/** Reads each fact about the call once, for all candidates. */
export function capabilityCheck(call: Call): FindUnfit {
  // Operations have other requirements; their codecs check them.
  if (call.task !== "chat") return nothing;
  const needs = new RequestRequirements(call);
  const where = call.conversationMember;
  return (candidate, outgrown) =>
    tooLong({ candidate, needs, where, outgrown }) ??
    lacksMedium(candidate, needs, where) ??
    lacksSetting(candidate, needs);
}

interface Length {
  readonly candidate: Candidate;
  readonly needs: RequestRequirements;
  readonly where: string;
  readonly outgrown: number | null;
}

function tooLong({ candidate, needs, where, outgrown }: Length): WireFailure | null {
  const { facts, params, model, isAlone = false } = candidate;
  const { contextTokens, outputTokens } = facts;
  if (contextTokens === null) return null;
  const short = needs.bytes / LEAST_BYTES_OF_TOKEN;
  if (outgrown === null && outputTokens !== null && short + outputTokens <= contextTokens) return null;
  const requestedTokens = needs.answerTokens(params);
  // The encoder lowers a larger limit to what the model can write.
  const most = Math.min(requestedTokens, outputTokens ?? requestedTokens);
  const answer = isAlone ? leastAnswer(most, contextTokens) : most;
  // A token has at least one byte. So a request with fewer bytes than the window has tokens fits, whatever another
  // target said.
  if (outgrown !== null && contextTokens <= outgrown && needs.bytes + answer > contextTokens) {
    const reason = `${model} has a context window of ${contextTokens} tokens; the request was too long for one of ${outgrown} tokens`;
    return unfit("context_too_long", where, reason);
  }
  if (mayFit(needs, answer, contextTokens)) return null;
  const parts = answer === 0 ? "" : ` (${answer} for the answer)`;
  const reason = `${model} has a context window of ${contextTokens} tokens; the request needs about ${needs.tokens + answer}${parts}`;
  return unfit("context_too_long", where, reason);
}

const media: readonly Medium[] = ["images", "pdf", "audio"];

function lacksMedium(
  { facts, model, isTranslated = false }: Candidate,
  needs: RequestRequirements,
  where: string,
): WireFailure | null {
  for (const medium of media)
    if (facts[medium] === false && needs.has(medium, isTranslated))
      return unfit("unsupported", where, `${model} does not accept ${mediaNames[medium]}`);
  return null;
}

function lacksSetting(
  { facts, model, params, refusedMembers }: Candidate,
  needs: RequestRequirements,
): WireFailure | null {
  if (facts.tools === false && needs.tools) return unfit("unsupported", "tools", `${model} does not support tools`);
  if (facts.logprobs === false && needs.logprobs(params))
    return unfit("unsupported", "logprobs", `${model} does not return log probabilities`);
  if (facts.multipleChoices === false && needs.choices(params) > 1)
    return unfit("unsupported", "n", `${model} returns one choice only`);
  for (const name of refusedMembers)
    if ((params[name] !== undefined && !isUsualValue(name, params[name])) || needs.demands(name))
      return unfit("unsupported", name, `${model} refused ${name} before`);
  return null;
}

function unfit(verdict: "context_too_long" | "unsupported", param: string, message: string): WireFailure {
  const unsent = { status: null, code: null, type: null, waitMs: null, shouldRetry: null, isUnsent: true };
  return { verdict, message: `${param}: ${message}`, param, ...unsent };
}
