// Decompresses an answer that a vendor compressed although the request did not allow it. This is rare, so Node's streams do
// the work. A compressed body that breaks off is a failure, never a shorter answer.
import { Readable, type Duplex } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { TransportFailure, type Source } from "../core/transport.ts";

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * `source` decoded; an unknown encoding fails at the first `next`. Several encodings are undone from the last to the
 * first.
 */
export function decompress(source: Source<Uint8Array>, encoding: string): Source<Uint8Array> {
  let decoded = source;
  for (const name of encoding.toLowerCase().split(",").reverse()) {
    const make = decoders[name.trim()];
    if (make === undefined) {
      decoded.cancel();
      const failure = broken(`the answer has an unsupported content-encoding ("${encoding}")`, "unknown-encoding");
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
