// How many requests a target takes at a time, learnt from what it shows: none until there is pressure; then fewer while its
// answers come later than they used to or it says that it is overloaded, and more again while they come in time. A plain
// state machine fed with clock times; it must never hold back a target that shows no pressure.
import type { ResponseMode } from "../../core/target-stats.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";

/** Times alone never limit a target to fewer: few requests cannot be why it is slow. */
const FLOOR = 20;
/** What a target that says that it is overloaded is limited to at least. */
const LEAST = 4;
/** Milliseconds: one burst of refusals is one sign, and after so long without any there is no limit. */
const ONE_SIGN = 1_000;
const FORGIVEN = 60_000;
/** What is left of a limit after a sign of pressure. */
const AFTER_REFUSAL = 0.8;
const AFTER_DELAY = 0.5;
/** How much one time counts, how many there must be, and milliseconds in which it is forgotten how quick it once was. */
const STEP = 0.1;
const ENOUGH = 20;
const FORGETS = 300_000;
/** Later than that many times the best is pressure, where it is so many milliseconds as well. Whole answers vary by nature. */
const LATE: Readonly<Record<ResponseMode, number>> = { streamed: 2, whole: 3, thinking: 3 };
const LATE_MS = 500;

interface Times {
  count: number;
  recent: number;
  best: number;
  at: number;
}

export class AdaptiveLimit {
  readonly #times: Partial<Record<ResponseMode, Times>> = {};
  #limit = Infinity;
  #shrunkAt = -Infinity;
  #pressureAt = -Infinity;

  /** Requests at a time; Infinity: as many as come. */
  get limit(): number {
    return this.#limit;
  }

  /** The first content came, so many milliseconds after the question. */
  answered(milliseconds: number, pace: ResponseMode, { now, inFlight }: { now: number; inFlight: number }): void {
    const times = this.#times[pace];
    if (times === undefined) {
      this.#times[pace] = { count: 1, recent: milliseconds, best: milliseconds, at: now };
      return;
    }
    times.count += 1;
    times.recent += STEP * (milliseconds - times.recent);
    const forgotten = Math.min(1, (now - times.at) / FORGETS);
    times.best = Math.min(times.recent, times.best + forgotten * (times.recent - times.best));
    times.at = now;
    const late = times.best * LATE[pace];
    if (times.count < ENOUGH || times.recent <= late || times.recent - times.best < LATE_MS) return;
    const least = Math.max(AFTER_DELAY, late / times.recent);
    this.#shrink(Math.max(FLOOR, Math.min(this.#limit, inFlight) * least), { now, inFlight });
  }

  /** An attempt is over. `inFlight`: this one included. */
  ended(verdict: Verdict, { now, inFlight }: { now: number; inFlight: number }): void {
    if (verdict !== "ok" && ruleOf(verdict).overload === true)
      this.#shrink(Math.max(LEAST, Math.min(this.#limit, inFlight) * AFTER_REFUSAL), { now, inFlight });
    else if (this.#limit !== Infinity) this.#grow(verdict, { now, inFlight });
  }

  #shrink(to: number, { now, inFlight }: { now: number; inFlight: number }): void {
    const limit = Math.floor(to);
    // So few requests are not what presses it: a lone probe that is refused tells of an outage, not of too many at a time.
    if (inFlight <= limit) return;
    this.#pressureAt = now;
    if (now - this.#shrunkAt < ONE_SIGN) return;
    this.#shrunkAt = now;
    this.#limit = Math.min(this.#limit, limit);
  }

  /** About the root of itself each time as many as may be under way were answered, and only where it is used. */
  #grow(verdict: Verdict, { now, inFlight }: { now: number; inFlight: number }): void {
    const calm = now - this.#pressureAt;
    if (calm >= FORGIVEN) this.#limit = Infinity;
    else if (verdict === "ok" && calm >= ONE_SIGN && inFlight >= this.#limit * 0.8)
      this.#limit += 1 / Math.sqrt(this.#limit);
  }
}
