// Encodes neutral parts as blocks: those of an answer, and those that requests and answers share. A part that the
// protocol cannot hold gives null; the caller decides whether to report it or refuse the target.
import type { Part, ReasoningPart, ToolCallPart } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { spellId } from "../../shared/identifiers.ts";
import { isObject, membersOf, stringOr } from "../../shared/read.ts";
import { toolArgumentsAsObject } from "../../shared/tool-arguments.ts";
import { ownMembers, self } from "../features/own-state.ts";

/** Ids of calls: lengths that Anthropic was seen to take. */
const idShape = { max: 128, pattern: /^[a-zA-Z0-9_-]+$/ };

export function encodeId(id: string): string {
  return spellId(id, idShape);
}

/** `place` seeds an id for a call without one. */
export function encodeAnswerBlock(part: Part, place: string): JsonObject | null {
  switch (part.type) {
    case "text":
      return part.text === "" ? null : encodeText(part.text, part.state === undefined ? {} : ownMembers(part.state));
    case "refusal":
      return part.text === "" ? null : encodeText(part.text, {});
    case "reasoning":
      return (
        encodeOwnThinking(part) ?? (part.text === "" ? null : { type: "thinking", thinking: part.text, signature: "" })
      );
    case "tool-call":
      return encodeCall(part, place);
    case "foreign":
      return part.state.protocol === self && isObject(part.state.value) ? part.state.value : null;
    default:
      return null;
  }
}

export function encodeText(text: string, members: JsonObject): JsonObject {
  return { type: "text", text, ...members };
}

/**
 * This vendor's block, unchanged, with its signature; null for another vendor's reasoning, which Anthropic would
 * refuse.
 */
export function encodeOwnThinking(part: ReasoningPart): JsonObject | null {
  if (part.state === undefined || part.state.protocol !== self) return null;
  const value = membersOf(part.state.value);
  if (value["type"] === "redacted_thinking") return value;
  const signature = stringOr(value["signature"], "");
  return signature === "" ? null : { type: "thinking", thinking: part.text, signature };
}

export function encodeCall(part: ToolCallPart, place: string): JsonObject {
  return {
    type: "tool_use",
    id: encodeId(part.id === "" ? place : part.id),
    name: part.name,
    input: toolArgumentsAsObject(part.arguments),
    ...part.marks,
    ...ownMembers(part.state),
  };
}
