// What the plan's strategies may know of a target, out of what the attempts have taught.
import type { Facts } from "../../core/target-stats.ts";
import type { CircuitBreakers } from "./circuit-breaker.ts";
import type { MetricsOfTargets } from "./target-metrics.ts";
import { healthName } from "../target/single-attempt.ts";

export function factsFrom(health: CircuitBreakers, measures: MetricsOfTargets): Facts {
  return {
    shown: (target) => measures.of(healthName(target)),
    isResting: (target) => health.look(healthName(target), target.breaker).kind === "resting",
  };
}
