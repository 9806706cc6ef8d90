// The listener's options: the request handler, limits, and the renderer of its own errors.
import type { Clock } from "../core/clock.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { Cancellation } from "../core/transport.ts";

/** What is known of a request before its body was read. */
export type RequestHead = Pick<ClientRequest, "method" | "path" | "headers">;

export interface ListenOptions {
  /** Answers a request. `refuse` renders an error it throws: a GatewayFailure as it is, anything else as a 500. The listener adds to the reply's headers. */
  readonly handle: (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;
  /** The largest request body, in bytes. */
  readonly maxBody: () => number;
  readonly clock: Clock;
  /** How long `drain` waits for requests in flight, in milliseconds. */
  readonly grace: () => number;
  /** Renders the gateway's own refusals in the protocol of the path. Must give a whole body. */
  readonly refuse: (failure: GatewayFailure, request: RequestHead) => Reply;
  /** Receives internal errors: a handler that threw, a stream that broke after its head was sent. */
  readonly onError?: (error: unknown) => void;
}
