// Reads a source to its end into one buffer, up to a limit.
import type { Source } from "../core/transport.ts";

/** The most bytes of one answer that must be held at a time: a whole answer, or one event of a stream. */
export const MOST_ANSWER: number = 64 * 1024 * 1024;

/** All bytes of `source`. Beyond `limit` bytes it cancels the source and throws RangeError. */
export async function readAll(source: Source<Uint8Array>, limit: number): Promise<Uint8Array> {
  let first: Uint8Array | null = null;
  let chunks: Uint8Array[] | null = null;
  let size = 0;
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
    size += chunk.byteLength;
    if (size > limit) {
      source.cancel();
      throw new RangeError(`more than ${limit} bytes`);
    }
    // Most answers are one chunk: return it without a copy.
    if (first === null) first = chunk;
    else (chunks ??= [first]).push(chunk);
  }
  return chunks === null ? (first ?? new Uint8Array(0)) : Buffer.concat(chunks, size);
}
