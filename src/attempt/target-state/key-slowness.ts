// Whether one API key of a pool is slow while the others are not: vendors throttle and queue by key. Then the key is
// left, not the target. Counted per model, as a moving average; bounded.
import type { Key } from "../../core/rules.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";

/** The weight of one answer. */
const STEP = 0.3;
/** The smallest share of late answers of a slow key, and the largest share of a key that is not slow. */
const SLOW = 0.6;
const QUICK = 0.3;
const MOST_MODELS = 100;

export class KeySlowness {
  readonly #shares = new WeakMap<Key, BoundedMap<string, number>>();

  /** An answer came with this key, late or on time. True: this key is slow, and another one of `keys` is not. */
  note(
    key: Key,
    { keys, model, late }: { readonly keys: readonly Key[]; readonly model: string; readonly late: boolean },
  ): boolean {
    if (keys.length < 2) return false;
    const before = this.#shareOf(key, model);
    if (!late && before === null) {
      this.#set(key, model, 0);
      return false;
    }
    const share = (before ?? 0) + STEP * ((late ? 1 : 0) - (before ?? 0));
    this.#set(key, model, share);
    if (!late || share < SLOW) return false;
    return keys.some((other) => other !== key && (this.#shareOf(other, model) ?? 1) <= QUICK);
  }

  /** Null: no answers with it yet. */
  #shareOf(key: Key, model: string): number | null {
    return this.#shares.get(key)?.get(model) ?? null;
  }

  #set(key: Key, model: string, share: number): void {
    let models = this.#shares.get(key);
    if (models === undefined) {
      models = new BoundedMap(MOST_MODELS);
      this.#shares.set(key, models);
    }
    models.set(model, share);
  }
}
