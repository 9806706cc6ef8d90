// The outcome of one target, or of a whole branch of a route. Outcomes are values; only the edge of this stop throws.
import type { Answer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Verdict } from "../core/verdict.ts";

/** An answer; a route may still leave it for its verdict (a refusal is an answer). */
export interface Answered {
  readonly kind: "answered";
  readonly verdict: Verdict;
  readonly answer: Answer;
  /** With `policy_blocked`: the model's own limit, so another model may answer. */
  readonly elsewhere?: boolean;
  /** The refusal that was kept when this ended its node: parent nodes check it. */
  readonly behind?: Failed;
}

/** Asked, and failed. */
export interface Failed {
  readonly kind: "failed";
  readonly failure: WireFailure;
  /** A node left its last child, or its time was over: no target is left. */
  readonly exhausted: boolean;
  /** The caller's own key was used: the caller must learn of its refusal. */
  readonly callersKey: boolean;
  /** The caller did not write the refused body for this vendor. Absent: it did. */
  readonly ours?: boolean | undefined;
  /** The request cannot be sent again: no other target is asked. Absent: it can. */
  readonly isLast?: boolean | undefined;
}

export type BranchOutcome =
  | Answered
  | Failed
  /** Not asked at all. */
  | { readonly kind: "skipped" };
