// What the plan's strategies may know of a target, out of what the attempts have taught.
import type { Facts } from "../../core/target-stats.ts";
import type { EngineParts } from "../call-run.ts";
import { healthName } from "../target/single-attempt.ts";

export function factsFrom({ health, measures, keys }: Pick<EngineParts, "health" | "measures" | "keys">): Facts {
  return {
    shown: (target) => measures.of(healthName(target)),
    isResting: (target) =>
      keys.look(target) !== null || health.look(healthName(target), target.breaker).kind === "resting",
  };
}
