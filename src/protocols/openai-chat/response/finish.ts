// Finish reasons, both directions. Hosts of this protocol have their own names for the same reasons. A word that nobody
// knows must never count as an end (F17).
import type { FinishReason } from "../../../core/chat.ts";
import type { Endings } from "../../../core/endings.ts";
import { endingsOf, reasonOf } from "../../shared/endings.ts";

/** Source: https://platform.openai.com/docs/api-reference/chat/object */
const own = {
  stop: ["stop"],
  length: ["length"],
  tool_calls: ["tool_calls", "function_call"],
  content_filter: ["content_filter"],
} as const;

/** Hosts end broken answers with a plain stop and no text, so that an empty one needs a stop sequence as its reason. */
export const endings: Endings = endingsOf({
  protocol: "openai-chat",
  member: "finish_reason",
  emptyStop: "with_stops",
  own,
});

/**
 * Null: not a good ending. `hasCalls`: whether the choice contains a call, which several hosts end with a plain `stop`.
 */
export function readFinish(raw: string, hasCalls: boolean): FinishReason | null {
  const reason = reasonOf(endings, raw);
  return reason === "stop" && hasCalls ? "tool_calls" : reason;
}

/** The word for clients of a vendor's own answer, where they would not know the vendor's; null: they know it. */
export function mendFinish(raw: string, hasCalls: boolean): string | null {
  if (endings.own.has(raw)) return null;
  const reason = readFinish(raw, hasCalls);
  return reason === null ? null : writeFinish(reason, { hasCalls, legacy: false });
}

/** The reasons that OpenAI's SDKs know. */
export function writeFinish(
  reason: FinishReason,
  with_: { readonly hasCalls: boolean; readonly legacy: boolean },
): "stop" | "length" | "tool_calls" | "function_call" | "content_filter" {
  const final = reason === "stop" && with_.hasCalls ? "tool_calls" : reason;
  return final === "tool_calls" && with_.legacy ? "function_call" : final;
}
