// A clock that stands still until a test moves it, and seeded randomness: a simulated hour takes milliseconds and every
// failure replays. Timers fire in order, each after the microtasks of the previous one.
import type { Cancel, Clock, Random } from "../../src/core/clock.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #epoch: number;
  readonly #timers = new Set<Timer>();

  /** `epoch`: the value of `wall` at time 0, in milliseconds. */
  constructor(epoch: number = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  after(milliseconds: number, act: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, milliseconds), order: (this.#order += 1), act };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** The number of set timers. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on by `milliseconds`, fires the timers that are due, and lets all promises settle. */
  async advance(milliseconds: number): Promise<void> {
    await this.#runUntil(this.#now + milliseconds);
  }

  /** Fires timers until none is left, or until `longest` milliseconds have passed. */
  async run(longest: number = 24 * 3_600_000): Promise<void> {
    const end = this.#now + longest;
    await settle();
    for (let next = this.#next(end); next !== null; next = this.#next(end)) await this.#fire(next);
  }

  /** The result of `work`, with as much time passing as it needs. */
  async finish<T>(work: Promise<T>, longest: number = 24 * 3_600_000): Promise<T> {
    let over = false;
    const watched = work.finally(() => (over = true));
    watched.catch(() => {});
    const end = this.#now + longest;
    await settle();
    for (;;) {
      const next = over ? null : this.#next(end);
      if (next === null) break;
      await this.#fire(next);
    }
    if (!over) throw new Error(`nothing is due any more at ${this.#now} ms, and the work is not done`);
    return watched;
  }

  async #runUntil(end: number): Promise<void> {
    await settle();
    for (let next = this.#next(end); next !== null; next = this.#next(end)) await this.#fire(next);
    this.#now = Math.max(this.#now, end);
    await settle();
  }

  async #fire(timer: Timer): Promise<void> {
    this.#now = Math.max(this.#now, timer.at);
    this.#timers.delete(timer);
    timer.act();
    await settle();
  }

  #next(end: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }
}

/** Lets every promise settle that can settle without time passing. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Numbers in [0, 1), repeatable by seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
