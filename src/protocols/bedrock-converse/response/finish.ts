// Why an answer ended. A word that nobody knows must never count as an end (F17).
import type { FinishReason } from "../../../core/chat.ts";
import type { Endings } from "../../../core/endings.ts";
import { endingsOf, reasonOf } from "../../shared/endings.ts";
import { self } from "../features/own.ts";

/** Source: `StopReason` in docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const endings: Endings = endingsOf({
  protocol: self,
  member: "stopReason",
  // It says when a stop sequence ended the answer.
  emptyStop: "never",
  own: {
    stop: ["end_turn"],
    own_stop: ["stop_sequence"],
    length: ["max_tokens", "model_context_window_exceeded"],
    tool_calls: ["tool_use"],
    content_filter: ["guardrail_intervened", "content_filtered"],
    malformed: ["malformed_model_output", "malformed_tool_use"],
  },
});

export function isBlocked(raw: string): boolean {
  return reasonOf(endings, raw) === "content_filter";
}

/** Null: not a good ending. A turn with calls ends in `tool_calls`, whatever the model says. */
export function decodeFinish(raw: string, hasCalls: boolean): FinishReason | null {
  const reason = reasonOf(endings, raw);
  if (reason === "stop" && hasCalls) return "tool_calls";
  return reason === "tool_calls" && !hasCalls ? "stop" : reason;
}
