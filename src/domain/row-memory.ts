// What is worked out once for a provider's row and a name, such as a model's. Names come with requests, so it is bounded:
// beyond so many for a row the oldest is worked out anew. It must never hold a row that nobody else holds.
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
