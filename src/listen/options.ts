// The listener's options: the request handler, limits, and the renderer of its own errors.
import type { Clock } from "../core/clock.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { SessionRules } from "../core/session.ts";
import type { Cancellation } from "../core/transport.ts";
import type { SpoolLimits } from "./spool-body.ts";
import type { PageRules } from "../domain/web-page.ts";

/** The facts about a request before its body is read. */
export type RequestHead = Pick<ClientRequest, "method" | "path" | "headers">;

/** How a WebSocket begins. */
export interface SessionStart {
  /** Its head, with the keys and accounts where other clients send them. */
  readonly request: Omit<ClientRequest, "body">;
  /** The client's first message names the model: the gateway answers 101 before it asks a target. */
  readonly readsFirst: boolean;
}

export interface SessionOptions {
  /** Null: there is no WebSocket at this path. */
  readonly start: (head: Omit<ClientRequest, "body">) => SessionStart | null;
  readonly limits: () => SessionRules;
}

export interface ListenOptions {
  /** Absent: every WebSocket is refused. */
  readonly sessions?: SessionOptions | undefined;
  /**
   * Answers a request. `refuse` renders an error that it throws: a GatewayFailure, or anything else as a 500. The
   * listener adds to the reply's headers.
   */
  readonly handle: (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;
  /** The largest request body, in bytes. */
  readonly maxBody: () => number;
  /**
   * How to read a body that is passed on: only its beginning is held. Null: it is read whole. Default: all are read whole.
   */
  readonly spool?: (request: Omit<ClientRequest, "body">) => SpoolLimits | null;
  /** The most bytes of bodies held at a time, of all requests together. Default: no limit. */
  readonly maxBodies?: () => number;
  /** The most requests at a time: the system has file descriptors for no more. Default: no limit. */
  readonly mostRequests?: number;
  /** The names that this gateway answers to and the origins whose pages may use it. Default: not checked. */
  readonly pages?: () => Omit<PageRules, "isLocal">;
  /** The answer to a request that is refused whatever its body says; null: read it. */
  readonly refuseUnread?: (request: Omit<ClientRequest, "body">) => Promise<Reply> | null;
  readonly clock: Clock;
  /** How long `drain` waits for requests in flight, in milliseconds. */
  readonly grace: () => number;
  /** The gateway stops soon: answers ask their clients to open another connection for the next request. Default: false. */
  readonly stopsSoon?: () => boolean;
  /** Renders the gateway's own refusals in the protocol of the path. Must return a whole body. */
  readonly refuse: (failure: GatewayFailure, request: RequestHead) => Reply;
  /** Receives internal errors: from a handler, or from a stream that broke after its headers were sent. */
  readonly onError?: (error: unknown) => void;
}
