// Why an answer ended, both directions. A turn with calls ends in `tool_calls`, whatever the vendor says; a turn whose
// only call was the synthetic answer tool ends in `stop`. A word that nobody knows must never count as an end (F17).
import type { FinishReason } from "../../../core/chat.ts";
import type { Endings } from "../../../core/endings.ts";
import { endingsOf, reasonOf } from "../../shared/endings.ts";

/** Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const own = {
  stop: ["end_turn", "compaction"],
  own_stop: ["stop_sequence"],
  // After `pause_turn` there is more to come, and nobody asked for it.
  length: ["max_tokens", "model_context_window_exceeded", "pause_turn"],
  tool_calls: ["tool_use"],
  content_filter: ["refusal"],
} as const;

/** Claude ends its turn with nothing if it has nothing to add, after a tool's result for example: an answer. */
export const endings: Endings = endingsOf({
  protocol: "anthropic-messages",
  member: "stop_reason",
  emptyStop: "always",
  own,
});

/** Null: not a good ending. */
export function decodeFinish(raw: string, hasCalls: boolean): FinishReason | null {
  const reason = reasonOf(endings, raw);
  if (reason === "stop" && hasCalls) return "tool_calls";
  if (reason === "tool_calls" && !hasCalls) return "stop";
  return reason;
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};

export interface Ending {
  readonly reason: FinishReason | null;
  readonly raw: string | null;
  readonly stopSequence: string | null;
}

/** The vendor's own reason if it is of this protocol, otherwise the nearest. Null for an answer that did not end. */
export function encodeFinish(ending: Ending): {
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
} {
  if (ending.reason === null) return { stop_reason: null, stop_sequence: null };
  if (ending.stopSequence !== null) return { stop_reason: "stop_sequence", stop_sequence: ending.stopSequence };
  const { raw } = ending;
  const native = raw !== null && endings.own.has(raw) && reasonOf(endings, raw) === ending.reason;
  return { stop_reason: native ? raw : words[ending.reason], stop_sequence: null };
}
