// Caches a computed value per provider row and name, such as a model's. Names come with requests, so it is bounded:
// beyond the maximum per row, the oldest value is computed again. It must never keep a row alive.
import type { ProviderRow } from "../core/provider.ts";

const MOST = 10_000;

export class RowMemory<Value> {
  readonly #rows = new WeakMap<ProviderRow, Map<string, Value>>();

  get(row: ProviderRow, name: string): Value | undefined {
    return this.#rows.get(row)?.get(name);
  }

  set(row: ProviderRow, name: string, value: Value): void {
    const names = this.#rows.get(row) ?? new Map<string, Value>();
    names.set(name, value);
    if (names.size > MOST) {
      const oldest = names.keys().next();
      if (!oldest.done) names.delete(oldest.value);
    }
    this.#rows.set(row, names);
  }
}
