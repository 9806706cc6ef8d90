// The listener's own refusals: the failures that are not a request's fault, and their rendering in the protocol of a path.
import type { IncomingMessage } from "node:http";
import type { Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { ListenOptions } from "./options.ts";
import { splitTarget } from "./read-head.ts";

type RefusedHead = Pick<IncomingMessage, "method" | "url" | "headers">;

/** A GatewayFailure, or anything else as a 500 whose cause the operator gets. Never throws. */
export function renderRefusal(
  error: unknown,
  { method = "GET", url = "/", headers }: RefusedHead,
  options: Pick<ListenOptions, "refuse" | "onError">,
): Reply {
  if (!(error instanceof GatewayFailure)) options.onError?.(error);
  const failure =
    error instanceof GatewayFailure
      ? error
      : new GatewayFailure("internal error in the gateway; its log has the cause", {
          code: "internal_error",
          status: 500,
          shouldRetry: true,
          cause: error,
        });
  const head = { method, path: splitTarget(url).path, headers: headers as Readonly<Record<string, string>> };
  try {
    return options.refuse(failure, head);
  } catch (broken) {
    options.onError?.(broken);
    return { status: failure.status, headers: { "content-type": "text/plain" }, body: failure.message };
  }
}

const words = {
  draining: "the gateway is shutting down; send the request again",
  "no-memory": "the gateway has no memory left for a request body of this size; try again later",
  "too-many": "the gateway holds as many request bodies as server.max_bodies allows; try again later",
  "too-many-requests": "the gateway has no file descriptors left for another request; try again later",
  "too-many-sessions": "the gateway has as many sessions open as server.sessions.max allows; try again later",
};

/** Nothing is wrong with the request: it can be sent again. */
export function unavailable(reason: keyof typeof words): GatewayFailure {
  const code = reason === "draining" ? "draining" : "overloaded";
  return new GatewayFailure(words[reason], { code, status: 503, retryAfterMs: 1_000, shouldRetry: true });
}
