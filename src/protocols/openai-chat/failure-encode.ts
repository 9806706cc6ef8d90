// A failure as OpenAI's clients expect it: a body under a mapped status, or one frame in a stream that their SDKs raise.
import type { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject, MutableJson } from "../../core/json.ts";
import { attemptsJson } from "../attempts-json.ts";
import { maskKeys } from "../mask.ts";
import { eventFrame } from "../sse-text.ts";

const types: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [402, "insufficient_quota"],
  [403, "permission_error"],
  [429, "rate_limit_error"],
]);

function errorJson(failure: GatewayFailure): JsonObject {
  const type = types.get(failure.status) ?? (failure.status >= 500 ? "server_error" : "invalid_request_error");
  return { message: maskKeys(failure.message), type, param: failure.param, code: failure.code };
}

/** `{error: {message, type, param, code}, request_id, attempts?}`. */
export function encodeFailure(failure: GatewayFailure, requestId: string): JsonObject {
  const body: MutableJson = { error: errorJson(failure), request_id: requestId };
  if (failure.attempts.length > 0) body["attempts"] = attemptsJson(failure.attempts);
  return body;
}

/** No `[DONE]` follows: the SDKs of OpenAI and Portkey raise on the member `error`. */
export function failFrame(failure: GatewayFailure): string {
  const body: MutableJson = { error: errorJson(failure) };
  if (failure.attempts.length > 0) body["attempts"] = attemptsJson(failure.attempts);
  return eventFrame("error", body);
}
