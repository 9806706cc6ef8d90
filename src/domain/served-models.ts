// Which models the providers of a configuration serve, by what they list, by the rows' known names and by the operator's
// words. Computed once for each change of the rules or of a list, so that a request costs one lookup.
import type { ModelLists } from "../core/models.ts";
import type { ProviderRules, Rules } from "../core/rules.ts";
import { isPattern } from "./matches-pattern.ts";

export interface ServedModel {
  readonly provider: ProviderRules;
  /** As a target names it. */
  readonly model: string;
}

export interface ServedModels {
  /** For lists: each provider's, in the order of the configuration. */
  readonly all: readonly ServedModel[];
  /** The providers that serve this name; empty: none is known to. */
  providersOf(model: string): readonly ProviderRules[];
}

export type ServedBy = (rules: Rules) => ServedModels;

export function rememberServed(lists: ModelLists): ServedBy {
  let last: { readonly rules: Rules; readonly version: number; readonly served: ServedModels } | null = null;
  return (rules) => {
    if (last === null || last.rules !== rules || last.version !== lists.version)
      last = { rules, version: lists.version, served: servedModels(rules, lists) };
    return last.served;
  };
}

function servedModels(rules: Rules, lists: ModelLists): ServedModels {
  const all: ServedModel[] = [];
  const byModel = new Map<string, ProviderRules[]>();
  for (const provider of rules.providers.values()) {
    if (provider.namedOnly === true) continue;
    const listed = lists.listOf(provider)?.map(({ id }) => id) ?? null;
    const ownNames = Object.keys(provider.models ?? {}).filter((name) => !isPattern(name));
    for (const model of new Set([...(listed ?? provider.row.models), ...ownNames])) all.push({ provider, model });
    // A vendor's list may leave out the short names of models that it has under dated ones.
    for (const model of new Set([...(listed ?? []), ...ownNames, ...provider.row.models]))
      byModel.set(model, [...(byModel.get(model) ?? []), provider]);
  }
  return {
    all,
    providersOf(model) {
      const providers = byModel.get(model);
      if (providers !== undefined) return providers;
      return [...rules.providers.values()].filter(({ row }) => row.ownNames?.test(model) === true);
    },
  };
}
