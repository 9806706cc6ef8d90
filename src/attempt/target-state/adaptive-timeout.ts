// What each target has shown of how long it takes: to the first content, and between two events of a stream. Out of it come
// the timeouts where no rule says any. An outage must never teach patience: silence counts only where the target answered
// others meanwhile.
import type { Clock } from "../../core/clock.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { firstBounds, idleBounds, type Bounds } from "./timeout-policy.ts";

/** Which of its times a target is held to, and how many times as long it may take. */
const QUANTILE = 0.99;
const FIRST_FACTOR = 3;
const IDLE_FACTOR = 4;
/** Before so many samples a limit is lengthened by what is known, never shortened. */
const ENOUGH = 20;
/** Worked out anew after so many samples: one more among a hundred moves it little. */
const NEWS = 16;

/** A limit that follows what was seen. */
class Learnt {
  readonly #bounds: Bounds;
  readonly #factor: number;
  #seen: LatencyHistogram = new LatencyHistogram();
  #news = 0;
  #limit: number | null = null;

  constructor(bounds: Bounds, factor: number) {
    this.#bounds = bounds;
    this.#factor = factor;
  }

  /** Milliseconds; null: nothing was seen. */
  get limit(): number | null {
    return this.#limit;
  }

  add(milliseconds: number, now: number): void {
    // What was cut off by the limit so far shows that times have changed: what was seen before tells no more.
    if (this.#limit !== null && milliseconds > this.#limit) this.#seen = new LatencyHistogram();
    this.#seen.add(milliseconds, now);
    this.#news += 1;
    if (this.#seen.samples > ENOUGH && this.#news < NEWS) return;
    this.#news = 0;
    const { unset, floor, ceiling } = this.#bounds;
    const limit = (this.#seen.quantile(QUANTILE) ?? 0) * this.#factor;
    this.#limit = Math.min(ceiling, Math.max(this.#seen.samples < ENOUGH ? unset : floor, limit));
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

  /** Milliseconds that its silence before the first content is borne; null: not known yet. */
  first(pace: ResponseMode): number | null {
    return this.#first[pace]?.limit ?? null;
  }

  /** Milliseconds that its silence within a stream is borne. */
  idle(pace: ResponseMode): number {
    const kind = kindOf(pace);
    return this.#idle[kind]?.limit ?? idleBounds[kind].unset;
  }

  /** The first content came, so many milliseconds after the question. */
  answered(milliseconds: number, pace: ResponseMode, now: number = this.#clock.now()): void {
    this.#answeredAt = now;
    (this.#first[pace] ??= new Learnt(firstBounds[pace], FIRST_FACTOR)).add(milliseconds, now);
  }

  /** It said nothing for so long, and was left. Where it answered others meanwhile, this is how long it takes. */
  silent(milliseconds: number, pace: ResponseMode): void {
    const now = this.#clock.now();
    if (this.#answeredAt <= now - milliseconds) return;
    (this.#first[pace] ??= new Learnt(firstBounds[pace], FIRST_FACTOR)).add(milliseconds, now);
  }

  /** A stream ended well, and this was its longest silence after the first content. */
  paused(milliseconds: number, pace: ResponseMode): void {
    const kind = kindOf(pace);
    (this.#idle[kind] ??= new Learnt(idleBounds[kind], IDLE_FACTOR)).add(milliseconds, this.#clock.now());
  }
}

function kindOf(pace: ResponseMode): "plain" | "thinking" {
  return pace === "thinking" ? "thinking" : "plain";
}
