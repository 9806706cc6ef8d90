// What the listener is given by those above it: who answers, how much, how long, and how a refusal is put into words.
import type { Clock } from "../core/clock.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { Cancellation } from "../core/transport.ts";

/** What is known of a request before its body was read. */
export type RequestHead = Pick<ClientRequest, "method" | "path" | "headers">;

export interface ListenOptions {
  /** Answers a request. What it throws is rendered by `refuse`: a GatewayFailure as it is, anything else as a 500. The reply's headers are written to. */
  readonly handle: (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;
  /** Bytes that a request's body may have. */
  readonly maxBody: () => number;
  readonly clock: Clock;
  /** How long `drain` waits for what is under way, in milliseconds. */
  readonly grace: () => number;
  /** Renders the gateway's own refusals in the protocol of the path. Must give a whole body. */
  readonly refuse: (failure: GatewayFailure, request: RequestHead) => Reply;
  /** Told of what went wrong inside: a handler that threw, a stream that broke after its head was sent. */
  readonly onError?: (error: unknown) => void;
}
