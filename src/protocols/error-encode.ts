// A failure as the clients of both protocols of one vendor expect it under a mapped status: they differ in their streams
// only. Holds no key, and nothing of other callers.
import type { GatewayFailure } from "../core/failure.ts";
import type { JsonObject, MutableJson } from "../core/json.ts";
import { attemptsJson } from "./attempts-json.ts";
import { maskKeys } from "./mask.ts";

const types: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [402, "insufficient_quota"],
  [403, "permission_error"],
  [429, "rate_limit_error"],
]);

/** What OpenAI's SDKs keep of a failure is the member `error`, so the attempts stand in it too. */
export function errorBody(failure: GatewayFailure): MutableJson {
  const type = types.get(failure.status) ?? (failure.status >= 500 ? "server_error" : "invalid_request_error");
  const error: JsonObject = { message: maskKeys(failure.message), type, param: failure.param, code: failure.code };
  const attempts = attemptsJson(failure.attempts);
  return { error: attempts.length === 0 ? error : { ...error, attempts }, attempts };
}

/** `{error: {message, type, param, code, attempts}, request_id, attempts}`. */
export function encodeFailure(failure: GatewayFailure, requestId: string): JsonObject {
  return { ...errorBody(failure), request_id: requestId };
}
