// The wire as the engine sees it: a request is bytes, an answer is a status, headers and bytes to pull. Pulling is the
// back-pressure: what is not pulled is not read from the socket.

/** Something to pull from. After null, after a rejection and after `cancel` nothing more comes. One `next` at a time. */
export interface Source<T> {
  next(): Promise<T | null>;
  /** Gives up: closes what is behind it at once. A `next` that waits settles too, in whatever way. */
  cancel(): void;
}

/** Told to a request that its caller has left or its time is up. Cheaper than an AbortSignal, and enough. */
export interface Cancellation {
  readonly cancelled: boolean;
  /** Calls `listener` once when it happens (at once if it has). Returns how to stop listening. */
  onCancel(listener: () => void): () => void;
}

export interface OutboundRequest {
  /** e.g. `https://api.example.com`. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: "POST" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  /** Several pieces are sent one after the other, so that a large body is not copied for a small change in it. */
  readonly body: Uint8Array | string | readonly Uint8Array[] | null;
  /** Address given by a caller: resolved, checked and pinned, private ones refused. */
  readonly guarded: boolean;
  readonly cancellation: Cancellation;
  /** Called once when the request is on its way over a standing connection. */
  onSent(): void;
}

export interface InboundResponse {
  readonly status: number;
  /** Lower-cased names; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Source<Uint8Array>;
}

/** Why the wire failed. `phase` tells how far the request had come. */
export interface WireBreak {
  readonly phase: "connect" | "sent" | "body";
  /** e.g. `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`, `ERR_TLS…`, `cancelled`, `forbidden-address`. */
  readonly code: string;
  readonly message: string;
}

/** Thrown by `Transport.send` and by `body.next`. */
export class TransportFailure extends Error {
  readonly wire: WireBreak;
  constructor(wire: WireBreak, cause?: unknown) {
    super(wire.message, cause === undefined ? undefined : { cause });
    this.name = "TransportFailure";
    this.wire = wire;
  }
}

/** The only outbound I/O. */
export interface Transport {
  /** Resolves at the response's head. Rejects with TransportFailure. Never follows a redirect. */
  send(request: OutboundRequest): Promise<InboundResponse>;
  close(): Promise<void>;
}
