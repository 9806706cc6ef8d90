// A failure in mid-stream: one frame that the SDKs of this protocol raise.
import type { GatewayFailure } from "../../../core/failure.ts";
import { errorBody } from "../../shared/error-encode.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";

/** Without a `[DONE]`: the SDKs of OpenAI and Portkey raise on the member `error`. */
export function encodeFailFrame(failure: GatewayFailure): string {
  return sseTextFrame("error", errorBody(failure));
}
