// Why an answer ended, both directions. A turn with calls ends in `tool_calls`, whatever the vendor says; a turn whose
// only call was the synthetic answer tool ends in `stop`.
import type { FinishReason } from "../../../core/chat.ts";

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  compaction: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  // There is more to come, and nobody asked for it.
  pause_turn: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/** Unknown reasons are `other`. */
export function decodeFinish(raw: string, hasCalls: boolean): FinishReason {
  const reason = Object.hasOwn(reasons, raw) ? (reasons[raw] ?? "other") : "other";
  if (reason === "stop" && hasCalls) return "tool_calls";
  if (reason === "tool_calls" && !hasCalls) return "stop";
  return reason;
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
  other: "end_turn",
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
  const native =
    raw !== null && (raw === "pause_turn" || (Object.hasOwn(reasons, raw) && reasons[raw] === ending.reason));
  return { stop_reason: native ? raw : words[ending.reason], stop_sequence: null };
}
