// Marks up to which a prompt shall be cached. Vendors differ in what they take and how long they keep it, so none goes
// over to another one; what is lost is said. Never changes what is answered.
import type { ChatRequest, Part, VendorState } from "../core/chat.ts";
import type { JsonObject } from "../core/json.ts";
import { isObject, membersOf } from "./read.ts";

const marks = ["cache_control", "prompt_cache_breakpoint"] as const;

type Name = ChatRequest["extras"]["protocol"];

/** The names of the marks in a request of another protocol than these, which share theirs. */
export function lostCacheHints({ messages, tools, extras }: ChatRequest, ...own: readonly Name[]): readonly string[] {
  if (own.includes(extras.protocol)) return [];
  const found = new Set<string>();
  const look = ({ state }: { readonly state?: VendorState | undefined }): void => {
    if (state === undefined || own.includes(state.protocol) || !isObject(state.value)) return;
    for (const mark of marks) {
      if (state.value[mark] !== undefined || membersOf(state.value["part"])[mark] !== undefined) found.add(mark);
    }
  };
  const lookAt = (part: Part): void => {
    if (part.type !== "refusal") look(part);
    if (part.type === "tool-result") part.parts.forEach(look);
  };
  for (const message of messages) message.parts.forEach(lookAt);
  tools.forEach(look);
  return [...found];
}

/** The mark on a text, from the same vendor's other protocol, which calls it alike. */
export function kindredMark(state: VendorState | undefined, kin: Name): JsonObject {
  if (state === undefined || state.protocol !== kin) return {};
  const members = membersOf(state.value);
  const mark = members["prompt_cache_breakpoint"] ?? membersOf(members["part"])["prompt_cache_breakpoint"];
  return mark === undefined ? {} : { prompt_cache_breakpoint: mark };
}
