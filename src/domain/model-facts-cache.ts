// Caches the facts about a provider's model: the tables are lists of patterns, and a request must not scan them each time.
// What the provider's own list says goes before the tables, and what the operator says before both.
import type { ListedModel } from "../core/models.ts";
import type { LearnedLimit, ModelFacts, ProviderRow } from "../core/provider.ts";
import type { ProviderRules } from "../core/rules.ts";
import { RowMemory } from "./row-memory.ts";

export type FactsOf = (provider: ProviderRules, model: string) => ModelFacts;

/** `listed`: the model in the provider's own list; null if it is not there. Default: there are no lists. */
export function cacheModelFacts(
  listed: (provider: ProviderRules, model: string) => ListedModel | null = () => null,
): FactsOf {
  const memory = new RowMemory<ModelFacts>();
  /** A new list has new entries, and new rules new rows. */
  const merged = new WeakMap<ListedModel, { readonly row: ProviderRow; readonly facts: ModelFacts }>();
  const ofRow = (row: ProviderRow, model: string): ModelFacts => {
    const cached = memory.get(row, model);
    if (cached !== undefined) return cached;
    const facts = row.facts(model);
    memory.set(row, model, facts);
    return facts;
  };
  return (provider, model) => {
    const { row } = provider;
    const entry = listed(provider, model);
    if (entry === null) return ofRow(row, model);
    const cached = merged.get(entry);
    if (cached?.row === row) return cached.facts;
    const facts = { ...ofRow(row, model), ...entry.facts, ...row.ownFacts?.(model) };
    merged.set(entry, { row, facts });
    return facts;
  };
}

/** The facts, with what the target's own refusals taught. */
export function withLearnedLimit(facts: ModelFacts, learnedLimit: LearnedLimit | null | undefined): ModelFacts {
  return learnedLimit ? { ...facts, ...learnedLimit.facts } : facts;
}
