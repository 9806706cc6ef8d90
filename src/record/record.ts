// The outermost layer: sees every ending exactly once, whole answers at once, streams when their last piece is gone or
// their caller is. It changes nothing and must never fail a request.
import type { Exchange, Reply, TracedReply } from "../core/exchange.ts";
import type { Layer } from "../core/service.ts";
import type { Ledger } from "./ledger.ts";

/** `onFault` is told what the ledger threw; the request goes on. */
export function record(ledger: Ledger, onFault: (cause: unknown) => void): Layer<TracedReply, Reply> {
  const write = (exchange: Exchange): void => {
    try {
      ledger.write(exchange);
    } catch (cause) {
      onFault(cause);
    }
  };
  return (next) => async (exchange) => {
    let reply: TracedReply;
    try {
      reply = await next(exchange);
    } catch (error) {
      write(exchange);
      throw error;
    }
    const { body } = reply;
    if (body === null || typeof body === "string" || body instanceof Uint8Array) {
      write(exchange);
      return reply;
    }
    body.onOver(() => write(exchange));
    return reply;
  };
}
