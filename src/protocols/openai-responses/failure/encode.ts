// A failure in the middle of a stream, as OpenAI sends it: an event named `error`, then `response.failed`. The SDKs raise
// on the first and read no further; programs that read events themselves know only the second (Codex). It is one ending,
// in one write.
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { PassedOn } from "../../../core/protocol.ts";
import { errorBody } from "../../shared/error-encode.ts";
import { membersOf } from "../../shared/read.ts";
import { eventFrame } from "../../shared/sse-text.ts";

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

/** For a stream that was passed on as it came: its numbers go on, and the response has its id. */
export function failFrame(failure: GatewayFailure, { start, last }: PassedOn = { start: null, last: "" }): string {
  const before = Array.from(last.matchAll(/"sequence_number":\s*(\d{1,12})/gu)).at(-1);
  const sequence = before === undefined ? 0 : Number(before[1]) + 1;
  if (start === null) return errorFrames(failure, sequence, {});
  const { id, model, created } = start;
  return errorFrames(failure, sequence, { id, created_at: created, model });
}
