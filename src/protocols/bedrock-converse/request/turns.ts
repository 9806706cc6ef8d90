// Builds a conversation as Converse requires it: system apart, alternating turns, a user's first, and every call answered in
// the very next turn.
import type { ChatRequest, Message } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import { settleHistory } from "../../shared/history.ts";
import { unsupported } from "../features/own.ts";
import { encodePart, type PartContext } from "./encode-parts.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly turns: readonly Turn[];
}

export function encodeConversation({ messages }: ChatRequest, context: PartContext): Conversation {
  const rest = messages.findIndex((message) => !isSystem(message));
  const leading = rest < 0 ? messages.length : rest;
  const system = messages.slice(0, leading).flatMap((message, index) => blocksOf(message, index, context));
  if (system.some(({ text }) => text === undefined))
    throw unsupported("messages", "messages: this target accepts instructions as text only.");
  const turns: Turn[] = [];
  for (const { message, at } of settleHistory(messages.slice(leading), context.report)) {
    const blocks = blocksOf(message, leading + at, context);
    if (isSystem(message)) {
      context.report.adapt("messages.role", "system", "user");
      append(turns, "user", blocks.map(wrapInstruction));
    } else append(turns, message.role === "assistant" ? "assistant" : "user", blocks);
  }
  // Only instructions: they become the question.
  if (turns.length === 0 && system.length > 0) {
    context.report.adapt("messages.role", "system", "user");
    return { system: [], turns: [{ role: "user", content: system }] };
  }
  return { system, turns: finishTurns(turns, context) };
}

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

function blocksOf(message: Message, index: number, context: PartContext): JsonObject[] {
  if (message.name !== null) context.report.drop("messages.name");
  const blocks: JsonObject[] = [];
  for (const [place, part] of message.parts.entries()) {
    if (message.role === "assistant" && (part.type === "image" || part.type === "file")) {
      context.report.drop("messages.content");
      continue;
    }
    const block = encodePart(part, `messages[${index}].content[${place}]`, context);
    if (block === null) continue;
    blocks.push(block);
    if (part.type !== "foreign" && "marks" in part && part.marks !== undefined) blocks.push(cachePoint);
  }
  return blocks;
}

/** The caller's mark stays where it is; the protocol has a block for it. */
const cachePoint: JsonObject = { cachePoint: { type: "default" } };

/** Moving a later instruction to the top would change what it applies to. */
function wrapInstruction(block: JsonObject): JsonObject {
  return typeof block["text"] === "string" ? { text: `<system>\n${block["text"]}\n</system>` } : block;
}

/** Joins adjacent turns of the same role; drops an empty turn. */
function append(turns: Turn[], role: Turn["role"], blocks: readonly JsonObject[]): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: [...blocks] });
}

function finishTurns(all: readonly Turn[], { report }: PartContext): readonly Turn[] {
  const turns = [...all];
  if (turns.length === 0) {
    const why = "messages: no message has content. Send at least one message with content.";
    throw new GatewayFailure(why, { code: "unsupported", status: 400, param: "messages" });
  }
  if (turns[0]?.role === "assistant") {
    turns.unshift({ role: "user", content: [{ text: "[The conversation begins with your words.]" }] });
    report.adapt("messages", "no user first", "user turn");
  }
  return turns.map(withWords);
}

/** A turn with a document needs text beside it: "A text block is required when including a document". */
function withWords(turn: Turn): Turn {
  const needs = turn.content.some(({ document }) => document !== undefined);
  if (!needs || turn.content.some(({ text }) => text !== undefined)) return turn;
  return { ...turn, content: [...turn.content, { text: "[The document is above.]" }] };
}
