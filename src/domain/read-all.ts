// Reads a source to its end into one buffer, up to a limit.
import type { Source } from "../core/transport.ts";
import { ByteCollector } from "./byte-collector.ts";

/** The most bytes of one answer that must be held at a time: a whole answer, or one event of a stream. */
export const MOST_ANSWER: number = 64 * 1024 * 1024;

/** All bytes of `source`. Beyond `limit` bytes it cancels the source and throws RangeError. */
export async function readAll(source: Source<Uint8Array>, limit: number): Promise<Uint8Array> {
  const collector = new ByteCollector();
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
    collector.add(chunk);
    if (collector.size <= limit) continue;
    source.cancel();
    throw new RangeError(`more than ${limit} bytes`);
  }
  return collector.bytes();
}
