// Measures how long each target usually takes to its first content, and between two events of a stream, and derives the
// timeouts that are not configured. Slowness must never raise them: an answer that came later than usual, or was cut
// off, does not count while another target could have answered.
import type { Clock } from "../../core/clock.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { FIRST_FACTOR, firstBounds, idleBounds, type Bounds, type LimitMode } from "./timeout-policy.ts";

/** The quantile of its times that sets the limit, and the factor on it. */
const QUANTILE = 0.99;
const IDLE_FACTOR = 4;
/** With fewer samples a limit can only rise. A few are enough for a first token that is on time. */
const ENOUGH: Readonly<Record<LimitMode, number>> = {
  streamed: 5,
  whole: 20,
  thinking: 20,
  reasoning: 10,
  media: 20,
};
const ENOUGH_PAUSES = 20;
/** Computed again after so many samples: one more among a hundred changes little. */
const NEWS = 16;

/** A limit that follows the samples. */
class LearnedTimeouts {
  readonly #bounds: Bounds;
  readonly #factor: number;
  readonly #enough: number;
  #latencies: LatencyHistogram = new LatencyHistogram();
  #news = 0;
  #limit: number | null = null;

  constructor(bounds: Bounds, { factor, enough }: { readonly factor: number; readonly enough: number }) {
    this.#bounds = bounds;
    this.#factor = factor;
    this.#enough = enough;
  }

  /** Milliseconds; null: no samples. */
  get limit(): number | null {
    return this.#limit;
  }

  /** Null: not enough samples. */
  quantile(q: number): number | null {
    return this.#latencies.samples < this.#enough ? null : this.#latencies.quantile(q);
  }

  add(milliseconds: number, now: number): void {
    // A sample beyond the current limit shows that times have changed: older samples no longer count.
    if (this.#limit !== null && milliseconds > this.#limit) this.#latencies = new LatencyHistogram();
    this.#latencies.add(milliseconds, now);
    this.#news += 1;
    if (this.#latencies.samples > Math.max(NEWS, this.#enough) && this.#news < NEWS) return;
    this.#news = 0;
    const { unset, floor, ceiling } = this.#bounds;
    const limit = (this.#latencies.quantile(QUANTILE) ?? 0) * this.#factor;
    this.#limit = Math.min(ceiling, Math.max(this.#latencies.samples < this.#enough ? unset : floor, limit));
  }
}

interface AnswerTimes {
  /** Clock milliseconds. */
  readonly now: number;
  /** Milliseconds. */
  readonly slow: number;
}

export class AdaptiveTimeouts {
  readonly #clock: Clock;
  readonly #first: Partial<Record<LimitMode, LearnedTimeouts>> = {};
  readonly #idle: Partial<Record<"plain" | "thinking", LearnedTimeouts>> = {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The limit of its silence before the first content, in milliseconds; null: unknown. */
  first(responseMode: LimitMode): number | null {
    return this.#first[responseMode]?.limit ?? null;
  }

  /** The limit of its silence within a stream, in milliseconds. */
  idle(responseMode: LimitMode): number {
    const kind = kindOf(responseMode);
    return this.#idle[kind]?.limit ?? idleBounds[kind].unset;
  }

  /** The quantile `q` of the time to first content of its usual answers; null: unknown. */
  usual(q: number, responseMode: LimitMode): number | null {
    return this.#first[responseMode]?.quantile(q) ?? null;
  }

  /** The first content came after so many milliseconds. `slow`: the time above which an answer is not usual. */
  recordAnswer(milliseconds: number, responseMode: LimitMode, { now, slow }: AnswerTimes): void {
    if (milliseconds <= slow) this.#learn(milliseconds, responseMode, now);
  }

  /** It was left after so long a silence, although no other target could be asked: this counts as its latency. */
  silent(milliseconds: number, responseMode: LimitMode): void {
    this.#learn(milliseconds, responseMode, this.#clock.now());
  }

  #learn(milliseconds: number, responseMode: LimitMode, now: number): void {
    const options = { factor: FIRST_FACTOR, enough: ENOUGH[responseMode] };
    (this.#first[responseMode] ??= new LearnedTimeouts(firstBounds[responseMode], options)).add(milliseconds, now);
  }

  /** A stream ended well; this was its longest silence after the first content. */
  paused(milliseconds: number, responseMode: LimitMode): void {
    const kind = kindOf(responseMode);
    const options = { factor: IDLE_FACTOR, enough: ENOUGH_PAUSES };
    (this.#idle[kind] ??= new LearnedTimeouts(idleBounds[kind], options)).add(milliseconds, this.#clock.now());
  }
}

function kindOf(responseMode: LimitMode): "plain" | "thinking" {
  return responseMode === "streamed" || responseMode === "whole" ? "plain" : "thinking";
}
