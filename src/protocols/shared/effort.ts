// How hard to think, in this protocol's one word for it, fitted to what the target takes.
import type { Effort, Reasoning } from "../../core/chat.ts";
import { efforts } from "../../core/chat.ts";
import type { ModelFacts, ReasoningFacts } from "../../core/provider.ts";

/** The word for a budget in tokens; null for -1, which leaves it to the model. */
function effortOfBudget(budget: number): Effort | null {
  if (budget < 0) return null;
  if (budget === 0) return "none";
  if (budget <= 1024) return "low";
  if (budget <= 8192) return "medium";
  return budget <= 24_576 ? "high" : "xhigh";
}

/** The words that a target takes, weakest first; empty for one that does not think. */
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

/** Known to have no place for an effort. A model of which nothing is known may think. */
export function neverThinks(facts: ModelFacts): boolean {
  return facts.reasoning.style === "none" && facts.sampling === true;
}

/** The wished effort where it is taken, else the nearest weaker one that still thinks, else the weakest there is. */
export function fitEffort(wished: Effort, taken: readonly Effort[]): Effort | null {
  if (taken.includes(wished)) return wished;
  const thinking = taken.filter((effort) => effort !== "none");
  const weaker = thinking.findLast((effort) => efforts.indexOf(effort) < efforts.indexOf(wished));
  return weaker ?? thinking[0] ?? taken[0] ?? null;
}

/**
 * Temperature, top_p and log probabilities are taken: a model that thinks takes them only where the caller switches its
 * thoughts off. Source: https://platform.openai.com/docs/guides/latest-model
 */
export function takesSampling(reasoning: Reasoning | null, facts: ModelFacts): boolean {
  if (facts.sampling !== false) return true;
  return wishedEffort(reasoning) === "none" && effortsOf(facts.reasoning).includes("none");
}

/** What the caller asked for as a word; null where it said nothing of it. */
export function wishedEffort(reasoning: Reasoning | null): Effort | null {
  if (reasoning === null) return null;
  return reasoning.effort ?? (reasoning.budget === null ? null : effortOfBudget(reasoning.budget));
}
