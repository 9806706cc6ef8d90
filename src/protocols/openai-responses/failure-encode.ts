// A failure in the middle of a stream, as OpenAI sends it: an event named `error`, then `response.failed`. The SDKs raise
// on the first and read no further; programs that read events themselves know only the second (Codex). It is one ending,
// in one write.
import type { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import { errorBody } from "../error-encode.ts";
import { membersOf } from "../read.ts";
import { eventFrame } from "../sse-text.ts";

/**
 * The `error` in both of the shapes that OpenAI gives: the documented flat one, and the nested one that its service sends.
 * `response`: the members that are known of the response.
 */
export function errorFrames(failure: GatewayFailure, sequence: number, response: JsonObject): string {
  const body = errorBody(failure);
  const { message, code, param } = membersOf(body["error"]);
  const error = eventFrame("error", { type: "error", sequence_number: sequence, code, message, param, ...body });
  const failed = { object: "response", output: [], ...response, status: "failed", error: { code, message } };
  return (
    error + eventFrame("response.failed", { type: "response.failed", sequence_number: sequence + 1, response: failed })
  );
}

/** For a stream that was passed on as it came: its numbers and its id are not known. */
export function failFrame(failure: GatewayFailure): string {
  return errorFrames(failure, 0, {});
}
