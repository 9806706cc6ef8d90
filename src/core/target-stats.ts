// The measured figures of a target, for the code that chooses between targets. The attempts update them; the plan's
// strategies, hedges, timeouts and the status report read them.
import type { TargetNode } from "./rules.ts";

/** The kinds of answers. Times are compared within one kind only. */
export type ResponseMode = "streamed" | "whole" | "thinking";

export interface TargetStats {
  /** Requests in flight. */
  readonly outstanding: number;
  /** The number of timed answers of this kind, up to the number that is kept. */
  samples(pace: ResponseMode): number;
  /** Clock milliseconds of the last sample; null: none. */
  sampledAt(pace: ResponseMode): number | null;
  /**
   * Milliseconds to the first content (for a whole answer: to its end), as a moving average that rises quickly; null:
   * unknown.
   */
  ttftMs(pace: ResponseMode): number | null;
  /** Milliseconds per token after the first; null: unknown. */
  readonly perTokenMs: number | null;
  /** The quantile `q` of the milliseconds to the first content in recent answers; null: none timed. */
  quantile(q: number, pace: ResponseMode): number | null;
  /** Its error rate as a moving average, 0 to 1; fades with time. */
  readonly errorRate: number;
  /** The remaining share of its vendor's tightest limit, 0 to 1; null: the vendor does not say. */
  readonly headroom: number | null;
}

/** The facts that the plan's strategies read. Reading must change nothing. */
export interface Facts {
  statsOf(target: TargetNode): TargetStats;
  /** The target would be skipped now. */
  isCoolingDown(target: TargetNode): boolean;
}
