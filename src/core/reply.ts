// The reply to a client: whole, or in pieces that are pulled at its pace. Types only.
import type { ReplySession } from "./session.ts";
import type { Source } from "./transport.ts";

/** A reply in pieces. */
export interface ReplyStream extends Source<Uint8Array | string> {
  /** Calls `listener` once, when nothing more comes: after the last piece, or when the stream is cancelled. */
  onOver(listener: () => void): void;
  /** It has ended, or will end, in an error. Absent: it has not. */
  readonly isBroken?: boolean;
}

/** Limits the silence that a client meets (F18). The writer of a streamed reply tells it when the client waits. */
export interface SilenceLimit {
  /** Who gets the sign of life when the client has waited too long; the latest one counts. */
  attach(send: (sign: string) => void): void;
  /** From now on the client waits. */
  waits(): void;
  /** The client has got something. */
  recordSign(): void;
  /** Nothing more comes. */
  end(): void;
}

/** The reply to the caller. */
export interface Reply {
  /** Of a stream. Absent: no limit. */
  readonly silence?: SilenceLimit;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string | Source<Uint8Array | string> | null;
  /** The client's connection becomes a WebSocket. Absent: it does not. */
  readonly session?: ReplySession | undefined;
}

/** A reply whose stream reports its end. */
export interface TracedReply extends Reply {
  readonly body: Uint8Array | string | ReplyStream | null;
}
