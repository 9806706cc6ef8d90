// Undoes a content encoding that a vendor applied although none was asked for. Off the usual path, so Node's streams do
// the work. A compressed body that breaks off is a failure, never a shorter answer.
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { TransportFailure, type Source } from "../core/transport.ts";

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** `source` decoded; an encoding that is not known fails at the first `next`. */
export function decompress(source: Source<Uint8Array>, encoding: string): Source<Uint8Array> {
  const make = decoders[encoding.trim().toLowerCase()];
  if (!make) {
    source.cancel();
    const failure = broken(`the answer has an unknown content-encoding ("${encoding}")`, "unknown-encoding");
    return { next: () => Promise.reject(failure), cancel: () => {} };
  }
  const decoder = make();
  const input = Readable.from(iterate(source));
  input.on("error", (error) => (decoder as NodeJS.ReadWriteStream & { destroy(error: Error): void }).destroy(error));
  input.pipe(decoder);
  const output = decoder[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        const step = await output.next();
        return step.done ? null : (step.value as Uint8Array);
      } catch (error) {
        source.cancel();
        throw error instanceof TransportFailure
          ? error
          : broken(`the compressed answer broke off: ${String(error)}`, "bad-encoding");
      }
    },
    cancel() {
      source.cancel();
      input.destroy();
    },
  };
}

async function* iterate(source: Source<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) yield chunk;
}

function broken(message: string, code: string): TransportFailure {
  return new TransportFailure({ phase: "body", code, message });
}
