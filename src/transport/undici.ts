// The only outbound I/O: one undici pool per origin, plain callbacks, bytes pulled by whoever reads the answer.
// It decides nothing (no retry, no redirect, no timeout of its own that a rule could want) and never logs a header.
import { Pool, type Dispatcher } from "undici";
import {
  TransportFailure,
  type InboundResponse,
  type OutboundRequest,
  type Source,
  type Transport,
  type WireBreak,
} from "../core/transport.ts";
import { decompress } from "./decompress.ts";
import { guardedLookup, refuseForbiddenHost } from "./guard.ts";

export interface TransportOptions {
  /** Hosts that a caller may name although they resolve to private addresses. */
  readonly trustedHosts: ReadonlySet<string>;
  /** Connections per origin; null: as many as are needed. */
  readonly connections?: number | null;
  /** Origins kept open at once; the least recently used one is closed beyond that. */
  readonly origins?: number;
}

/** Bytes that may wait unread in one answer before its socket is paused. */
const HIGH_WATER = 64 * 1024;
/** Only a backstop against sockets that hang in connecting; the `connect` timeout of a rule ends the attempt before. */
const CONNECT_BACKSTOP = 60_000;

export function createTransport(options: TransportOptions): Transport {
  const pools = new Map<string, Pool>();
  const most = options.origins ?? 512;

  function poolOf(origin: string, guarded: boolean): Pool {
    const name = guarded ? `guarded ${origin}` : origin;
    const known = pools.get(name);
    if (known) {
      if (pools.size > most / 2) {
        pools.delete(name);
        pools.set(name, known);
      }
      return known;
    }
    const pool = new Pool(origin, {
      connections: options.connections ?? null,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 4_000,
      connect: {
        timeout: CONNECT_BACKSTOP,
        ...(guarded ? { lookup: guardedLookup(options.trustedHosts) } : {}),
      },
    });
    pools.set(name, pool);
    const oldest = pools.size > most ? pools.entries().next().value : undefined;
    if (oldest) {
      pools.delete(oldest[0]);
      void oldest[1].close();
    }
    return pool;
  }

  return {
    send(request) {
      if (request.guarded) {
        const refusal = refuseForbiddenHost(request.origin, options.trustedHosts);
        if (refusal)
          return Promise.reject(
            new TransportFailure({ phase: "connect", code: "forbidden-address", message: refusal }),
          );
      }
      return new Promise<InboundResponse>((resolve, reject) => {
        new Reading(request, resolve, reject).start(poolOf(request.origin, request.guarded));
      });
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  };
}

/** One request under way: undici's handler on one side, a source of bytes on the other. */
class Reading implements Source<Uint8Array> {
  readonly #request: OutboundRequest;
  readonly #resolve: (response: InboundResponse) => void;
  readonly #reject: (failure: TransportFailure) => void;
  readonly #stopListening: () => void;
  #controller: Dispatcher.DispatchController | null = null;
  #phase: WireBreak["phase"] = "connect";
  #queue: Uint8Array[] = [];
  #queued = 0;
  #ended = false;
  #failure: TransportFailure | null = null;
  #cancelled = false;
  #waiting: { resolve: (chunk: Uint8Array | null) => void; reject: (failure: TransportFailure) => void } | null = null;

  constructor(
    request: OutboundRequest,
    resolve: (response: InboundResponse) => void,
    reject: (failure: TransportFailure) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#stopListening = request.cancellation.onCancel(() => this.cancel());
  }

  start(pool: Pool): void {
    if (this.#cancelled) return;
    const { path, method, headers, body } = this.#request;
    try {
      pool.dispatch({ path, method, headers, body }, this.#handler());
    } catch (error) {
      this.#fail(error);
    }
  }

  next(): Promise<Uint8Array | null> {
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.#queued -= chunk.byteLength;
      if (this.#queued < HIGH_WATER && this.#controller?.paused) this.#controller.resume();
      return Promise.resolve(chunk);
    }
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  cancel(): void {
    if (this.#cancelled || this.#ended || this.#failure) return;
    this.#cancelled = true;
    this.#fail(new TransportFailure({ phase: this.#phase, code: "cancelled", message: "the request was cancelled" }));
    this.#controller?.abort(new Error("cancelled"));
  }

  #handler(): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller) => {
        if (this.#cancelled) {
          controller.abort(new Error("cancelled"));
          return;
        }
        this.#controller = controller;
        this.#phase = "sent";
        this.#request.onSent();
      },
      onResponseStart: (controller, status, headers) => {
        if (status < 200) return;
        this.#controller = controller;
        this.#phase = "body";
        const flat = flatten(headers);
        const encoding = flat["content-encoding"];
        const body = encoding === undefined || encoding === "identity" ? this : decompress(this, encoding);
        this.#resolve({ status, headers: flat, body });
      },
      onResponseData: (controller, chunk) => {
        if (this.#waiting) {
          const { resolve } = this.#waiting;
          this.#waiting = null;
          resolve(chunk);
          return;
        }
        this.#queue.push(chunk);
        this.#queued += chunk.byteLength;
        if (this.#queued >= HIGH_WATER) controller.pause();
      },
      onResponseEnd: () => {
        this.#ended = true;
        this.#stopListening();
        this.#waiting?.resolve(null);
        this.#waiting = null;
      },
      onResponseError: (_controller, error) => this.#fail(error),
    };
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = error instanceof TransportFailure ? error : describe(error, this.#phase);
    this.#stopListening();
    if (this.#phase === "body") {
      this.#waiting?.reject(this.#failure);
      this.#waiting = null;
    } else {
      this.#reject(this.#failure);
    }
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}

/** Turns undici's and Node's errors into the words of the engine; the address stays out of clients' sight elsewhere. */
function describe(error: unknown, phase: WireBreak["phase"]): TransportFailure {
  const { code, message } = rootCause(error);
  return new TransportFailure({ phase, code, message }, error);
}

function rootCause(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "unknown", message: String(error) };
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  const own = "code" in error && typeof error.code === "string" ? error.code : null;
  if (own === null && first instanceof Error) return rootCause(first);
  return { code: own ?? error.name, message: error.message };
}
