// What the fake vendors store beside conversations: files, batches, caches. One map for all, by vendor and id, bounded.
import type { JsonRecord } from "../json-record.ts";
import type { StoredThing, World } from "../vocabulary.ts";

const most = 1000;

export function storeThing({ stored }: World, place: string, thing: StoredThing): JsonRecord {
  stored.set(place, thing);
  const [oldest] = stored.keys();
  if (stored.size > most && oldest !== undefined) stored.delete(oldest);
  return thing.record;
}

/** All whose place begins so, the newest first. */
export function thingsIn({ stored }: World, place: string): JsonRecord[] {
  return [...stored].flatMap(([name, { record }]) => (name.startsWith(place) ? [record] : [])).toReversed();
}
