// Thoughts on their way to a target that cannot take them back: when their absence is a loss.
import type { ReasoningPart } from "../../core/chat.ts";

/** There are words in them. A seal alone says nothing to anybody but the vendor that made it, so its loss is none. */
export function isWorded({ text }: ReasoningPart): boolean {
  return text.trim() !== "";
}
