// Encodes neutral messages as `instructions` and `input`. Results follow the calls that they answer; the operator's
// messages at the beginning become the instructions, later ones keep their position.
import type { ChatRequest, Message, Part, ToolResultPart } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import { mendHistory, settledMessages } from "../../shared/history.ts";
import { isObject, membersOf } from "../../shared/read.ts";
import { bookOf } from "../../shared/report.ts";
import { encodeContent } from "./encode-content.ts";
import { type Encoding, freeCall, ownItem, ownMembers } from "../features/own-state.ts";
import { encodeTurn, fitCallId } from "./encode-turn.ts";

export interface EncodedInput {
  readonly instructions: string | null;
  readonly input: readonly JsonObject[];
}

export function encodeInput(request: ChatRequest, encoding: Encoding): EncodedInput {
  const { native } = encoding;
  const leading = countLeading(request.messages, native);
  const instructions = request.messages.slice(0, leading).map((message) => textOf(message.parts));
  const rest = request.messages.slice(leading);
  const messages = pairedMessages(rest, request, encoding);
  const input = kindred(messages.flatMap((message) => encodeMessage(message, encoding)));
  return { instructions: leading === 0 ? null : instructions.join("\n\n"), input };
}

/** A native caller's history may be partly stored at the vendor: not all its calls are here. */
function pairedMessages(messages: readonly Message[], { extras }: ChatRequest, encoding: Encoding): readonly Message[] {
  const report = bookOf(encoding);
  if (!encoding.native) return settledMessages(messages, report);
  return leans.some((name) => extras.fields[name] != null) ? messages : mendHistory(messages, report);
}

/** The result of a free-text call has a type of its own, also if the gateway filled it in. */
function kindred(items: readonly JsonObject[]): readonly JsonObject[] {
  if (!items.some(({ type }) => type === freeCall)) return items;
  const free = new Set(items.filter(({ type }) => type === freeCall).map((item) => item["call_id"]));
  return items.map((item) =>
    item["type"] === "function_call_output" && free.has(item["call_id"])
      ? { ...item, type: `${freeCall}_output` }
      : item,
  );
}

const leans = ["previous_response_id", "conversation", "prompt", "item_reference"] as const;

/**
 * How many messages are instructions. For a native caller, those that were instructions; if there is nothing else, they
 * are the question.
 */
function countLeading(messages: readonly Message[], native: boolean): number {
  const count = messages.findIndex((message) => !(native ? isInstructions(message) : isOpening(message)));
  return count < 0 ? (native ? messages.length : 0) : count;
}

function isInstructions(message: Message): boolean {
  return message.parts.some((part) => part.type === "text" && ownMembers(part.state)["instructions"] === true);
}

function isOpening(message: Message): boolean {
  const operator = message.role === "system" || message.role === "developer";
  return operator && message.parts.every((part) => part.type === "text");
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("\n\n");
}

function encodeMessage(message: Message, encoding: Encoding): JsonObject[] {
  if (message.name !== null) encoding.dropped.add("messages.name");
  switch (message.role) {
    case "assistant":
      return encodeTurn(message.parts, encoding);
    case "tool":
      return encodeResults(message.parts, encoding);
    case "system":
    case "developer":
    case "user":
      return encodeUser(message, encoding);
  }
}

/** Items that only this protocol knows stand alone; results in a user's turn come first. */
function encodeUser(message: Message, encoding: Encoding): JsonObject[] {
  const items: JsonObject[] = encodeResults(message.parts, encoding);
  const otherParts: Part[] = [];
  const members: MutableJson = {};
  for (const part of message.parts) {
    const item = part.type === "foreign" ? ownItem(part.state) : null;
    if (item !== null) items.push(item);
    else if (part.type !== "tool-result") otherParts.push(part);
    if (part.type === "foreign") Object.assign(members, membersOf(ownMembers(part.state)["message"]));
  }
  const content = encodeContent(otherParts, encoding);
  if (content === "" && (items.length > 0 || (message.parts.length > 0 && !encoding.native))) return items;
  return [...items, { type: "message", role: roleOf(message, encoding), content, ...members }];
}

function roleOf(message: Message, encoding: Encoding): string {
  if (message.role === "user" || encoding.native) return message.role;
  return encoding.facts.systemRole;
}

function encodeResults(parts: readonly Part[], encoding: Encoding): JsonObject[] {
  return parts.filter((part) => part.type === "tool-result").map((part) => encodeResult(part, encoding));
}

/** Its type follows the call's, which is a function call if the target does not take this protocol's own kinds. */
function encodeResult(result: ToolResultPart, encoding: Encoding): JsonObject {
  const { whole } = ownMembers(result.state);
  if (encoding.forms && isObject(whole)) return whole;
  const content = encodeContent(result.parts, encoding);
  const output = result.isError && typeof content === "string" ? JSON.stringify({ error: content }) : content;
  const item = { type: "function_call_output", call_id: fitCallId(result.id, encoding), output, ...result.marks };
  return encoding.forms ? { ...item, ...ownItem(result.state) } : item;
}
