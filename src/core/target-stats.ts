// What a target has shown so far, as those who choose between targets see it. Kept by the attempts' stop, read by the plan's
// strategies, by hedges, by timeouts and by whoever explains them.
import type { TargetNode } from "./rules.ts";

/** Kinds of answers whose times cannot be compared with one another. */
export type ResponseMode = "streamed" | "whole" | "thinking";

export interface TargetStats {
  /** Requests under way. */
  readonly outstanding: number;
  /** Answers of this pace that were timed, at most as many as are remembered. */
  samples(pace: ResponseMode): number;
  /** Clock milliseconds of the last one; null: there was none. */
  sampledAt(pace: ResponseMode): number | null;
  /** Milliseconds to the first content (of a whole answer: to all of it), as of late, quick to rise; null: not known. */
  ttftMs(pace: ResponseMode): number | null;
  /** Milliseconds for each token after the first; null: not known. */
  readonly perTokenMs: number | null;
  /** Milliseconds to the first content that the share `q` of the last answers took at most; null: none was timed. */
  quantile(q: number, pace: ResponseMode): number | null;
  /** The share of its answers that failed of late, 0 to 1; fades with time. */
  readonly strain: number;
  /** What is left of its vendor's tightest limit, 0 to 1; null: the vendor does not say. */
  readonly headroom: number | null;
}

/** What the plan's strategies look at; none of it may change anything. */
export interface Facts {
  shown(target: TargetNode): TargetStats;
  /** It would be passed over if it were asked now. */
  isResting(target: TargetNode): boolean;
}
