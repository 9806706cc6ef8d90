// The facts about a target that the plan's strategies may read, from what the attempts measured.
import type { Facts } from "../../core/target-stats.ts";
import type { EngineParts } from "../call-run.ts";

export function selectionFactsFrom({ states, keys }: Pick<EngineParts, "states" | "keys">): Facts {
  return {
    statsOf: (target) => states.of(target).metrics,
    isCoolingDown: (target) =>
      keys.look(target) !== null || states.of(target).breaker.look(target.breaker).kind === "cooling-down",
  };
}
