// Whether one API key of a pool is slow where the others are not: vendors throttle and queue by key. Then it is the key that
// is left, not the target. Counted per model, as a moving average; bounded.
import type { Key } from "../../core/rules.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";

/** How much one answer counts for. */
const STEP = 0.3;
/** From which share on a key is slow, and up to which one the others are not. */
const SLOW = 0.6;
const QUICK = 0.3;
const MOST_MODELS = 100;

export class KeySlowness {
  readonly #shares = new WeakMap<Key, BoundedMap<string, number>>();

  /** An answer of this key came, late or in time. True: this key is slow, and another one of `keys` is not. */
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

  /** Null: nothing came with it yet. */
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
