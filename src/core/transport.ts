// The network as the engine sees it: a request is bytes, an answer is a status, headers and bytes to pull. Pulling is
// the back-pressure: the gateway reads from the socket only when somebody pulls.

/** A stream to pull from. After null, a rejection or `cancel`, nothing more comes. Call one `next` at a time. */
export interface Source<T> {
  next(): Promise<T | null>;
  /** Stops, and closes the source behind it at once. A waiting `next` settles too, in some way. */
  cancel(): void;
}

/** Tells a request that its caller has left or its time is up. Cheaper than an AbortSignal. */
export interface Cancellation {
  readonly cancelled: boolean;
  /** Calls `listener` once, when cancelled (at once if it already is). Returns a function that removes it. */
  onCancel(listener: () => void): () => void;
}

export const methods = ["POST", "GET", "DELETE", "PUT", "PATCH"] as const;
export type Method = (typeof methods)[number];

export interface OutboundRequest {
  /** e.g. `https://api.example.com`. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  /** Several pieces are sent one after the other: a small change does not copy a large body. */
  readonly body: Uint8Array | string | readonly Uint8Array[] | null;
  /** What follows `body`: it is pulled as fast as the other side reads, and can be sent once. Absent: nothing. */
  readonly rest?: Source<Uint8Array> | undefined;
  /** It is never sent twice: it goes out on a new connection, which was not closed while idle. Absent: false. */
  readonly once?: boolean | undefined;
  /** A caller gave the address: the transport resolves, checks and pins it, and refuses private addresses. */
  readonly guarded: boolean;
  /** It never goes through the proxy: it is for a service of the machine itself. Absent: false. */
  readonly direct?: true | undefined;
  readonly cancellation: Cancellation;
  /** Called once, when the request goes out on an open connection. */
  onSent(): void;
  /** Called when the request goes out a second time, because its reused connection closed unanswered. */
  onResent?(): void;
}

export interface InboundResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Source<Uint8Array>;
}

/** Why the network failed. `phase`: how far the request had come. */
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

export interface SessionMessage {
  readonly data: Uint8Array;
  /** UTF-8. False: binary. */
  readonly isText: boolean;
}

/** How an end closes, or has closed: RFC 6455, section 7.4. The code 1006 says that its connection broke. */
export interface SessionClose {
  readonly code: number;
  readonly reason: string;
  /** This end closed it so, because the other side broke the protocol or a limit. Absent: the other side said so. */
  readonly isFault?: true;
}

/** One end of an open WebSocket. `next` never rejects; after its null `closed` is set. `cancel` breaks it off. */
export interface MessageSocket extends Source<SessionMessage> {
  readonly closed: SessionClose | null;
  /** A promise only while the other side reads more slowly than messages come. Never rejects. */
  send(message: SessionMessage): Promise<void> | null;
  /** Closes it after the messages that were sent. The other side's last messages still come. */
  close(close: SessionClose): void;
}

/** The limits of one end. Milliseconds, and bytes. */
export interface SocketLimits {
  /** The largest message. */
  readonly maxMessage: number;
  /** How often an end that is silent is pinged. One that answers nothing until the next time is given up. */
  readonly pingEvery: number;
}

/** A request that opens a WebSocket. */
export interface SocketRequest extends OutboundRequest {
  /** The subprotocols to offer. */
  readonly subprotocols: readonly string[];
  readonly limits: SocketLimits;
}

export interface SocketResponse extends InboundResponse {
  /** Set if the status is 101. */
  readonly socket: MessageSocket | null;
}

/**
 * Addresses of proxies, by the scheme of the request; null: none. They may contain a password. `except`: hosts without
 * one, as in `NO_PROXY`.
 */
export interface TransportProxy {
  readonly http: string | null;
  readonly https: string | null;
  readonly except: string;
}

/** The only outbound I/O. */
export interface Transport {
  /**
   * Resolves when the response's headers arrive. Rejects with TransportFailure. Never follows a redirect. A request whose
   * reused connection closes unanswered goes out once more, on a new connection.
   */
  send(request: OutboundRequest): Promise<InboundResponse>;
  /** The same for a WebSocket, on a connection of its own. Absent: it has none. */
  open?(request: SocketRequest): Promise<SocketResponse>;
  close(): Promise<void>;
}
