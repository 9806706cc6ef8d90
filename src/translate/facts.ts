// What a provider's row knows of a model, looked up once: the tables are lists of patterns, and a request must not walk
// them each time.
import type { Lesson, ModelFacts, ProviderRow } from "../core/provider.ts";

/** Models come with requests: beyond so many per provider the oldest is looked up anew. */
const MOST = 10_000;

export type FactsOf = (row: ProviderRow, model: string) => ModelFacts;

export function rememberFacts(): FactsOf {
  const known = new WeakMap<ProviderRow, Map<string, ModelFacts>>();
  return (row, model) => {
    const models = known.get(row) ?? new Map<string, ModelFacts>();
    const found = models.get(model);
    if (found !== undefined) return found;
    const facts = row.facts(model);
    models.set(model, facts);
    if (models.size > MOST) {
      const oldest = models.keys().next();
      if (!oldest.done) models.delete(oldest.value);
    }
    known.set(row, models);
    return facts;
  };
}

/** With what the target's own refusals say. */
export function taught(facts: ModelFacts, lesson: Lesson | null | undefined): ModelFacts {
  return lesson ? { ...facts, ...lesson.facts } : facts;
}
