// Caches a provider row's facts about a model: the tables are lists of patterns, and a request must not scan them each
// time.
import type { Lesson, ModelFacts, ProviderRow } from "../core/provider.ts";
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
export function withLesson(facts: ModelFacts, lesson: Lesson | null | undefined): ModelFacts {
  return lesson ? { ...facts, ...lesson.facts } : facts;
}
