// Encodes one assistant turn as items. Reasoning goes back only to its origin, and only in front of what it led to:
// OpenAI refuses a reasoning item without its follower, and a follower by its id without its reasoning.
import type { Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import { fitId, type IdShape } from "../../shared/identifiers.ts";
import { isObject, membersOf } from "../../shared/read.ts";
import { inputOf } from "../../shared/free-text.ts";
import { bookOf } from "../../shared/report.ts";
import { reportThoughts } from "../../shared/thoughts.ts";
import {
  type Encoding,
  freeCall,
  isOwnId,
  isReplayable,
  ownItem,
  ownMembers,
  self,
  without,
} from "../features/own-state.ts";

const foreignIds: IdShape = { max: 64, pattern: /^[A-Za-z0-9_-]+$/ };
const nativeIds: IdShape = { max: 64, pattern: /./ };

/** The same for the call and for its result. */
export function fitCallId(id: string, encoding: Encoding): string {
  return fitId(id, encoding.native ? nativeIds : foreignIds);
}

interface Turn {
  readonly encoding: Encoding;
  readonly items: JsonObject[];
  /** Reasoning that waits for its follower. */
  waiting: JsonObject[];
  /** The items follow their reasoning, so they may keep their ids. */
  reasoned: boolean;
  /** Reasoning was dropped, so its followers may not keep their ids. */
  orphaned: boolean;
  /** Reasoning came without its id: a client kept only its seal. Its followers are found by position, not by id. */
  nameless: boolean;
  /** The message that collects texts. */
  open: OpenMessage | null;
}

interface OpenMessage {
  readonly item: JsonObject | null;
  readonly parts: (TextPart | RefusalPart)[];
}

export function encodeTurn(parts: readonly Part[], encoding: Encoding): JsonObject[] {
  const turn: Turn = {
    encoding,
    items: [],
    waiting: [],
    reasoned: false,
    orphaned: false,
    nameless: false,
    open: null,
  };
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") speak(part, turn);
    else {
      closeMessage(turn);
      encodePart(part, turn);
    }
  }
  closeMessage(turn);
  if (turn.waiting.length === 0) return turn.items;
  encoding.dropped.add("reasoning");
  return turn.items;
}

function encodePart(part: Exclude<Part, TextPart | RefusalPart>, turn: Turn): void {
  const { encoding } = turn;
  switch (part.type) {
    case "reasoning":
      return think(part, turn);
    case "tool-call":
      return follow(encodeCall(part, turn), turn);
    case "image": {
      const item = encoding.native ? ownItem(part.state) : null;
      if (item !== null) follow(item, turn);
      else encoding.dropped.add("image");
      return;
    }
    case "foreign": {
      const item = ownItem(part.state);
      if (item !== null) follow(item, turn);
      return;
    }
    case "file":
      encoding.dropped.add("file");
      return;
    case "tool-result":
  }
}

/** Without its encrypted content, an item only refers to this vendor's store, which does not have it. */
function think(part: ReasoningPart, turn: Turn): void {
  const item = ownItem(part.state);
  const { native, standsIn, facts } = turn.encoding;
  const isSealed = typeof item?.["encrypted_content"] === "string";
  const replayable = item !== null && (isSealed || (native && (!standsIn || isReplayable(item))));
  const refused = facts.reasoning.style === "none" && facts.sampling === true;
  turn.orphaned = item === null || !replayable || refused;
  turn.nameless = item !== null && item["id"] === undefined;
  if (turn.orphaned) return reportThoughts(part, bookOf(turn.encoding), "reasoning");
  if (item !== null) turn.waiting.push(item);
}

function follow(item: JsonObject, turn: Turn): void {
  turn.items.push(...turn.waiting, item);
  if (turn.waiting.length > 0) turn.reasoned = true;
  turn.waiting = [];
}

/** Members that make sense without the reasoning too. */
const lasting: ReadonlySet<string> = new Set(["phase"]);

const names: ReadonlySet<string> = new Set(["id", "status"]);

/** The item, with the ids that it may keep. */
function withName(item: JsonObject, { nameless, encoding }: Turn, type: string): JsonObject {
  const { id } = item;
  const isForeign = encoding.standsIn && typeof id === "string" && !isOwnId(type, id);
  return nameless || isForeign ? without(item, names) : item;
}

/** The item's members beside the neutral ones; its id only if it may keep it. */
function restOf(item: JsonObject | null, turn: Turn, type: string): JsonObject {
  if (item === null) return {};
  const { encoding, orphaned, nameless, reasoned, waiting } = turn;
  if (encoding.native && !orphaned) return withName(item, turn, type);
  if (!orphaned && !nameless && (reasoned || waiting.length > 0)) return item;
  return Object.fromEntries(Object.entries(item).filter(([key]) => lasting.has(key)));
}

function encodeCall(part: ToolCallPart, turn: Turn): JsonObject {
  const { encoding } = turn;
  const form = encoding.forms ? ownItem(part.form) : null;
  // Ids have a prefix for their kind.
  const kind = form?.["type"] === freeCall ? freeCall : "function_call";
  const translated = !encoding.forms && ownItem(part.form)?.["type"] !== undefined;
  const rest = translated ? {} : restOf(ownItem(part.state), turn, kind);
  if (form?.["type"] === freeCall)
    return { call_id: part.id, name: part.name, input: inputOf(part.arguments), ...part.marks, ...rest, ...form };
  // An item of another kind contains the whole call.
  if (form?.["type"] !== undefined) return form;
  const empty = part.arguments === "" && !encoding.native;
  return {
    type: "function_call",
    call_id: fitCallId(part.id, encoding),
    name: part.name,
    arguments: empty ? "{}" : part.arguments,
    ...part.marks,
    ...rest,
    ...form,
  };
}

/** Texts belong to one message until one comes that belongs to another. */
function speak(part: TextPart | RefusalPart, turn: Turn): void {
  const item = part.type === "text" ? ownItem(part.state) : (turn.open?.item ?? null);
  if (turn.open !== null && !isSameMessage(turn.open.item, item)) closeMessage(turn);
  turn.open ??= { item, parts: [] };
  turn.open.parts.push(part);
}

function isSameMessage(one: JsonObject | null, other: JsonObject | null): boolean {
  return one === other || (one?.["id"] !== undefined && one["id"] === other?.["id"]);
}

function closeMessage(turn: Turn): void {
  const message = turn.open;
  turn.open = null;
  if (message === null) return;
  const rest = restOf(message.item, turn, "message");
  const texts = turn.encoding.native ? message.parts : message.parts.filter((part) => part.text !== "");
  if (texts.length === 0) return;
  const content = contentOf(texts, rest);
  if (typeof content === "string" && texts.some(({ type }) => type === "refusal"))
    turn.encoding.adapted.add("messages.refusal:refusal>text");
  const json: MutableJson = { type: "message", role: "assistant", content, ...rest };
  follow(json, turn);
}

/** Parts only if the message has an id, as OpenAI's description requires; otherwise all text in one string. */
function contentOf(parts: readonly (TextPart | RefusalPart)[], rest: JsonObject): string | JsonObject[] {
  const plain = rest["id"] === undefined && !parts.some((part) => part.type === "text" && isAnnotated(part));
  if (plain) return plainText(parts);
  return parts.map((part) =>
    part.type === "refusal"
      ? { type: "refusal", refusal: part.text }
      : { type: "output_text", text: part.text, annotations: [], ...membersOf(ownMembers(part.state)["part"]) },
  );
}

/** A refusal is a text of its own. */
function plainText(parts: readonly (TextPart | RefusalPart)[]): string {
  let text = "";
  for (const [at, part] of parts.entries()) {
    const gap = text !== "" && part.type !== parts[at - 1]?.type ? "\n\n" : "";
    text += gap + part.text;
  }
  return text;
}

function isAnnotated(part: TextPart): boolean {
  return part.state?.protocol === self && isObject(ownMembers(part.state)["part"]);
}
