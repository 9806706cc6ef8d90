// What is known of one provider's list of models.
import type { Cancel } from "../core/clock.ts";
import type { ListedModel } from "../core/models.ts";
import type { ProviderRules } from "../core/rules.ts";

export interface ProviderState {
  provider: ProviderRules;
  models: readonly ListedModel[] | null;
  byId: ReadonlyMap<string, ListedModel>;
  /** The models as text, to notice a change. */
  text: string;
  /** Epoch milliseconds. */
  at: number | null;
  failure: string | null;
  /** In a row. */
  failures: number;
  hasNone: boolean;
  /** What ends its waiting or its request; null: neither. */
  stop: Cancel | null;
}

export function newState(provider: ProviderRules): ProviderState {
  return {
    provider,
    models: null,
    byId: new Map(),
    text: "",
    at: null,
    failure: null,
    failures: 0,
    hasNone: false,
    stop: null,
  };
}

export function rest(state: ProviderState): void {
  state.stop?.();
  state.stop = null;
}

export function forget(state: ProviderState): void {
  rest(state);
  Object.assign(state, newState(state.provider));
}
