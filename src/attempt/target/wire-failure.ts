// Builds the failures that the gateway detects itself, without a vendor's error.
import type { WireFailure } from "../../core/failure.ts";
import type { Exchange } from "../../core/exchange.ts";
import type { FailureVerdict } from "../../core/verdict.ts";

export function wireFailure(verdict: FailureVerdict, message: string): WireFailure {
  return { verdict, status: null, message, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
}

/** Answers are objects with a `kind`; failures have a verdict. */
export function isFailure(value: object | null): value is WireFailure {
  return value !== null && "verdict" in value && !("kind" in value);
}

/** Nobody waits any more: the caller left, or another target won the hedge. */
export function cancelledIn({ cancellation }: Pick<Exchange, "cancellation">): WireFailure {
  return wireFailure("cancelled", cancellation.cancelled ? "the client disconnected" : "another target answered first");
}
