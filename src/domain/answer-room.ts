// The room that a prompt leaves for the answer in a model's context window. Agents send one high limit to every model
// (Claude Code: 32,000 tokens): it is a cap, not a demand. So where no other target is left, a limit that is too high
// beside the prompt is lowered to what is left. It must not touch a limit that may fit.
import type { Call } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import type { ModelFacts } from "../core/provider.ts";
import { RequestRequirements } from "./request-requirements.ts";

/** The part of the window that an answer needs at most: the limit is not lowered further. */
const SHARE = 0.5;
/** Estimates are up to a fifth too low for code and JSON; a limit that is a little too low is harmless. */
const RESERVE = 1.25;
/** A token has about four bytes; with a fifth more, only requests that are clearly too long exceed it. */
const BYTES_OF_TOKEN = 5;
const MARGIN = 0.8;

/** Whether the prompt and an answer of that many tokens may fit into a window. */
export function mayFit(needs: RequestRequirements, answer: number, contextTokens: number): boolean {
  return (
    needs.bytes / BYTES_OF_TOKEN + answer <= contextTokens ||
    needs.most * MARGIN + answer <= contextTokens ||
    needs.tokens * MARGIN + answer <= contextTokens
  );
}

/** The tokens of an answer for which there must be room if its limit can be lowered. */
export function leastAnswer(answer: number, contextTokens: number): number {
  return Math.min(answer, Math.floor(contextTokens * SHARE));
}

/** `facts` with an output limit that leaves room for the prompt; the same object if the caller's limit may fit. */
export function factsWithRoom(facts: ModelFacts, call: Call, params: JsonObject): ModelFacts {
  const { contextTokens, outputTokens } = facts;
  // No answer of such a model can take too much of its window, whatever its limit: the request need not be read.
  if (contextTokens === null || (outputTokens !== null && outputTokens <= contextTokens * SHARE)) return facts;
  const needs = new RequestRequirements(call);
  const limit = needs.answerTokens(params);
  const answer = Math.min(limit, outputTokens ?? limit);
  if (answer <= contextTokens * SHARE || mayFit(needs, answer, contextTokens)) return facts;
  const prompt = needs.tokens === 0 ? needs.most : Math.min(needs.most, needs.tokens);
  const room = Math.floor(contextTokens - prompt * RESERVE);
  return room < 1 || room >= answer ? facts : { ...facts, outputTokens: room };
}
