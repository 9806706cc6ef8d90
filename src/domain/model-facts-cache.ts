// Caches a provider row's facts about a model: the tables are lists of patterns, and a request must not scan them each
// time.
import type { Lesson, ModelFacts, ProviderRow } from "../core/provider.ts";
import { RowMemory } from "./row-memory.ts";

export type FactsOf = (row: ProviderRow, model: string) => ModelFacts;

export function cacheModelFacts(): FactsOf {
  const known = new RowMemory<ModelFacts>();
  return (row, model) => {
    const found = known.get(row, model);
    if (found !== undefined) return found;
    const facts = row.facts(model);
    known.set(row, model, facts);
    return facts;
  };
}

/** The facts, with what the target's own refusals taught. */
export function taught(facts: ModelFacts, lesson: Lesson | null | undefined): ModelFacts {
  return lesson ? { ...facts, ...lesson.facts } : facts;
}
