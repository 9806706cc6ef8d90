// The rig's statistics: medians and the spread of paired ratios. Speeds on shared machines drift by half within
// minutes, so it compares only ratios of neighbours in time.

/** A median with the smallest and the largest value beside it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the two middle ones. Throws on an empty list: a median of nothing is a broken run. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("median of no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** Median, minimum and maximum of a list that is not empty. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** `ours[i] - theirs[i]`, likewise. */
export function pairedDifferences(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length)
    throw new RangeError(`cannot pair ${ours.length} rounds with ${theirs.length} rounds`);
  return ours.map((value, round) => value - theirs[round]!);
}

/** `ours[i] / theirs[i]` for the rounds that both sides finished; the lists must be of one length. */
export function pairedRatios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length)
    throw new RangeError(`cannot pair ${ours.length} rounds with ${theirs.length} rounds`);
  return ours.map((value, round) => {
    const reference = theirs[round]!;
    if (!(reference > 0)) throw new RangeError(`round ${round + 1}: the reference measured ${reference}`);
    return value / reference;
  });
}
