// The gateway's failures in Cohere's format: a message at the top, beside which its SDKs keep the whole body.
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import { errorBody } from "../../shared/error-encode.ts";
import { membersOf, stringOr } from "../../shared/read.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";

export function encodeFailure(failure: GatewayFailure, requestId: string): JsonObject {
  const body = errorBody(failure);
  return { id: requestId, message: stringOr(membersOf(body["error"])["message"], failure.message), ...body };
}

/** Its answers never stream. */
export function encodeFailFrame(failure: GatewayFailure): string {
  return sseTextFrame("error", errorBody(failure));
}
