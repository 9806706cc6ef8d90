// Builds a conversation as Anthropic requires it: system apart, alternating turns, a user's first, and every call
// answered in the very next turn before anything else.
import type { ChatRequest, Message } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { settleHistory } from "../../shared/history.ts";
import type { Report } from "../../shared/report.ts";
import { encodeText } from "../response/encode-blocks.ts";
import { isContinued } from "../features/threads.ts";
import { objectsOf, ownMembers, self, unsupported } from "../features/own-state.ts";
import { compactContent, encodeRequestPart } from "./encode-parts.ts";

export interface Turn {
  /** `system` in mid-conversation only for clients of this protocol, if the model takes it. */
  readonly role: "user" | "assistant" | "system";
  readonly blocks: JsonObject[];
  /** This protocol's members beside the content. */
  readonly members?: JsonObject | undefined;
}

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly turns: readonly Turn[];
}

export function encodeConversation(request: ChatRequest, facts: ModelFacts, report: Report): Conversation {
  const native = request.extras.protocol === self;
  const instructs = native && facts.laterSystem !== false;
  // The stored conversation comes before these, and the results may be those of its calls.
  const goesOn = native && isContinued(request.extras.fields);
  const rest = request.messages.findIndex((message) => !isSystem(message));
  const leading = goesOn ? 0 : rest < 0 ? request.messages.length : rest;
  const system: JsonObject[] = [];
  for (const [index, message] of request.messages.slice(0, leading).entries())
    system.push(...blocksOf(message, index, report));
  // Its own callers get the vendor's own answer to that.
  if (!native && rest >= 0) refuseMedia(system);
  const turns: Turn[] = [];
  const lastAsked = request.messages.findLastIndex(({ role }) => role === "user");
  const conversation = request.messages.slice(leading);
  const settled = goesOn ? conversation.map((message, at) => ({ message, at })) : settleHistory(conversation, report);
  for (const { message, at } of settled) {
    const index = leading + at;
    const role = roleOf(message, instructs);
    const blocks = blocksOf(message, index, report);
    if (role !== "user" || !isSystem(message)) append(turns, { role, blocks, members: ownMembers(message.state) });
    else if (!isOver(message, index < lastAsked))
      append(turns, { role, blocks: wrapSystem(demoted(message, blocks, report)) });
  }
  if (goesOn) return { system, turns };
  // Only instructions: they become the question.
  if (turns.length === 0 && system.length > 0) {
    report.adapt("messages.role", "system", "user");
    return { system: [], turns: [{ role: "user", blocks: system }] };
  }
  return { system, turns: finishTurns(withoutEndingThoughts(turns, report), report) };
}

function refuseMedia(system: readonly JsonObject[]): void {
  if (system.every(({ type }) => type === "text")) return;
  throw unsupported("messages", "messages: this target accepts instructions as text only.");
}

function isSystem(message: Message): boolean {
  return message.role === "system" || message.role === "developer";
}

function roleOf(message: Message, instructs: boolean): Turn["role"] {
  if (message.role === "assistant") return "assistant";
  return instructs && isSystem(message) ? "system" : "user";
}

/** An instruction for the turn before it only, which the model would not see any more. */
function isOver({ state }: Message, isAnswered: boolean): boolean {
  return isAnswered && ownMembers(state)["clear_at"] === "next_user_message";
}

/** The text of a system turn as the user's, for a model without such turns. */
function demoted({ state }: Message, blocks: readonly JsonObject[], report: Report): JsonObject[] {
  if (state !== undefined && state.protocol === self) {
    for (const name in ownMembers(state)) if (name !== "clear_at") report.drop(`messages.${name}`);
  }
  const words = blocks.filter(({ type }) => type === "text");
  if (words.length < blocks.length) report.drop("messages.content");
  report.adapt("messages.role", "system", "user");
  return words;
}

function blocksOf(message: Message, index: number, report: Report): JsonObject[] {
  if (message.name !== null) report.drop("messages.name");
  const blocks: JsonObject[] = [];
  let place = 0;
  for (const part of message.parts) {
    if (message.role === "assistant" && (part.type === "image" || part.type === "file")) {
      report.drop("messages.content");
      continue;
    }
    const block = encodeRequestPart(part, `messages[${index}].content[${place}]`, report);
    place += 1;
    if (block !== null) blocks.push(block);
  }
  return blocks;
}

/** Moving a later instruction to the top would change what it applies to, and break prompt caches. */
function wrapSystem(blocks: readonly JsonObject[]): JsonObject[] {
  return blocks.map((block) =>
    typeof block["text"] === "string" ? { ...block, text: `<system>\n${block["text"]}\n</system>` } : block,
  );
}

/** Joins adjacent turns of the same role; drops an empty turn. */
function append(turns: Turn[], { role, blocks, members }: TurnPart): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  const isOne = last?.role === role && (role !== "system" || sameMembers(last.members, members));
  if (isOne) last.blocks.push(...blocks);
  else turns.push({ role, blocks: [...blocks], members });
}

interface TurnPart extends Pick<Turn, "role" | "members"> {
  readonly blocks: readonly JsonObject[];
}

function sameMembers(one: JsonObject = {}, other: JsonObject = {}): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** "The final block in an assistant message cannot be `thinking`": an answer that broke off there has no content. */
function withoutEndingThoughts(turns: Turn[], report: Report): Turn[] {
  if (!turns.some(({ blocks }) => isThought(blocks.at(-1)))) return turns;
  const keptTurns: Turn[] = [];
  for (const { role, blocks, members } of turns) {
    const end = blocks.findLastIndex((block) => !isThought(block)) + 1;
    if (end < blocks.length) report.drop("reasoning_content");
    append(keptTurns, { role, blocks: blocks.slice(0, end), members });
  }
  return keptTurns;
}

function isThought(block: JsonObject | undefined): boolean {
  return block?.["type"] === "thinking" || block?.["type"] === "redacted_thinking";
}

function finishTurns(turns: Turn[], report: Report): Turn[] {
  trimPrefill(turns, report);
  if (turns.length === 0) {
    const why = "messages: no message has content. Send at least one message with content.";
    throw new GatewayFailure(why, { code: "unsupported", status: 400, param: "messages" });
  }
  if (turns[0]?.role === "assistant") {
    turns.unshift({ role: "user", blocks: [encodeText("[The conversation begins with your words.]", {})] });
    report.adapt("messages", "no user first", "user turn");
  }
  return turns;
}

function callIds(blocks: readonly JsonObject[]): readonly string[] {
  return blocks.flatMap(({ type, id }) => (type === "tool_use" && typeof id === "string" ? [id] : []));
}

/** The model continues a last assistant turn, which may not end in whitespace. */
function trimPrefill(turns: Turn[], report: Report): void {
  const last = turns.at(-1);
  const block = last?.role === "assistant" ? last.blocks.at(-1) : undefined;
  if (last === undefined || typeof block?.["text"] !== "string") return;
  const text = block["text"].trimEnd();
  if (text === block["text"]) return;
  last.blocks[last.blocks.length - 1] = { ...block, text };
  report.adapt("messages.content", "trailing space", "none");
}

/**
 * Whether a last message is a prefill, which the model would continue. A turn that ends with results of the vendor's
 * own tools was paused, and a call gets its result.
 */
export function isPrefill(last: JsonObject | undefined): boolean {
  if (last?.["role"] !== "assistant") return false;
  const { content } = last;
  return typeof content === "string" || objectsOf(content).at(-1)?.["type"] === "text";
}

export function encodeTurn(turn: Turn): JsonObject {
  return { ...turn.members, role: turn.role, content: compactContent(turn.blocks) };
}

/** The model would have to think first, but the turn that it continues did not, or has no thinking of this vendor. */
export function barsThinking(turns: readonly Turn[]): boolean {
  const last = turns.findLast((turn) => turn.role === "assistant");
  if (last === undefined) return false;
  const goesOn = turns.at(-1) === last || (callIds(last.blocks).length > 0 && turns.at(-2) === last);
  return goesOn && !isThought(last.blocks[0]);
}
