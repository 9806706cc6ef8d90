// One request in flight: the HTTP client's callbacks on one side, a source of bytes on the other. Bytes that nobody
// pulls stay in the socket. It must never end a broken answer cleanly, nor return anything after a cancellation.
import type { Dispatcher } from "undici";
import {
  TransportFailure,
  type InboundResponse,
  type OutboundRequest,
  type Source,
  type WireBreak,
} from "../core/transport.ts";
import { decompress } from "./decompress.ts";
import type { Connection } from "./pool.ts";
import { describeWireBreak } from "./wire-break.ts";

/** The most unread bytes of one answer before its socket is paused. */
export const HIGH_WATER: number = 64 * 1024;
/** Pieces, which are objects: a vendor may send each byte as one. */
const MOST_PIECES = 1_024;

type Headers = Record<string, string | string[] | undefined>;

/** Sends the request once more, on a new connection. */
export type SendAgain = (request: OutboundRequest) => Promise<InboundResponse>;

export interface ReadingOptions {
  readonly again: SendAgain | null;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

/**
 * A connection that the other side closed while it was idle is noticed within a round trip, lost packets included. A
 * later close ends a silence: the request was read, and must not be sent twice.
 */
const STALE_WITHIN = 3_000;

export class Reading implements Source<Uint8Array>, Dispatcher.DispatchHandler {
  readonly #request: OutboundRequest;
  readonly #connection: Connection;
  readonly #again: SendAgain | null;
  readonly #now: () => number;
  #sentAt = 0;
  #stopListening: (() => void) | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #phase: WireBreak["phase"] = "connect";
  #answering = false;
  #informational: number | null = null;
  #endsWithSocket = false;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #hasEnded = false;
  #failure: TransportFailure | null = null;
  /** Of `send` until the headers come, then of the waiting `next`. */
  #resolve: ((value: never) => void) | null = null;
  #reject: ((failure: TransportFailure) => void) | null = null;

  /** `again`: for a request whose reused connection closed unanswered. */
  constructor(request: OutboundRequest, connection: Connection, { again, now }: ReadingOptions) {
    this.#request = request;
    this.#connection = connection;
    this.#again = again;
    this.#now = now;
  }

  send(): Promise<InboundResponse> {
    return new Promise<InboundResponse>((resolve, reject) => {
      this.#resolve = resolve as (value: never) => void;
      this.#reject = reject;
      this.#stopListening = this.#request.cancellation.onCancel(() => this.cancel());
      this.#connection.client.dispatch(dispatchOptions(this.#request), this);
    });
  }

  next(): Promise<Uint8Array | null> {
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.#queued -= chunk.byteLength;
      if (!this.#isFull && !this.#hasEnded && this.#controller?.paused) this.#controller.resume();
      return Promise.resolve(chunk);
    }
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#hasEnded) return Promise.resolve(null);
    return new Promise<Uint8Array | null>((resolve, reject) => {
      this.#resolve = resolve as (value: never) => void;
      this.#reject = reject;
    });
  }

  cancel(): void {
    // Bytes that have come are not returned either, also after the end.
    this.#queue = [];
    this.#queued = 0;
    if (this.#hasEnded || this.#failure !== null) return;
    this.#fail(new TransportFailure({ phase: this.#phase, code: "cancelled", message: "the request was cancelled" }));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#phase = "sent";
    this.#sentAt = this.#now();
    this.#request.onSent();
  }

  onResponseStarted(): void {
    this.#answering = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) {
      this.#informational = status;
      return;
    }
    this.#phase = "body";
    const flat = flatten(headers);
    this.#endsWithSocket = flat["content-length"] === undefined && flat["transfer-encoding"] === undefined;
    const [resolve, reject] = [this.#resolve, this.#reject];
    // First: an encoding that is not supported cancels the body, which must not look like a caller that left.
    this.#settle();
    try {
      resolve?.({ status, headers: flat, body: this.#plain(status, flat) } as never);
    } catch (error) {
      // The HTTP client would swallow it, and the request would wait for its timeout.
      this.#fail(error);
      if (this.#failure !== null) reject?.(this.#failure);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const resolve = this.#settle();
    if (resolve !== null) {
      resolve(chunk as never);
      return;
    }
    this.#queue.push(chunk);
    this.#queued += chunk.byteLength;
    if (this.#isFull) controller.pause();
  }

  get #isFull(): boolean {
    return this.#queued >= HIGH_WATER || this.#queue.length >= MOST_PIECES;
  }

  onResponseEnd(): void {
    const socketError = this.#endsWithSocket ? this.#connection.socketError : null;
    if (socketError !== null) {
      // An answer without a length ends with its connection; a reset is not that end.
      this.#fail(socketError);
      return;
    }
    this.#hasEnded = true;
    this.#stopListening?.();
    this.#connection.release();
    this.#settle()?.(null as never);
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(error);
  }

  /** The body without its encoding, whose headers are removed too. */
  #plain(status: number, headers: Record<string, string>): Source<Uint8Array> {
    const encoding = headers["content-encoding"];
    if (encoding === undefined || status === 204 || status === 304) return this;
    delete headers["content-encoding"];
    if (encoding.toLowerCase() === "identity") return this;
    delete headers["content-length"];
    return decompress(this, encoding);
  }

  /** The waiting promise's function, which is cleared. */
  #settle(): ((value: never) => void) | null {
    const resolve = this.#resolve;
    this.#resolve = null;
    this.#reject = null;
    return resolve;
  }

  #fail(error: unknown): void {
    if (this.#failure !== null || this.#hasEnded) return;
    const failure = describeWireBreak(error, {
      phase: this.#phase,
      stale: this.#isUnansweredReuse(),
      informational: this.#phase === "sent" ? this.#informational : null,
    });
    this.#failure = failure;
    this.#stopListening?.();
    const [resolve, reject] = [this.#resolve, this.#reject];
    this.#resolve = null;
    this.#reject = null;
    this.#connection.discard();
    if (failure.wire.code === "stale-connection" && this.#again !== null) resolve?.(this.#resend(this.#again) as never);
    else reject?.(failure);
  }

  #isUnansweredReuse(): boolean {
    if (this.#phase !== "sent" || this.#answering || !this.#connection.reused) return false;
    return this.#now() - this.#sentAt < STALE_WITHIN;
  }

  #resend(again: SendAgain): Promise<InboundResponse> {
    this.#request.onResent?.();
    return again({ ...this.#request, onSent: () => {} });
  }
}

/**
 * A body in pieces is an iterable for undici, which needs its length. It pulls the next piece when the socket has taken
 * the one before.
 */
function dispatchOptions({ path, method, headers, body, rest }: OutboundRequest): Dispatcher.DispatchOptions {
  if (rest !== undefined) return { path, method, headers, body: piecesOf(body, rest) as never };
  if (body === null || typeof body === "string" || body instanceof Uint8Array) return { path, method, headers, body };
  let length = 0;
  for (const piece of body) length += piece.byteLength;
  // Its types know no iterable but a stream.
  return { path, method, headers: { ...headers, "content-length": String(length) }, body: body as never };
}

async function* piecesOf(
  start: OutboundRequest["body"],
  rest: Source<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  if (typeof start === "string") yield Buffer.from(start);
  else if (start instanceof Uint8Array) yield start;
  else if (start !== null) yield* start;
  for (let piece = await rest.next(); piece !== null; piece = await rest.next()) yield piece;
}

/** In place: repeated headers are rare. */
function flatten(headers: Headers): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) delete headers[name];
    else if (typeof value !== "string") headers[name] = value.join(", ");
  }
  return headers as Record<string, string>;
}
