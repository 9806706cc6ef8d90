// How an answer ended, both directions: a status, and if it is `incomplete`, the reason. A failed answer is not an
// ending but an error; other code reads it. A word that nobody knows must never count as an end (F17).
import type { FinishReason } from "../../../core/chat.ts";
import type { Endings } from "../../../core/endings.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import { endingFailure, endingsOf, endingWord, reasonOf } from "../../shared/endings.ts";
import { membersOf, stringOr } from "../../shared/read.ts";

/** Source: https://platform.openai.com/docs/api-reference/responses/object */
const own = {
  stop: ["completed"],
  length: ["max_output_tokens", "incomplete"],
  content_filter: ["content_filter"],
  cut: ["cancelled", "failed"],
} as const;

/** The protocol has no stop sequences. */
export const endings: Endings = endingsOf({
  protocol: "openai-responses",
  member: "incomplete_details.reason",
  emptyStop: "never",
  own,
});

/** The statuses of an answer that goes on, perhaps in the background. */
const running: ReadonlySet<string> = new Set(["queued", "in_progress"]);

export interface Ending {
  readonly reason: FinishReason;
  /** The raw reason or status. */
  readonly raw: string;
}

/** The status, or if the answer is incomplete and the vendor says why, that word. Null if it continues. */
function wordOf(response: JsonObject): string | null {
  const status = (endingWord(response["status"]) ?? "completed").toLowerCase();
  if (running.has(status)) return null;
  return status === "incomplete" ? stringOr(membersOf(response["incomplete_details"])["reason"], status) : status;
}

/** The failure of an answer whose status or reason says that it broke, or is not known; null for a good ending. */
export function brokenEnding(response: JsonObject): WireFailure | null {
  const word = wordOf(response);
  return word === null ? null : endingFailure(endings, word);
}

/** `hasCalls`: whether the answer contains a call, after which the client must act. Null if the answer continues. */
export function readFinish(response: JsonObject, hasCalls: boolean): Ending | null {
  const raw = wordOf(response);
  const reason = raw === null ? null : reasonOf(endings, raw);
  if (raw === null || reason === null) return null;
  return { reason: reason === "stop" && hasCalls ? "tool_calls" : reason, raw };
}

/** `status` and `incomplete_details`. */
export function writeFinish(reason: FinishReason | null): JsonObject {
  if (reason === "length") return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
  if (reason === "content_filter") return { status: "incomplete", incomplete_details: { reason: "content_filter" } };
  return { status: reason === null ? "incomplete" : "completed", incomplete_details: null };
}
