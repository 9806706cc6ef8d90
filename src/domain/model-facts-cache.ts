// Caches a provider row's facts about a model: the tables are lists of patterns, and a request must not scan them each
// time.
import type { LearnedLimit, ModelFacts, ProviderRow } from "../core/provider.ts";
import { RowMemory } from "./row-memory.ts";

export type FactsOf = (row: ProviderRow, model: string) => ModelFacts;

export function cacheModelFacts(): FactsOf {
  const memory = new RowMemory<ModelFacts>();
  return (row, model) => {
    const cached = memory.get(row, model);
    if (cached !== undefined) return cached;
    const facts = row.facts(model);
    memory.set(row, model, facts);
    return facts;
  };
}

/** The facts, with what the target's own refusals taught. */
export function withLearnedLimit(facts: ModelFacts, learnedLimit: LearnedLimit | null | undefined): ModelFacts {
  return learnedLimit ? { ...facts, ...learnedLimit.facts } : facts;
}
