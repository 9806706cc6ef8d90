// A failure, whole or in mid-stream. Whole, both OpenAI protocols write the same error; in mid-stream OpenAI sends an
// event named `error`, then `response.failed`. The SDKs raise on the first and read no further; programs that read events
// themselves know only the second (Codex). It is one ending, in one write.
import type { GatewayCode, GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { PassedOn } from "../../../core/protocol.ts";
import { errorBody } from "../../shared/error-encode.ts";
import { membersOf } from "../../shared/read.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";

export { encodeFailure } from "../../shared/error-encode.ts";

/**
 * OpenAI begins the stream before it counts the tokens (maximhq/bifrost#4413), and Codex reads this code nowhere but in
 * `response.failed`: under a 400 it ends the session instead of compacting the conversation (openai/codex,
 * `api_bridge.rs`).
 */
export const streamedFailures: ReadonlySet<GatewayCode> = new Set<GatewayCode>(["context_too_long"]);

/**
 * The `error` event in both of OpenAI's shapes: the documented flat one, and the nested one that its service sends.
 * `response`: the known members of the response.
 */
export function errorFrames(failure: GatewayFailure, sequence: number, response: JsonObject): string {
  const body = errorBody(failure);
  const { message, code, param } = membersOf(body["error"]);
  const error = sseTextFrame("error", { type: "error", sequence_number: sequence, code, message, param, ...body });
  const failed = { object: "response", output: [], ...response, status: "failed", error: { code, message } };
  return (
    error +
    sseTextFrame("response.failed", { type: "response.failed", sequence_number: sequence + 1, response: failed })
  );
}

/** For a stream of the vendor's own bytes: its numbers continue, and the response has its id. */
export function encodeFailFrame(
  failure: GatewayFailure,
  { start, last }: PassedOn = { start: null, last: "" },
): string {
  const before = Array.from(last.matchAll(/"sequence_number":\s*(\d{1,12})/gu)).at(-1);
  const sequence = before === undefined ? 0 : Number(before[1]) + 1;
  if (start === null) return errorFrames(failure, sequence, {});
  const { id, model, created } = start;
  return errorFrames(failure, sequence, { id, created_at: created, model });
}
