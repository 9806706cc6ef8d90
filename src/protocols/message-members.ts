// What a caller's protocol says of a whole message beside its role and its content. Only the same protocol has a place for
// it; what is lost elsewhere is said.
import type { ChatRequest } from "../core/chat.ts";
import { membersOf } from "./read.ts";

/** The names of what a target of protocol `own` has no place for. */
export function lostMessageMembers(
  { messages }: ChatRequest,
  own: ChatRequest["extras"]["protocol"],
): readonly string[] {
  const found = new Set<string>();
  for (const { state } of messages) {
    if (state === undefined || state.protocol === own) continue;
    for (const name in membersOf(state.value)) found.add(`messages.${name}`);
  }
  return [...found];
}
