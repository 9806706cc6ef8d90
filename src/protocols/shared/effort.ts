// The reasoning effort: this protocol's levels, adjusted to what the target takes.
import type { Effort, Reasoning } from "../../core/chat.ts";
import { efforts } from "../../core/chat.ts";
import type { ModelFacts, ReasoningFacts } from "../../core/provider.ts";

/** The level for a budget in tokens; null for -1, which leaves it to the model. */
function effortOfBudget(budget: number): Effort | null {
  if (budget < 0) return null;
  if (budget === 0) return "none";
  if (budget <= 1024) return "low";
  if (budget <= 8192) return "medium";
  return budget <= 24_576 ? "high" : "xhigh";
}

/** The levels that a target takes, weakest first; empty for a model without reasoning. */
export function effortsOf(facts: ReasoningFacts): readonly Effort[] {
  switch (facts.style) {
    case "none":
      return [];
    case "effort":
      return efforts.filter((effort) => facts.efforts.includes(effort));
    case "adaptive":
      return efforts.filter((effort) => facts.efforts.includes(effort) || (effort === "none" && facts.off));
    case "budget":
      return facts.off === 0 ? ["none", "low", "medium", "high"] : ["low", "medium", "high"];
    case "level":
      return efforts.filter((effort) => facts.levels.includes(effort));
  }
}

/** Known to take no effort. An unknown model may reason. */
export function neverThinks(facts: ModelFacts): boolean {
  return facts.reasoning.style === "none" && facts.sampling === true;
}

/**
 * The wished level if the target takes it, otherwise the nearest weaker one that still reasons, otherwise the weakest.
 */
export function fitEffort(requestedEffort: Effort, levels: readonly Effort[]): Effort | null {
  if (levels.includes(requestedEffort)) return requestedEffort;
  const thinking = levels.filter((effort) => effort !== "none");
  const weaker = thinking.findLast((effort) => efforts.indexOf(effort) < efforts.indexOf(requestedEffort));
  return weaker ?? thinking[0] ?? levels[0] ?? null;
}

/**
 * The target takes temperature, top_p and log probabilities: a reasoning model takes them only if the caller turns
 * reasoning off. Source: https://platform.openai.com/docs/guides/latest-model
 */
export function takesSampling(reasoning: Reasoning | null, facts: ModelFacts): boolean {
  if (facts.sampling !== false) return true;
  return wishedEffort(reasoning) === "none" && effortsOf(facts.reasoning).includes("none");
}

/** The caller's level; null if not set. */
export function wishedEffort(reasoning: Reasoning | null): Effort | null {
  if (reasoning === null) return null;
  return reasoning.effort ?? (reasoning.budget === null ? null : effortOfBudget(reasoning.budget));
}

/**
 * The caller wants reasoning and leaves its amount to the model: nothing to say to a model that always reasons. Null
 * also for other wishes, and where nothing is known.
 */
export function effortToThink(reasoning: Reasoning | null, { reasoning: facts, sampling }: ModelFacts): Effort | null {
  if (reasoning === null || reasoning.effort !== null || reasoning.budget !== -1) return null;
  if (facts.style === "none") return sampling === true ? "medium" : null;
  return effortsOf(facts).includes("none") ? "medium" : null;
}
