// By headroom: the child with the largest remaining share of its vendor's limits. A vendor that does not report limits
// counts as unused until it refuses.
import { type CandidateChoice, lowest, penalized } from "./candidates.ts";

export function byHeadroom(choice: CandidateChoice): number {
  return lowest(choice, (target) => {
    const { headroom, outstanding, errorRate } = choice.facts.statsOf(target);
    // Requests in flight decide between equals: the headers do not include them yet.
    return penalized(1.01 - (headroom ?? 1) + outstanding * 1e-4, errorRate);
  });
}
