// The exchange of a request that has just come: what every stop adds to.
import type { ClientRequest, Exchange } from "./core/exchange.ts";
import type { Cancellation } from "./core/transport.ts";
import type { Parts } from "./parts.ts";

export function openExchange(request: ClientRequest, cancellation: Cancellation, parts: Parts): Exchange {
  return {
    id: parts.ids.next("req_"),
    receivedAt: parts.clock.now(),
    receivedWall: parts.clock.wall(),
    request,
    cancellation,
    caller: null,
    call: null,
    route: null,
    deadline: Infinity,
    attempts: [],
    skipped: [],
    metadata: {},
  };
}
