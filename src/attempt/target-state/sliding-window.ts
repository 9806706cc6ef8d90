// Counts a target's answers and failures in a recent window: per second, in a ring, so that memory is constant for any
// number of requests. It only counts; other code decides what a failure rate means.

/** The seconds in the ring: no window is longer. */
const SECONDS = 64;

export interface Counted {
  readonly all: number;
  readonly failed: number;
}

export class SlidingWindow {
  readonly #all: Uint32Array = new Uint32Array(SECONDS);
  readonly #failed: Uint32Array = new Uint32Array(SECONDS);
  /** The last second that was counted. */
  #second = 0;

  /** `now`: clock milliseconds. */
  note(now: number, failed: boolean): void {
    const place = this.#moveTo(now);
    this.#all[place] = (this.#all[place] ?? 0) + 1;
    if (failed) this.#failed[place] = (this.#failed[place] ?? 0) + 1;
  }

  /** Counts the last `milliseconds`, with a precision of a second. */
  count(now: number, milliseconds: number): Counted {
    this.#moveTo(now);
    const seconds = Math.min(SECONDS, Math.ceil(milliseconds / 1_000));
    let [all, failed] = [0, 0];
    for (let back = 0; back < seconds; back += 1) {
      const place = (this.#second - back + SECONDS) % SECONDS;
      all += this.#all[place] ?? 0;
      failed += this.#failed[place] ?? 0;
    }
    return { all, failed };
  }

  clear(): void {
    this.#all.fill(0);
    this.#failed.fill(0);
  }

  /** Clears the seconds without counts. Returns the index of this one. */
  #moveTo(now: number): number {
    const second = Math.floor(now / 1_000);
    const steps = second - this.#second;
    if (steps >= SECONDS) this.clear();
    else
      for (let step = 1; step <= steps; step += 1) {
        const place = (this.#second + step) % SECONDS;
        this.#all[place] = 0;
        this.#failed[place] = 0;
      }
    if (steps > 0) this.#second = second;
    return this.#second % SECONDS;
  }
}
