// Measures how long each target takes to its first content, and between two events of a stream, and derives the
// timeouts that are not configured. An outage must never raise them: a timed-out attempt raises the limit only if the
// target answered other requests during that time.
import type { Clock } from "../../core/clock.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { firstBounds, idleBounds, type Bounds } from "./timeout-policy.ts";

/** The quantile of its times that sets the limit, and the factor on it. */
const QUANTILE = 0.99;
const FIRST_FACTOR = 3;
const IDLE_FACTOR = 4;
/** Before so many samples, measured times raise a limit but never lower it. */
const ENOUGH = 20;
/** Computed again after so many samples: one more among a hundred changes little. */
const NEWS = 16;

/** A limit that follows the samples. */
class Learnt {
  readonly #bounds: Bounds;
  readonly #factor: number;
  #latencies: LatencyHistogram = new LatencyHistogram();
  #news = 0;
  #limit: number | null = null;

  constructor(bounds: Bounds, factor: number) {
    this.#bounds = bounds;
    this.#factor = factor;
  }

  /** Milliseconds; null: no samples. */
  get limit(): number | null {
    return this.#limit;
  }

  add(milliseconds: number, now: number): void {
    // A sample beyond the current limit shows that times have changed: older samples no longer count.
    if (this.#limit !== null && milliseconds > this.#limit) this.#latencies = new LatencyHistogram();
    this.#latencies.add(milliseconds, now);
    this.#news += 1;
    if (this.#latencies.samples > ENOUGH && this.#news < NEWS) return;
    this.#news = 0;
    const { unset, floor, ceiling } = this.#bounds;
    const limit = (this.#latencies.quantile(QUANTILE) ?? 0) * this.#factor;
    this.#limit = Math.min(ceiling, Math.max(this.#latencies.samples < ENOUGH ? unset : floor, limit));
  }
}

export class AdaptiveTimeouts {
  readonly #clock: Clock;
  readonly #first: Partial<Record<ResponseMode, Learnt>> = {};
  readonly #idle: Partial<Record<"plain" | "thinking", Learnt>> = {};
  /** Clock time of the last first content. */
  #answeredAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The limit of its silence before the first content, in milliseconds; null: unknown. */
  first(pace: ResponseMode): number | null {
    return this.#first[pace]?.limit ?? null;
  }

  /** The limit of its silence within a stream, in milliseconds. */
  idle(pace: ResponseMode): number {
    const kind = kindOf(pace);
    return this.#idle[kind]?.limit ?? idleBounds[kind].unset;
  }

  /** The first content came after so many milliseconds. */
  recordAnswer(milliseconds: number, pace: ResponseMode, now: number = this.#clock.now()): void {
    this.#answeredAt = now;
    (this.#first[pace] ??= new Learnt(firstBounds[pace], FIRST_FACTOR)).add(milliseconds, now);
  }

  /**
   * It was silent for so long, and was left. If it answered other requests during that time, this counts as its
   * latency.
   */
  silent(milliseconds: number, pace: ResponseMode): void {
    const now = this.#clock.now();
    if (this.#answeredAt <= now - milliseconds) return;
    (this.#first[pace] ??= new Learnt(firstBounds[pace], FIRST_FACTOR)).add(milliseconds, now);
  }

  /** A stream ended well; this was its longest silence after the first content. */
  paused(milliseconds: number, pace: ResponseMode): void {
    const kind = kindOf(pace);
    (this.#idle[kind] ??= new Learnt(idleBounds[kind], IDLE_FACTOR)).add(milliseconds, this.#clock.now());
  }
}

function kindOf(pace: ResponseMode): "plain" | "thinking" {
  return pace === "thinking" ? "thinking" : "plain";
}
