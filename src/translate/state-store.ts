// Stores the state of earlier answers for a while. In the process it is limited by entries and bytes, removes the least
// recently used entry first, and forgets what nobody read for hours. Another store can replace it; a store must never
// make a request wait long, and may forget at any time.
import type { Clock } from "../core/clock.ts";

export interface StateStore {
  /** False if it is certainly empty, so that nobody needs to look. */
  readonly mayHold: boolean;
  /** The values of these keys, in order; null for a missing one. */
  get(keys: readonly string[]): readonly (string | null)[] | Promise<readonly (string | null)[]>;
  /** Never throws. */
  put(key: string, value: string): void;
}

/** A store that answers synchronously. */
export interface OwnStateStore extends StateStore {
  get(keys: readonly string[]): readonly (string | null)[];
}

export interface StateStoreOptions {
  readonly clock: Clock;
  /** The most entries. */
  readonly entries?: number;
  /** The most bytes, roughly, of keys and values together. One entry may use a sixteenth of them. */
  readonly bytes?: number;
  /** Milliseconds since the last put or get. */
  readonly lifetime?: number;
}

interface StoredState {
  readonly value: string;
  readonly size: number;
  readonly until: number;
}

/** The cost of an entry beside its text. */
const OVERHEAD = 200;

export function createStateStore(options: StateStoreOptions): OwnStateStore {
  const { clock, entries: most = 50_000, bytes = 64 * 1024 * 1024, lifetime = 6 * 3_600_000 } = options;
  /** The least recently used first. */
  const entries = new Map<string, StoredState>();
  let total = 0;
  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    total -= entry.size;
    entries.delete(key);
  };
  const keep = (key: string, value: string, size: number): void => {
    drop(key);
    entries.set(key, { value, size, until: clock.now() + lifetime });
    total += size;
  };
  const get = (key: string): string | null => {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    if (entry.until <= clock.now()) {
      drop(key);
      return null;
    }
    keep(key, entry.value, entry.size);
    return entry.value;
  };
  return {
    get mayHold() {
      return entries.size > 0;
    },
    get: (keys) => keys.map(get),
    put(key, value) {
      const size = 2 * (key.length + value.length) + OVERHEAD;
      if (size > bytes / 16) return;
      keep(key, value, size);
      for (const [oldest, { until }] of entries) {
        if (entries.size <= most && total <= bytes && until > clock.now()) break;
        drop(oldest);
      }
    },
  };
}
