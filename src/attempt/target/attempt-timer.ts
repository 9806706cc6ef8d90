// The only timer of an attempt. Limits change with every phase and every read, so it does not set a platform timer each
// time: it wakes at the earliest time that could matter, and checks. `guard` reports the expired limit once.
import type { Cancel, Clock } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { wireFailure } from "./wire-failure.ts";

export interface Limit {
  readonly milliseconds: number;
  readonly verdict: FailureVerdict;
  readonly message: string;
  /**
   * Called once, when the limit expires: returns the limit that applies instead, and the clock time of its start. Null:
   * it has expired.
   */
  readonly instead?: () => { readonly limit: Limit; readonly at: number } | null;
}

/** The platform's timers take at most 31 bits; a timer that wakes too early checks and sleeps again. */
const LONGEST_TIMER = 2 ** 31 - 1;

export class AttemptTimer {
  readonly #clock: Clock;
  #deadline: number;
  readonly #onExpire: () => void;
  #limit: Limit | null = null;
  #limitAt = Infinity;
  #expectedAt = 0;
  #timer: Cancel | null = null;
  #timerAt = Infinity;
  #expired: WireFailure | null = null;
  #overdue = false;
  #isDone = false;
  #onExpired: ((failure: WireFailure) => void) | null = null;

  /** `deadline`: clock time after which every limit has expired. Calls `onExpire` once, before `guard` reports it. */
  constructor(clock: Clock, deadline: number, onExpire: () => void) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#onExpire = onExpire;
  }

  /** The deadline expired, not the current limit. */
  get overdue(): boolean {
    return this.#overdue;
  }

  /** `limit` applies from now on. `now`: the current clock time, if the caller has just read it. */
  expect(limit: Limit, now: number = this.#clock.now()): void {
    this.#expectedAt = now;
    this.expectBy(now + limit.milliseconds, limit);
  }

  /** Clock time of the last `expect`. */
  get expectedAt(): number {
    return this.#expectedAt;
  }

  /** Milliseconds since the last `expect`. */
  waited(): number {
    return this.#clock.now() - this.#expectedAt;
  }

  expectBy(at: number, limit: Limit): void {
    this.#limit = limit;
    this.#limitAt = at;
    this.#arm();
  }

  /** Calls `listener` when a limit expires, instead of a `guard` per wait. */
  whenExpired(listener: () => void): void {
    this.#onExpired = listener;
  }

  /** The failure of the expired limit, if one expired. */
  get expired(): WireFailure | null {
    return this.#expired;
  }

  /**
   * Only the deadline applies until the next `expect`. If it expires, the failure has the text of `limit`, or of the
   * last limit.
   */
  pause(limit: Limit | null = this.#limit): void {
    this.#limit = limit;
    this.#limitAt = Infinity;
  }

  /**
   * The call's deadline applies no longer, and no limit of silence, which it returns: in a session nobody has to speak. Its
   * sockets notice whether the other side is there, and its client's side limits its time.
   */
  release(): { readonly idle: number } {
    this.#deadline = Infinity;
    return { idle: Infinity };
  }

  /** Ends the timer for good; later calls of `expect` have no effect, because events can arrive after the end. */
  done(): void {
    this.#isDone = true;
    this.#timer?.();
    this.#timer = null;
    this.#onExpired = null;
  }

  /** The result of `work`, or the failure of a limit that expired first. `work` must not reject. */
  guard<T>(work: Promise<T>): Promise<T | WireFailure> {
    if (this.#expired) return Promise.resolve(this.#expired);
    return new Promise((resolve, reject) => {
      this.#onExpired = resolve;
      work.then(resolve, reject);
    });
  }

  #arm(): void {
    const at = Math.min(this.#limitAt, this.#deadline);
    if (at === Infinity || this.#isDone || this.#expired || (this.#timer !== null && this.#timerAt <= at)) return;
    this.#timer?.();
    this.#timerAt = at;
    const milliseconds = Math.min(LONGEST_TIMER, Math.max(0, at - this.#clock.now()));
    this.#timer = this.#clock.after(milliseconds, () => this.#wake());
  }

  #wake(): void {
    this.#timer = null;
    this.#timerAt = Infinity;
    const now = this.#clock.now();
    if (now >= this.#limitAt && this.#limit) this.#pass(this.#limit, now);
    else if (now >= this.#deadline) {
      this.#overdue = true;
      this.#expire(wireFailure(this.#limit?.verdict ?? "stalled", "the call reached its total timeout"));
    } else this.#arm();
  }

  #pass(limit: Limit, now: number): void {
    const instead = now < this.#deadline ? (limit.instead?.() ?? null) : null;
    if (instead !== null && instead.at > now) this.expectBy(instead.at, instead.limit);
    else this.#expire(wireFailure(limit.verdict, limit.message));
  }

  #expire(failure: WireFailure): void {
    this.#expired = failure;
    this.#onExpire();
    this.#onExpired?.(failure);
    this.#onExpired = null;
  }
}
