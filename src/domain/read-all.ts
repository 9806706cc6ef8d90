// Reads a source to its end into one piece of memory, never more than it was allowed to.
import type { Source } from "../core/transport.ts";

/** All bytes of `source`. Throws RangeError, and cancels the source, beyond `limit` bytes. */
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
    // Most answers are one chunk, which is then passed on as it is.
    if (first === null) first = chunk;
    else (chunks ??= [first]).push(chunk);
  }
  return chunks === null ? (first ?? new Uint8Array(0)) : Buffer.concat(chunks, size);
}
