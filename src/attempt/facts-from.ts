// What the plan's strategies may know of a target, out of what the attempts have taught.
import type { Facts } from "../core/shown.ts";
import type { Health } from "./health.ts";
import type { Measures } from "./measures.ts";
import { healthName } from "./once.ts";

export function factsFrom(health: Health, measures: Measures): Facts {
  return {
    shown: (target) => measures.of(healthName(target)),
    isResting: (target) => health.look(healthName(target), target.breaker).kind === "resting",
  };
}
