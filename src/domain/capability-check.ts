// Whether a target can serve a request at all, as far as is known of its model before anything is asked. Pure. It says no
// only where it is sure: what is not known excludes nothing, and of lengths only a clear excess counts.
import type { Call } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { ModelFacts } from "../core/provider.ts";
import { type Medium, RequestRequirements } from "./request-requirements.ts";

export interface Candidate {
  /** The model's name at the vendor. */
  readonly model: string;
  /** The route's, in the words of chat completions. */
  readonly params: JsonObject;
  readonly facts: ModelFacts;
  /** Top-level members that the target does not take and that nobody can do without. */
  readonly refused: readonly string[];
}

/** The check of one call's candidates. `outgrown`: tokens of a window that proved too small for it; null: none did. */
export type FindUnfit = (candidate: Candidate, outgrown: number | null) => WireFailure | null;

/** A token has four bytes or so; with a fifth more only what is clearly too long is found so. */
const BYTES_OF_TOKEN = 5;
const MARGIN = 0.8;
const mediaNames: Readonly<Record<Medium, string>> = { images: "images", pdf: "documents", audio: "audio" };
const nothing: FindUnfit = () => null;

/** What is read of the call is read once, whoever is looked at. */
export function capabilityCheck(call: Call): FindUnfit {
  // Vectors have needs of their own, which their codec knows.
  if (call.embeddings !== undefined) return nothing;
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
  const { facts, params, model } = candidate;
  const { contextTokens, outputTokens } = facts;
  if (contextTokens === null) return null;
  const short = needs.bytes / BYTES_OF_TOKEN;
  if (outgrown === null && outputTokens !== null && short + outputTokens <= contextTokens) return null;
  const asked = needs.answerTokens(params);
  // More than the model can write is brought down to that on the way.
  const answer = Math.min(asked, outputTokens ?? asked);
  // No token has less than a byte: what has fewer bytes than the window has tokens fits, whatever another one said.
  if (outgrown !== null && contextTokens <= outgrown && needs.bytes + answer > contextTokens) {
    const reason = `${model} has a context window of ${contextTokens} tokens; the request was too long for one of ${outgrown} tokens`;
    return unfit("context_too_long", where, reason);
  }
  if (
    short + answer <= contextTokens ||
    needs.most * MARGIN + answer <= contextTokens ||
    needs.tokens * MARGIN + answer <= contextTokens
  )
    return null;
  const parts = answer === 0 ? "" : ` (${answer} for the answer)`;
  const reason = `${model} has a context window of ${contextTokens} tokens; the request needs about ${needs.tokens + answer}${parts}`;
  return unfit("context_too_long", where, reason);
}

const media: readonly Medium[] = ["images", "pdf", "audio"];

function lacksMedium({ facts, model }: Candidate, needs: RequestRequirements, where: string): WireFailure | null {
  for (const medium of media)
    if (facts[medium] === false && needs.has(medium))
      return unfit("unsupported", where, `${model} does not accept ${mediaNames[medium]}`);
  return null;
}

function lacksSetting({ facts, model, params, refused }: Candidate, needs: RequestRequirements): WireFailure | null {
  if (facts.tools === false && needs.tools) return unfit("unsupported", "tools", `${model} does not support tools`);
  if (facts.logprobs === false && needs.logprobs(params))
    return unfit("unsupported", "logprobs", `${model} does not return log probabilities`);
  if (facts.multipleChoices === false && needs.choices(params) > 1)
    return unfit("unsupported", "n", `${model} returns one choice only`);
  for (const name of refused)
    if (params[name] !== undefined || needs.holds([name]))
      return unfit("unsupported", name, `${model} refused ${name} before`);
  return null;
}

function unfit(verdict: "context_too_long" | "unsupported", param: string, message: string): WireFailure {
  const unasked = { status: null, code: null, type: null, waitMs: null, shouldRetry: null, unasked: true };
  return { verdict, message: `${param}: ${message}`, param, ...unasked };
}
