// The one timer of an attempt. Limits move with every phase and every read, so it is not set anew each time: it wakes at
// the earliest moment that could matter and looks. What is watched is told once, by `guard`.
import type { Cancel, Clock } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { wireFailure } from "./wire-failure.ts";

export interface Limit {
  readonly milliseconds: number;
  readonly verdict: FailureVerdict;
  readonly message: string;
}

/** Timers of the platform take no more than 31 bits; whoever wakes too early looks and sleeps on. */
const LONGEST_TIMER = 2 ** 31 - 1;

export class AttemptTimer {
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #onExpire: () => void;
  #limit: Limit | null = null;
  #limitAt = Infinity;
  #expectedAt = 0;
  #timer: Cancel | null = null;
  #timerAt = Infinity;
  #expired: WireFailure | null = null;
  #overdue = false;
  #isDone = false;
  #tell: ((failure: WireFailure) => void) | null = null;

  /** `deadline`: clock time that no limit outlives. `onExpire` is called once, before `guard` tells. */
  constructor(clock: Clock, deadline: number, onExpire: () => void) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#onExpire = onExpire;
  }

  /** It was the deadline that passed, not the limit in force. */
  get overdue(): boolean {
    return this.#overdue;
  }

  /** From now on, `limit` is what must not pass. `now`: clock time, by one who has just looked. */
  expect(limit: Limit, now: number = this.#clock.now()): void {
    this.#expectedAt = now;
    this.expectBy(now + limit.milliseconds, limit);
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

  /** Calls `listener` when a limit passes, in place of a `guard` for each wait. */
  whenExpired(listener: () => void): void {
    this.#tell = listener;
  }

  /** What passed, if anything did. */
  get expired(): WireFailure | null {
    return this.#expired;
  }

  /** Only the deadline counts, until the next `expect`; its passing is told in the words of `limit`, or the last one's. */
  rest(limit: Limit | null = this.#limit): void {
    this.#limit = limit;
    this.#limitAt = Infinity;
  }

  /** Nothing is watched any more, whatever may still be expected of it: news can come after the end. */
  done(): void {
    this.#isDone = true;
    this.#timer?.();
    this.#timer = null;
    this.#tell = null;
  }

  /** What `work` gives, or the failure of the limit that passed before. `work` must not reject. */
  guard<T>(work: Promise<T>): Promise<T | WireFailure> {
    if (this.#expired) return Promise.resolve(this.#expired);
    return new Promise((resolve, reject) => {
      this.#tell = resolve;
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
    if (now >= this.#limitAt && this.#limit) this.#expire(wireFailure(this.#limit.verdict, this.#limit.message));
    else if (now >= this.#deadline) {
      this.#overdue = true;
      this.#expire(wireFailure(this.#limit?.verdict ?? "stalled", "the call reached its total timeout"));
    } else this.#arm();
  }

  #expire(failure: WireFailure): void {
    this.#expired = failure;
    this.#onExpire();
    this.#tell?.(failure);
    this.#tell = null;
  }
}
