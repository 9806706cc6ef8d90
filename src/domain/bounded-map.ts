// A map with a maximum size: beyond it, the oldest entry is forgotten. For everything that is stored under names from
// strangers (models, addresses, conversations), so that memory stays bounded. It must never hold more.

export class BoundedMap<K, V> {
  readonly #most: number;
  readonly #entries = new Map<K, V>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  /** The entry of `key`; creates it if missing. */
  getOrCreate(key: K, create: (key: K) => V): V {
    const entry = this.#entries.get(key);
    if (entry !== undefined) return entry;
    const fresh = create(key);
    this.#insert(key, fresh);
    return fresh;
  }

  /** Sets the entry and makes it the newest. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#insert(key, value);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  /** The oldest first. An entry may be deleted during the iteration. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }

  #insert(key: K, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }
}
