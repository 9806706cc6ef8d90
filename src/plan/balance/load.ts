// By load: the child with the fewest requests in flight.
import { type CandidateChoice, lowest, strained } from "./candidates.ts";

export function byLoad(choice: CandidateChoice): number {
  return lowest(choice, (target) => {
    const { outstanding, strain } = choice.facts.statsOf(target);
    return strained(outstanding + 1, strain);
  });
}
