// How long a target takes, for one pace of answers: a peak-sensitive moving average, quick to rise and as quick to fall as
// time passes, and the last samples for quantiles. Bounded, and cheap to feed: sorting waits until somebody asks.

/** Samples that are remembered for quantiles. */
const REMEMBERED = 128;
/** Milliseconds in which the average forgets two thirds of what was. */
const FORGETS = 5_000;
/** Quantiles are worked out anew after so many samples: one more among a hundred moves them little. */
const NEWS = 8;

export class LatencyHistogram {
  readonly #samples: Float64Array = new Float64Array(REMEMBERED);
  #count = 0;
  #average = 0;
  #at = 0;
  #sorted: Float64Array | null = null;
  #sortedAt = 0;

  /** Samples that are remembered. */
  get samples(): number {
    return Math.min(this.#count, REMEMBERED);
  }

  /** Clock milliseconds of the last sample. */
  get at(): number {
    return this.#at;
  }

  get average(): number | null {
    return this.#count === 0 ? null : this.#average;
  }

  add(milliseconds: number, now: number): void {
    if (this.#count === 0 || milliseconds > this.#average) this.#average = milliseconds;
    else this.#average += (1 - Math.exp(-(now - this.#at) / FORGETS)) * (milliseconds - this.#average);
    this.#at = now;
    this.#samples[this.#count % REMEMBERED] = milliseconds;
    this.#count += 1;
  }

  /** What the share `q` of the samples took at most; null: there is none. */
  quantile(q: number): number | null {
    const { samples } = this;
    if (samples === 0) return null;
    const place = Math.min(samples - 1, Math.ceil(q * samples) - 1);
    const rank = samples - place;
    if (rank === 1 || (rank === 2 && samples > 1)) return this.#fromTop(rank);
    if (this.#sorted === null || this.#count - this.#sortedAt >= NEWS || this.#sorted.length < samples) {
      this.#sorted = this.#samples.slice(0, samples).toSorted();
      this.#sortedAt = this.#count;
    }
    return this.#sorted[place] ?? null;
  }

  /** The highest sample, or the second highest: the others need no order. */
  #fromTop(rank: 1 | 2): number {
    let [first, second] = [-Infinity, -Infinity];
    for (let index = 0; index < this.samples; index += 1) {
      const sample = this.#samples[index] ?? 0;
      if (sample > first) [first, second] = [sample, first];
      else if (sample > second) second = sample;
    }
    return rank === 1 ? first : second;
  }
}
