// Whether a fallback node leaves a child for the next one, and which of several failures is the most informative. Pure.
import type { WireFailure } from "../../core/failure.ts";
import type { Trigger } from "../../core/rules.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";

/** The facts that a fallback node needs. `status` is the vendor's, null if there was none. */
export interface Ending {
  readonly verdict: Verdict;
  readonly status: number | null;
  /** There is an answer that can be returned (a refusal is an answer). */
  readonly hasAnswer: boolean;
  /** It ended at its length limit. */
  readonly truncated?: boolean | undefined;
  /** The model stopped for a limit of its own, not because of the request. */
  readonly elsewhere?: boolean | undefined;
  /** The caller did not write the failed body for this vendor. */
  readonly ours?: boolean | undefined;
}

export function shouldFallbackOn(trigger: Trigger, ending: Ending): boolean {
  if (ending.verdict === "ok")
    return ending.truncated === true && trigger.kind === "verdicts" && trigger.truncated === true;
  if (ending.verdict === "cancelled") return false;
  switch (trigger.kind) {
    case "verdicts":
      return leavesForVerdict(trigger, ending);
    case "statuses":
      // An unreachable host has no status; a list of statuses must not keep the request there.
      if (ending.hasAnswer) return false;
      return ending.status === null || ending.status < 300 || trigger.statuses.has(ending.status);
    case "any-failure":
      return !ending.hasAnswer;
  }
}

function leavesForVerdict({ verdicts, statuses }: Extract<Trigger, { kind: "verdicts" }>, ending: Ending): boolean {
  const { verdict, status, elsewhere, ours } = ending;
  // The caller was not refused: the node leaves it like an answer without content.
  if (elsewhere === true && verdicts.has("empty")) return true;
  // The target cannot serve the request as the gateway wrote it (F7): not the caller's mistake, which the list would
  // return.
  if (ours === true && verdict === "bad_request" && verdicts.has("unsupported")) return true;
  return verdicts.has(verdict) || (status !== null && statuses.has(status));
}

/** The failure to report if all failed (F10): the first of the most informative ones. */
export function mostTelling<Ended extends { readonly failure: WireFailure }>(endings: readonly Ended[]): Ended | null {
  let best: Ended | null = null;
  for (const ending of endings) if (best === null || rankOf(ending) < rankOf(best)) best = ending;
  return best;
}

/**
 * A refused body is one rank, whatever its verdict: of several, the first is reported (F7). A body that only our codec
 * could not read comes last: the targets had read it.
 */
function rankOf({ failure }: { readonly failure: WireFailure }): number {
  const { verdict, isUnsent } = failure;
  if (verdict === "bad_request" && isUnsent === true) return Infinity;
  return ruleOf(verdict === "unsupported" && isUnsent !== true ? "bad_request" : verdict).telling;
}

/**
 * The shortest wait, in milliseconds, after which another try makes sense: a vendor's hint, or the end of a cooldown.
 */
export function shortestWait(requestedWaits: readonly (number | null)[], cooldowns: readonly number[]): number | null {
  let shortest: number | null = null;
  for (const wait of [...requestedWaits, ...cooldowns]) {
    if (wait !== null && wait > 0 && (shortest === null || wait < shortest)) shortest = wait;
  }
  return shortest;
}
