// By load: the child with the fewest requests in flight.
import { type CandidateChoice, lowest, penalized } from "./candidates.ts";

export function byLoad(choice: CandidateChoice): number {
  return lowest(choice, (target) => {
    const { outstanding, errorRate } = choice.facts.statsOf(target);
    return penalized(outstanding + 1, errorRate);
  });
}
