// By headroom: the child with the most left of its vendor's own limits. A vendor that does not tell is taken to have all of
// it left, until it refuses.
import { type CandidateChoice, lowest, strained } from "./candidates.ts";

export function byHeadroom(choice: CandidateChoice): number {
  return lowest(choice, (target) => {
    const { headroom, outstanding, strain } = choice.facts.statsOf(target);
    // Requests under way decide between equals: what they use is not yet told.
    return strained(1.01 - (headroom ?? 1) + outstanding * 1e-4, strain);
  });
}
