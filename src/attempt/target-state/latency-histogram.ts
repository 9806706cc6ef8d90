// The latency of a target for one response mode: a peak-sensitive moving average, which rises at once and falls with
// time, and the last samples for quantiles. Bounded, and cheap to update: it sorts only if somebody reads, and a new
// sample then only takes its place.

/** The samples that are kept for quantiles. */
const REMEMBERED = 128;
/** The samples that show the current latency. */
const RECENT = 7;
/** Milliseconds in which the average forgets two thirds of the past. */
const FORGETS = 5_000;
export class LatencyHistogram {
  readonly #samples: Float64Array = new Float64Array(REMEMBERED);
  #count = 0;
  #average = 0;
  #at = 0;
  /** In order. Null: nobody has read a quantile that needs it. */
  #sorted: Float64Array | null = null;

  /** The number of samples in memory. */
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
    const slot = this.#count % REMEMBERED;
    if (this.#sorted !== null && this.#count >= REMEMBERED)
      exchange(this.#sorted, this.#samples[slot] ?? 0, milliseconds);
    this.#samples[slot] = milliseconds;
    this.#count += 1;
  }

  /** The quantile `q` of the samples; null: none. */
  quantile(q: number): number | null {
    const { samples } = this;
    if (samples === 0) return null;
    const place = Math.min(samples - 1, Math.ceil(q * samples) - 1);
    const rank = samples - place;
    if (rank === 1 || (rank === 2 && samples > 1)) return this.#fromTop(rank);
    if (this.#sorted === null || this.#sorted.length < samples)
      this.#sorted = this.#samples.slice(0, samples).toSorted();
    return this.#sorted[place] ?? null;
  }

  /** The median of the last few samples; null: none. A single outlier does not change it. */
  recentMedian(): number | null {
    const count = Math.min(this.#count, RECENT);
    if (count === 0) return null;
    const last = Array.from({ length: count }, (_, back) => this.#samples[(this.#count - 1 - back) % REMEMBERED] ?? 0);
    return last.toSorted((one, other) => one - other)[count >> 1] ?? null;
  }

  /** The highest or second highest sample: the others need no sorting. */
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

/** Replaces one value of a sorted list; the list stays sorted. Sorting it again for each request costs far more. */
function exchange(sorted: Float64Array, removed: number, added: number): void {
  const from = placeIn(sorted, removed);
  const to = placeIn(sorted, added);
  // The platform moves what lies between the two places, several times as fast as a loop.
  if (to > from) {
    sorted.copyWithin(from, from + 1, to);
    sorted[to - 1] = added;
  } else {
    sorted.copyWithin(to + 1, to, from);
    sorted[to] = added;
  }
}

/** The number of values below `value`. */
function placeIn(sorted: Float64Array, value: number): number {
  let [at, end] = [0, sorted.length];
  while (at < end) {
    const middle = (at + end) >> 1;
    if ((sorted[middle] ?? 0) < value) at = middle + 1;
    else end = middle;
  }
  return at;
}
