// Whether a fallback node leaves a child for the next, and which of several failures tells the caller most. Pure.
import type { WireFailure } from "../../core/failure.ts";
import type { Trigger } from "../../core/rules.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";

/** What a fallback node looks at. `status` is the vendor's, null where there was none. */
export interface Ending {
  readonly verdict: Verdict;
  readonly status: number | null;
  /** There is an answer that can be returned as it is (a refusal comes as one). */
  readonly answered: boolean;
  /** It ended at its length. */
  readonly truncated?: boolean | undefined;
  /** What stopped the model is its own limit, not what was asked of it. */
  readonly elsewhere?: boolean | undefined;
  /** What failed was not what the caller wrote for this vendor. */
  readonly ours?: boolean | undefined;
}

export function shouldLeave(trigger: Trigger, ending: Ending): boolean {
  if (ending.verdict === "ok")
    return ending.truncated === true && trigger.kind === "verdicts" && trigger.truncated === true;
  if (ending.verdict === "cancelled") return false;
  switch (trigger.kind) {
    case "verdicts":
      return leavesForVerdict(trigger, ending);
    case "statuses":
      // A dead host has no status; a list of statuses never meant to stay with it.
      if (ending.answered) return false;
      return ending.status === null || ending.status < 300 || trigger.statuses.has(ending.status);
    case "any-failure":
      return !ending.answered;
  }
}

function leavesForVerdict({ verdicts, statuses }: Extract<Trigger, { kind: "verdicts" }>, ending: Ending): boolean {
  const { verdict, status, elsewhere, ours } = ending;
  // Nothing was refused to the caller: it is left as an answer without content is.
  if (elsewhere === true && verdicts.has("empty")) return true;
  // The target cannot serve the call as we put it (F7): no mistake of the caller's, which the list is silent about.
  if (ours === true && verdict === "bad_request" && verdicts.has("unsupported")) return true;
  return verdicts.has(verdict) || (status !== null && statuses.has(status));
}

/** The failure to show when all failed (F10): the first of the most telling ones. */
export function mostTelling<Ended extends { readonly failure: WireFailure }>(endings: readonly Ended[]): Ended | null {
  let best: Ended | null = null;
  for (const ending of endings) if (best === null || rankOf(ending) < rankOf(best)) best = ending;
  return best;
}

/**
 * A refusal of a body is one whatever it is called: of several the first is told (F7). What our own codec could not read is
 * told last: whoever was asked had read it.
 */
function rankOf({ failure }: { readonly failure: WireFailure }): number {
  const { verdict, unasked } = failure;
  if (verdict === "bad_request" && unasked === true) return Infinity;
  return ruleOf(verdict === "unsupported" && unasked !== true ? "bad_request" : verdict).telling;
}

/** The smallest wait, in milliseconds, after which another try is worth it: as vendors asked, or until one rests no more. */
export function shortestWait(asked: readonly (number | null)[], rests: readonly number[]): number | null {
  let shortest: number | null = null;
  for (const wait of [...asked, ...rests]) {
    if (wait !== null && wait > 0 && (shortest === null || wait < shortest)) shortest = wait;
  }
  return shortest;
}
