// A failure in the middle of a stream. The SDKs of this protocol raise on an event named `error`, not on
// `response.failed`, which they hand out like any other: one frame, so that there is one ending.
import type { GatewayFailure } from "../../core/failure.ts";
import { errorBody } from "../error-encode.ts";
import { membersOf } from "../read.ts";
import { eventFrame } from "../sse-text.ts";

/** In both of the shapes that OpenAI gives: the documented flat one, and the nested one that its service sends. */
export function errorFrame(failure: GatewayFailure, sequence: number): string {
  const body = errorBody(failure);
  const { message, code, param } = membersOf(body["error"]);
  return eventFrame("error", { type: "error", sequence_number: sequence, code, message, param, ...body });
}

/** For a stream that was passed on as it came: its numbers are not known. */
export function failFrame(failure: GatewayFailure): string {
  return errorFrame(failure, 0);
}
