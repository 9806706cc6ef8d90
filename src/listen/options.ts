// The listener's options: the request handler, limits, and the renderer of its own errors.
import type { Clock } from "../core/clock.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { Cancellation } from "../core/transport.ts";

/** The facts about a request before its body is read. */
export type RequestHead = Pick<ClientRequest, "method" | "path" | "headers">;

export interface ListenOptions {
  /**
   * Answers a request. `refuse` renders an error that it throws: a GatewayFailure, or anything else as a 500. The
   * listener adds to the reply's headers.
   */
  readonly handle: (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;
  /** The largest request body, in bytes. */
  readonly maxBody: () => number;
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
