// A session: an open WebSocket between a client and a target, whose messages pass both ways as they are. Pulling a message
// is the back-pressure: nothing is read from a socket that nobody pulls from. Each protocol says which paths are sessions,
// and reads the few messages that matter to the gateway; no stop knows one of them.
import type { Usage } from "./chat.ts";
import type { GatewayFailure, WireFailure } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import type { SessionClose, SessionMessage, SocketLimits, Source } from "./transport.ts";

/** A session as its client gets it: its end follows the last message. */
export interface ReplySession extends Source<SessionMessage> {
  /** How the client's end closes; it is known when `next` has returned null. */
  readonly close: SessionClose;
  /** A message of the client's. A promise only while the target reads more slowly than messages come. */
  send(message: SessionMessage): Promise<void> | null;
  /** The client closes it. The target's last messages still come. */
  leave(close: SessionClose): void;
  /** The gateway ends it: the client gets the error as a last message, and the end. */
  end(failure: GatewayFailure, close: SessionClose): void;
  /** Calls `listener` once, when nothing more comes. */
  onOver(listener: () => void): void;
  /** It has ended in an error. */
  readonly isBroken: boolean;
}

/** The target's end of a session; its messages are pieces. */
export interface SessionEnd {
  /** A promise only while the target reads more slowly than messages come. */
  send(message: SessionMessage): Promise<void> | null;
  /** The client closes the session: its last messages still come, for a short time. */
  close(close: SessionClose): void;
  /** How the target closed it; null: it has not. */
  readonly closed: SessionClose | null;
}

/** The meaning of the vendor's messages until a session is open. `wait`: the next one decides. */
export type Opening = "open" | "wait" | WireFailure;

/** A path's kind of session. Pure; nothing here throws. */
export interface SessionForm {
  /**
   * `first-message`: the client names the model in its first message, which needs an open WebSocket: refusals come as a
   * message and a close code. `query`: a refusal is an HTTP answer, because the client waits for the session.
   */
  readonly modelIn: "query" | "first-message";
  /** The model in a client's first message; empty: none. */
  modelOf(first: JsonObject): string;
  /** A client's message with the target's model, wherever it names one; null: it names none. */
  withModel(message: JsonObject, model: string): JsonObject | null;
  /** What a vendor's message means before the session is open. */
  opening(message: JsonObject): Opening;
  /** Only a vendor's messages with these bytes can have usage. */
  readonly usageMark: string;
  /** The tokens that this message counts, of one answer; null: none. */
  usage(message: JsonObject): Usage | null;
  /** A failure as a message in the vendor's form; null: it has none. */
  error(failure: GatewayFailure, requestId: string): JsonObject | null;
  /** What the vendor's close means for the target; null: a normal end. Never called with 1000, 1001 or 1005. */
  closed(close: SessionClose): WireFailure | null;
  /**
   * The headers of a client that cannot set any (a web page) and sends them as subprotocols, or in the query; the rest of
   * its subprotocols stay. The same object if there are none.
   */
  readHead(head: SessionHead): SessionHead;
}

export interface SessionHead {
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The limits of sessions, which are WebSockets. Milliseconds, and bytes. */
export interface SessionRules extends SocketLimits {
  /** The most at a time, handshakes included. */
  readonly max: number;
  /** Null: no limit. */
  readonly maxTime: number | null;
  /** The longest time without a message either way; null: no limit. */
  readonly idle: number | null;
}
