// By weight: each child is drawn as often as its weight says.
import type { CandidateChoice } from "./candidates.ts";

export function byWeight({ node, candidates, sums, random }: CandidateChoice): number {
  if (sums !== null) return candidates[placeIn(sums, random() * (sums.at(-1) ?? 0))] ?? -1;
  let total = 0;
  for (const place of candidates) total += node.weights[place] ?? 1;
  let remaining = random() * total;
  for (const place of candidates) {
    remaining -= node.weights[place] ?? 1;
    if (remaining < 0) return place;
  }
  return candidates.at(-1) ?? 0;
}

/** The index of the first sum that is larger than `drawn`. */
function placeIn(sums: readonly number[], drawn: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > drawn) high = middle;
    else low = middle + 1;
  }
  return low;
}
