// By weight: each child is drawn as often as its weight says.
import type { Choice } from "./candidates.ts";

export function byWeight({ node, candidates, random }: Choice): number {
  let total = 0;
  for (const place of candidates) total += node.weights[place] ?? 1;
  let left = random() * total;
  for (const place of candidates) {
    left -= node.weights[place] ?? 1;
    if (left < 0) return place;
  }
  return candidates.at(-1) ?? 0;
}
