// Reasoning on its way to a target that cannot take it back: when its absence is a loss.
import type { ReasoningPart } from "../../core/chat.ts";

/** It has text. A seal alone is useless to every other vendor, so its loss does not matter. */
export function areThoughtsWorded({ text }: ReasoningPart): boolean {
  return text.trim() !== "";
}
