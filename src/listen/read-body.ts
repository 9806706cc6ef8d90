// Reads a request body into one buffer, with one allocation if its length is announced. It never holds more than the
// limit: it does not read a body announced as too large, and drops one that turns out too large.
import type { IncomingMessage } from "node:http";
import { ByteCollector } from "../domain/byte-collector.ts";
import type { BodyShare } from "./body-budget.ts";

/** The body, or why there is none. If the client leaves early, nothing is reported: the end of its socket is enough. */
export type BodyOutcome = Uint8Array | "too-large" | "no-memory" | "too-many";

const NOTHING = new Uint8Array(0);

/** The most bytes of this body, and its share of those of all bodies. */
export interface BodyLimits {
  readonly limit: number;
  readonly share: Pick<BodyShare, "take">;
}

type Done = (outcome: BodyOutcome) => void;

/** Calls `done` exactly once, unless the client leaves first; at once if there is nothing to read. */
export function readBody(request: IncomingMessage, limits: BodyLimits, done: Done): void {
  const announced = request.headers["content-length"];
  if (announced === undefined) {
    if (request.headers["transfer-encoding"] === undefined) done(NOTHING);
    else readUnknown(request, limits, done);
    return;
  }
  const length = Number(announced);
  if (length === 0) done(NOTHING);
  else if (length > limits.limit) done("too-large");
  else readKnown(request, { length, share: limits.share }, done);
}

/** node:http delivers exactly the announced number of bytes, or aborts the request. */
function readKnown(
  request: IncomingMessage,
  { length, share }: { readonly length: number } & Pick<BodyLimits, "share">,
  done: Done,
): void {
  let body: Uint8Array | null = null;
  let filled = 0;
  request.on("data", (chunk: Buffer) => {
    if (filled === length) return;
    if (!share.take(chunk.byteLength)) {
      body = null;
      filled = length;
      done("too-many");
      return;
    }
    if (chunk.byteLength === length) {
      body = chunk;
      filled = length;
      return;
    }
    // Only now, so that an announcement alone takes no memory.
    body ??= allocate(length);
    if (body === null) {
      filled = length;
      done("no-memory");
      return;
    }
    body.set(chunk, filled);
    filled += chunk.byteLength;
  });
  request.on("end", () => {
    if (body !== null) done(body);
  });
}

function readUnknown(request: IncomingMessage, { limit, share }: BodyLimits, done: Done): void {
  let collector: ByteCollector | null = new ByteCollector();
  request.on("data", (chunk: Buffer) => {
    if (collector === null) return;
    const isTooLarge = collector.size + chunk.byteLength > limit;
    if (isTooLarge || !share.take(chunk.byteLength)) {
      collector = null;
      done(isTooLarge ? "too-large" : "too-many");
      return;
    }
    collector.add(chunk);
  });
  request.on("end", () => {
    if (collector !== null) done(collector.bytes());
  });
}

function allocate(length: number): Uint8Array | null {
  try {
    return Buffer.allocUnsafeSlow(length);
  } catch {
    return null;
  }
}
