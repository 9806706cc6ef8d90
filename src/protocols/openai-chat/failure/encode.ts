// A failure, whole or in mid-stream. Whole, both OpenAI protocols write the same error; in mid-stream each has its own
// frame, which its SDKs raise.
import type { GatewayFailure } from "../../../core/failure.ts";
import { errorBody } from "../../shared/error-encode.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";

export { encodeFailure } from "../../shared/error-encode.ts";

/** Without a `[DONE]`: the SDKs of OpenAI and Portkey raise on the member `error`. */
export function encodeFailFrame(failure: GatewayFailure): string {
  return sseTextFrame("error", errorBody(failure));
}
