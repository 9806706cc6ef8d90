// What a provider stores for the gateway's account (a file, a batch, an answer), by its id. Types only.

export interface StoredThing {
  readonly provider: string;
  /** The index of the key in the provider's pool, and its label, which short keys share. Null: it needs none. */
  readonly key: { readonly index: number; readonly label: string } | null;
}

/** Keeps them across a restart. A store that fails loses them, and fails no request. */
export interface StoredThingStore {
  /** What was kept, the oldest first. */
  load(): readonly (readonly [id: string, thing: StoredThing])[];
  /** Something has changed: `all` is read later, the newest first, as far as the store keeps them. */
  changed(all: () => Iterable<readonly [id: string, thing: StoredThing]>): void;
  close(): Promise<void>;
}
