// How fast an answer comes, over the last seconds of waiting for its vendor (`timeout.rate`): the time in which the client
// does not read is no waiting. Silence counts. It keeps a bounded number of samples, however many events come.

/** Milliseconds of waiting over which the rate is measured: vendors send some tokens in bursts. */
export const RATE_WINDOW = 10_000;
/** Samples within so many milliseconds are one. */
const GRAIN = 100;

interface Sample {
  /** Milliseconds of waiting so far, at its end. */
  at: number;
  tokens: number;
}

export class ThroughputFloor {
  /** The fewest tokens within the window. */
  readonly #least: number;
  readonly #samples: Sample[] = [];
  #waited = 0;
  /** Within the samples. */
  #tokens = 0;

  /** `rate`: tokens a second. */
  constructor(rate: number) {
    this.#least = (rate * RATE_WINDOW) / 1_000;
  }

  /** So many tokens after so long a wait. */
  note(pauseMs: number, tokens: number): void {
    this.#waited += pauseMs;
    this.#tokens += tokens;
    const last = this.#samples.at(-1);
    if (last !== undefined && this.#waited - last.at < GRAIN) last.tokens += tokens;
    else this.#samples.push({ at: this.#waited, tokens });
    while ((this.#samples[0]?.at ?? Infinity) <= this.#waited - RATE_WINDOW)
      this.#tokens -= this.#samples.shift()?.tokens ?? 0;
  }

  /** After so many milliseconds of silence the answer is too slow; 0: it is. */
  remainingMs(): number {
    let remaining = this.#tokens;
    // A first window is always waited for.
    let end = Math.max(0, RATE_WINDOW - this.#waited);
    for (const { at, tokens } of this.#samples) {
      if (remaining < this.#least) return end;
      remaining -= tokens;
      end = Math.max(end, at + RATE_WINDOW - this.#waited);
    }
    return end;
  }
}
