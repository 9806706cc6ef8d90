// Whether a failed request can be sent again, to the same target or another one. Only requests that pass as they are can be
// sent once: their body is gone, or the vendor may have done what they ask for, and would do it twice. Pure.
import type { WireFailure } from "../../core/failure.ts";
import type { AttemptInput } from "./attempt-input.ts";

export type Repetition =
  | "possible"
  /** Part of the body went out, and the gateway does not hold it. */
  | "body-gone"
  /** It was sent, it may create or change something, and no answer says that it did not. */
  | "maybe-done";

/** `isSent`: the request went out on an open connection. */
export function repetitionOf(
  { call, exchange }: Pick<AttemptInput, "call" | "exchange">,
  failure: WireFailure,
  isSent: boolean,
): Repetition {
  const { passed } = call;
  if (passed === undefined) return "possible";
  if (isSent && failure.status === null && !passed.place.isComputed && exchange.request.method !== "GET")
    return "maybe-done";
  return passed.rest?.isSpent === true ? "body-gone" : "possible";
}

/** The failure as the client reads it: its SDK must not repeat on its own what may be done already. */
export function withRepetition(failure: WireFailure, repetition: Repetition): WireFailure {
  if (repetition !== "maybe-done") return failure;
  const message = `${failure.message}; it was not sent again, because the vendor may have done it`;
  return { ...failure, message, shouldRetry: false };
}
