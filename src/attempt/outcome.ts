// What one target, or a whole branch of a route, came to. Inside the attempts' stop outcomes are values; only the layer's
// edge throws.
import type { Answer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Verdict } from "../core/verdict.ts";

/** An answer; its verdict may still be one that a route wants to leave (a refusal is an answer). */
export interface Answered {
  readonly kind: "answered";
  readonly verdict: Verdict;
  readonly answer: Answer;
  /** With `policy_blocked`: it is the model's own limit, and another one may answer. */
  readonly elsewhere?: boolean;
  /** A refusal that was kept when this ended its node: nodes above look at this. */
  readonly behind?: Failed;
}

/** Asked, and failed. */
export interface Failed {
  readonly kind: "failed";
  readonly failure: WireFailure;
  /** A node left its last child, or its time was over: there is nobody else. */
  readonly exhausted: boolean;
  /** The caller's own key was used: a refusal of it is the caller's to know. */
  readonly callersKey: boolean;
  /** What was refused was not what the caller wrote for this vendor. Absent: it was. */
  readonly ours?: boolean | undefined;
}

export type BranchEnding =
  | Answered
  | Failed
  /** Not asked at all. */
  | { readonly kind: "skipped" };
