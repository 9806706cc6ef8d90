// An adaptive concurrency limit: none until there is pressure; then lower while answers are later than usual or the
// target reports overload, and higher again while they are on time. A plain state machine with clock times as input. It
// must never limit a target that shows no pressure.
import { ruleOf, type Verdict } from "../../core/verdict.ts";
import type { LimitMode } from "./timeout-policy.ts";

/** Latency alone never limits a target below this: so few requests cannot be the reason that it is slow. */
const FLOOR = 20;
/** The lowest limit after a target reports overload. */
const LEAST = 4;
/** Milliseconds: a burst of refusals counts as one sign, and after this long without pressure the limit goes. */
const ONE_SIGN = 1_000;
const FORGIVEN = 60_000;
/** The factor on the limit after a sign of pressure. */
const AFTER_REFUSAL = 0.8;
const AFTER_DELAY = 0.5;
/**
 * The weight of one sample, the minimum number of samples, and the milliseconds after which the best latency is
 * forgotten.
 */
const STEP = 0.1;
const ENOUGH = 20;
const FORGETS = 300_000;
/**
 * An answer is late if it takes this many times the best latency, and also this many milliseconds. Whole answers vary
 * by nature.
 */
const LATE: Readonly<Record<LimitMode, number>> = {
  streamed: 2,
  whole: 3,
  thinking: 3,
  reasoning: 3,
  media: 3,
};
const LATE_MS = 500;

interface Times {
  count: number;
  recent: number;
  best: number;
  at: number;
}

export class AdaptiveLimit {
  readonly #times: Partial<Record<LimitMode, Times>> = {};
  #limit = Infinity;
  /** The part of it that the target's own reports of overload set, and when the last of them came. */
  #refused = Infinity;
  #refusedAt = -Infinity;
  #shrunkAt = -Infinity;
  #pressureAt = -Infinity;

  /** The most requests in flight; Infinity: no limit. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * The limit if no other target could answer: late answers are better than none, so lateness does not limit. It doubles
   * with each second without a report of overload: to refuse a call costs a client its answer, to ask too early costs the
   * vendor one more refusal. A limit that grew with answers only would stay low while answers are late.
   */
  alone(now: number): number {
    if (this.#refused === Infinity) return Infinity;
    return this.#refused * 2 ** Math.floor((now - this.#refusedAt) / ONE_SIGN);
  }

  /** The first content came after so many milliseconds. */
  recordAnswer(
    milliseconds: number,
    responseMode: LimitMode,
    { now, inFlight }: { now: number; inFlight: number },
  ): void {
    const times = this.#times[responseMode];
    if (times === undefined) {
      this.#times[responseMode] = { count: 1, recent: milliseconds, best: milliseconds, at: now };
      return;
    }
    times.count += 1;
    times.recent += STEP * (milliseconds - times.recent);
    const forgotten = Math.min(1, (now - times.at) / FORGETS);
    times.best = Math.min(times.recent, times.best + forgotten * (times.recent - times.best));
    times.at = now;
    const late = times.best * LATE[responseMode];
    if (times.count < ENOUGH || times.recent <= late || times.recent - times.best < LATE_MS) return;
    const least = Math.max(AFTER_DELAY, late / times.recent);
    this.#shrink(Math.max(FLOOR, Math.min(this.#limit, inFlight) * least), { now, inFlight });
  }

  /** An attempt is over. `inFlight` includes it. */
  recordEnd(verdict: Verdict, { now, inFlight }: { now: number; inFlight: number }): void {
    if (verdict !== "ok" && ruleOf(verdict).overload === true) {
      const grownLimit = this.alone(now);
      const isShrunk = this.#shrink(Math.max(LEAST, Math.min(this.#limit, inFlight) * AFTER_REFUSAL), {
        now,
        inFlight,
      });
      this.#refused = isShrunk
        ? Math.max(LEAST, Math.floor(Math.min(grownLimit, inFlight) * AFTER_REFUSAL))
        : grownLimit;
      this.#refusedAt = now;
    } else if (this.#limit !== Infinity) this.#grow(verdict, { now, inFlight });
  }

  #shrink(to: number, { now, inFlight }: { now: number; inFlight: number }): boolean {
    const limit = Math.floor(to);
    // So few requests are not the cause: a refused single probe shows an outage, not overload.
    if (inFlight <= limit) return false;
    this.#pressureAt = now;
    if (now - this.#shrunkAt < ONE_SIGN) return false;
    this.#shrunkAt = now;
    this.#limit = Math.min(this.#limit, limit);
    return true;
  }

  /**
   * Grows by about the square root of the limit each time as many answers came as the limit allows, and only while it
   * is used up.
   */
  #grow(verdict: Verdict, { now, inFlight }: { now: number; inFlight: number }): void {
    const calm = now - this.#pressureAt;
    if (calm >= FORGIVEN) {
      this.#limit = Infinity;
      this.#refused = Infinity;
      return;
    }
    if (verdict !== "ok" || calm < ONE_SIGN) return;
    if (inFlight >= this.#limit * 0.8) this.#limit += 1 / Math.sqrt(this.#limit);
  }
}
