// Decompresses an answer that a vendor compressed although the request did not allow it. This is rare, so Node's streams do
// the work. A compressed body that breaks off is a failure, never a shorter answer.
import { Readable, type Duplex } from "node:stream";
// As a whole: an old Node has no zstd, and a missing name would be its SyntaxError before check-node.ts can speak.
import zlib from "node:zlib";
import { TransportFailure, type Source } from "../core/transport.ts";

/** A map: a vendor chooses the name, and `constructor` is no encoding. */
const decoders: ReadonlyMap<string, () => Duplex> = new Map<string, () => Duplex>([
  ["gzip", zlib.createGunzip],
  ["x-gzip", zlib.createGunzip],
  ["deflate", zlib.createInflate],
  ["br", zlib.createBrotliDecompress],
  ["zstd", zlib.createZstdDecompress],
]);
/** Nobody encodes more than twice; each one costs a decoder and its memory. */
const MOST_ENCODINGS = 2;

/**
 * `source` decoded; an unknown encoding fails at the first `next`. Several encodings are undone from the last to the
 * first.
 */
export function decompress(source: Source<Uint8Array>, encoding: string): Source<Uint8Array> {
  let decoded = source;
  const names = encoding
    .toLowerCase()
    .split(",", MOST_ENCODINGS + 1)
    .reverse();
  for (const name of names) {
    const make = decoders.get(name.trim());
    if (make === undefined || names.length > MOST_ENCODINGS) {
      decoded.cancel();
      const words = `the answer has an unsupported content-encoding ("${encoding.slice(0, 80)}")`;
      const failure = broken(words, "unknown-encoding");
      return { next: () => Promise.reject(failure), cancel: () => {} };
    }
    decoded = decodeOne(decoded, make());
  }
  return decoded;
}

function decodeOne(source: Source<Uint8Array>, decoder: Duplex): Source<Uint8Array> {
  const input = Readable.from(iterate(source), { objectMode: true, highWaterMark: 1 });
  input.on("error", (error) => decoder.destroy(error));
  input.pipe(decoder);
  const output = decoder[Symbol.asyncIterator]();
  let isDelivered = false;
  return {
    async next() {
      if (isDelivered) return null;
      try {
        const step: IteratorResult<Uint8Array> = await output.next();
        return step.done || isDelivered ? null : step.value;
      } catch (error) {
        if (isDelivered) return null;
        source.cancel();
        throw error instanceof TransportFailure
          ? error
          : broken(
              `the compressed answer is cut or corrupt: ${error instanceof Error ? error.message : String(error)}`,
              "cut",
            );
      }
    },
    cancel() {
      isDelivered = true;
      source.cancel();
      input.destroy();
      decoder.destroy();
    },
  };
}

async function* iterate(source: Source<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) yield chunk;
}

function broken(message: string, code: string): TransportFailure {
  return new TransportFailure({ phase: "body", code, message });
}
