// Which provider stores what: the ids in its answers about files, batches and the like, with the API key that made them,
// because another key may belong to another account. In memory and bounded; a store keeps the latest across a restart. A
// provider can never claim what another one has named first.
import type { Call } from "../core/exchange.ts";
import type { Key, ProviderRules, TargetNode } from "../core/rules.ts";
import type { StoredThing, StoredThingStore } from "../core/stored-thing.ts";
import { BoundedMap } from "../domain/bounded-map.ts";

/** About 20 MB, if all ids are as long as vendors' usual ones. */
const MOST = 100_000;

export class StoredThings {
  readonly #things = new BoundedMap<string, StoredThing>(MOST);
  readonly #store: StoredThingStore | null;

  /** `store`: null for none, then all is lost with the process. */
  constructor(store: StoredThingStore | null = null) {
    this.#store = store;
    for (const [id, thing] of store?.load() ?? []) this.#things.set(id, thing);
  }

  /** `key`: with which it was stored; a caller's own is not the gateway's account. */
  rememberAt({ name, keys }: ProviderRules, key: Key | null, ids: readonly string[]): void {
    if (key?.source === "request") return;
    this.#remember(ids, {
      provider: name,
      key: key === null ? null : { index: keys.indexOf(key), label: key.label },
    });
  }

  #remember(ids: readonly string[], thing: StoredThing): void {
    let isNew = false;
    for (const id of ids) {
      if (id === "") continue;
      const earlier = this.#things.get(id);
      isNew ||= earlier === undefined;
      if (earlier === undefined || earlier.provider === thing.provider) this.#things.set(id, thing);
    }
    if (isNew) this.#store?.changed(() => [...this.#things.entries()].toReversed());
  }

  /** The first of these that is known. */
  find(ids: readonly string[]): StoredThing | null {
    for (const id of ids) {
      const thing = this.#things.get(id);
      if (thing !== undefined) return thing;
    }
    return null;
  }

  /** The key of the target's pool that made what the call names. Null: any key. */
  keyFor({ passed }: Call, { provider }: TargetNode): Promise<Key | null> | null {
    if (provider.keys.length < 2 || passed === undefined) return null;
    const thing = this.find(passed.ids);
    if (thing?.provider !== provider.name || thing.key === null) return null;
    const { index, label } = thing.key;
    const key = provider.keys[index];
    // A reload may have changed the pool.
    return Promise.resolve(key?.label === label ? key : (provider.keys.find((one) => one.label === label) ?? null));
  }
}
