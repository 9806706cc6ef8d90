// The times of one attempt, told to what is known of its target: when its first content came, and how it ended.
import type { Call } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import { type ResponseMode } from "../../core/target-stats.ts";
import { responseModeOf } from "../../domain/response-mode.ts";
import { isSilence, type Verdict } from "../../core/verdict.ts";
import type { ConcurrencyLimiter } from "../target-state/concurrency-limiter.ts";
import type { TargetMetrics } from "../target-state/target-metrics.ts";
import type { TargetPatience } from "../target-state/adaptive-timeout.ts";

export interface TimingOptions {
  readonly measures: TargetMetrics;
  readonly patience: TargetPatience;
  /** It was entered for this attempt, and is left when that is over. */
  readonly gate: ConcurrencyLimiter;
  readonly call: Call;
  /** The target's own pace with this call: its model may think unasked. */
  readonly pace: ResponseMode;
}

export class AttemptTiming {
  readonly #options: TimingOptions;
  readonly #pace: ResponseMode;
  #wasAnswered = false;

  /** The attempt begins. */
  constructor(options: TimingOptions) {
    this.#options = options;
    this.#pace = responseModeOf(options.call);
    options.measures.began();
  }

  /** The first content came, `milliseconds` after the question; clock time is `now`. */
  answered(milliseconds: number, now: number): void {
    const { measures, patience, gate, pace } = this.#options;
    this.#wasAnswered = true;
    measures.answered(milliseconds, this.#pace, now);
    patience.answered(milliseconds, pace, now);
    gate.answered(milliseconds, pace, now);
  }

  /** A stream that began was over, and this was the longest that was waited for an event. */
  paused(milliseconds: number, verdict: Verdict): void {
    if (verdict === "ok") this.#options.patience.paused(milliseconds, this.#options.pace);
  }

  /** `prepared`: milliseconds that passed before the target was asked; `waitMs`: how long it asked to be left alone. */
  ended(record: AttemptRecord, told: { verdict: Verdict; prepared: number; waitMs: number | null }): void {
    const { firstTokenMs, headersMs, totalMs, usage } = record;
    const { prepared, ...ending } = told;
    const { measures, patience, gate, pace } = this.#options;
    const sinceAsked = (totalMs ?? 0) - prepared;
    const wasSilent = isSilence(told.verdict);
    if (wasSilent && firstTokenMs === null && (headersMs !== null || record.bytesOut > 0))
      patience.silent(sinceAsked, pace);
    gate.left(told.verdict, { wasAnswered: this.#wasAnswered, totalMs: sinceAsked });
    measures.ended({
      ...ending,
      pace: this.#pace,
      firstMs: firstTokenMs === null ? null : firstTokenMs - prepared,
      totalMs: sinceAsked,
      outputTokens: usage?.output ?? null,
    });
  }
}
