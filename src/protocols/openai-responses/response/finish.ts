// How an answer ended, both directions: a status, and if it is `incomplete`, the reason. A failed answer is not an
// ending but an error; other code reads it.
import type { FinishReason } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { membersOf, stringOr } from "../../shared/read.ts";

export interface Ending {
  readonly reason: FinishReason;
  /** The raw reason or status. */
  readonly raw: string;
}

/** `called`: whether the answer contains a call, after which the client must act. Null if the answer continues. */
export function readFinish(response: JsonObject, called: boolean): Ending | null {
  const status = stringOr(response["status"], "completed");
  if (status === "completed") return { reason: called ? "tool_calls" : "stop", raw: status };
  if (status !== "incomplete") return null;
  const raw = stringOr(membersOf(response["incomplete_details"])["reason"], status);
  if (raw === "max_output_tokens" || raw === "max_tokens") return { reason: "length", raw };
  return { reason: raw === "content_filter" ? "content_filter" : "other", raw };
}

/** `status` and `incomplete_details`. */
export function writeFinish(reason: FinishReason | null): JsonObject {
  if (reason === "length") return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
  if (reason === "content_filter") return { status: "incomplete", incomplete_details: { reason: "content_filter" } };
  return { status: reason === null ? "incomplete" : "completed", incomplete_details: null };
}
