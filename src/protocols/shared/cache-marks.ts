// Prompt-cache marks, from the caller's format to the target's. If the target takes marks, they are converted and
// limited; if it caches by itself, they are unnecessary; otherwise they are dropped. All of it is reported. It must
// never change the answer, nor send a caller's text as a key.
import type { ChatRequest, Message, Part, TextPart, Tool, ToolResultPart } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { hashIdentifier } from "./identifiers.ts";
import { isObject, membersOf } from "./read.ts";

/** The mark of Anthropic and hosts that follow it, and OpenAI's. */
const control = "cache_control";
const breakpoint = "prompt_cache_breakpoint";
export const markNames: ReadonlySet<string> = new Set([control, breakpoint]);

/** Source: "A maximum of 4 blocks with cache_control may be provided", the Messages API. */
export const MOST_MARKS = 4;

/** The marks among a block's members, to be added to its part. */
export function readCacheMarks(...blocks: readonly JsonObject[]): { readonly marks?: JsonObject } {
  let marks: JsonObject | undefined;
  for (const block of blocks) {
    if (block[control] === undefined && block[breakpoint] === undefined) continue;
    for (const name of markNames) if (isObject(block[name])) marks = { ...marks, [name]: block[name] };
  }
  return marks === undefined ? {} : { marks };
}

/** Puts the marks of a message on its last part. False if none of the parts can carry them. */
export function markLast(parts: Part[], message: JsonObject): boolean {
  const { marks } = readCacheMarks(message);
  if (marks === undefined) return true;
  const at = parts.findLastIndex(hasMarks);
  const part = parts[at];
  if (part === undefined) return false;
  parts[at] = { ...part, marks: { ...marks, ...("marks" in part ? part.marks : {}) } } as Part;
  return true;
}

/** A mark on a blank text, which is not sent, goes to the part before it in the same message; `drop` is called if there is none. */
export function marksOffBlanks(request: ChatRequest, drop: (field: string) => void): ChatRequest {
  if (!request.messages.some(({ parts }) => parts.some(isMarkedBlank))) return request;
  const messages = request.messages.map((message): Message => {
    if (!message.parts.some(isMarkedBlank)) return message;
    const parts: Part[] = [];
    for (const part of message.parts) {
      if (!isMarkedBlank(part)) parts.push(part);
      else if (!markLast(parts, part.marks ?? {})) drop(control);
    }
    return { ...message, parts };
  });
  return { ...request, messages };
}

function isMarkedBlank(part: Part): part is TextPart {
  return part.type === "text" && part.marks !== undefined && part.text.trim() === "";
}

function hasMarks(part: Part): boolean {
  return part.type === "text" ? part.text.trim() !== "" : part.type !== "foreign" && part.type !== "reasoning";
}

/** How a target handles marks. */
export interface MarkTaker {
  readonly facts: ModelFacts;
  /**
   * `blocks`: Anthropic's marks, few of them. `same`: those of the same vendor's other protocol. `facts`: by its facts.
   */
  readonly takes: "blocks" | "same" | "facts";
  readonly drop: (field: string) => void;
  readonly adapt: (field: string, from: string, to: string) => void;
}

export interface FittedMarks {
  readonly request: ChatRequest;
  /** The key with which the target finds a cached prompt; null if it gets none. */
  readonly key: string | null;
}

/** The same object if it has no marks. Not for a target's own clients, which mark as they like. */
export function fitMarks(original: ChatRequest, taker: MarkTaker): FittedMarks {
  const request = withMarkedEnd(original);
  const allMarks = marksIn(request);
  if (allMarks.length === 0) return { request, key: null };
  if (taker.takes === "blocks" || (taker.takes === "facts" && taker.facts.promptCache === "marks")) {
    return { request: withControls(request, allMarks, taker), key: null };
  }
  const keepMarks =
    taker.takes === "same" ? (marks: JsonObject): JsonObject => pickMember(marks, breakpoint) : (): JsonObject => ({});
  const lostMarks = new Set(allMarks.flatMap((marks) => Object.keys(marks)));
  if (taker.takes === "same") lostMarks.delete(breakpoint);
  const { promptCache } = taker.facts;
  for (const name of lostMarks) {
    if (promptCache === undefined || promptCache === "marks") taker.drop(name);
    else taker.adapt(name, "marks", promptCache === "key" ? "prompt_cache_key" : "automatic");
  }
  const key = promptCache === "key" && lostMarks.size > 0 ? keyOf(request) : null;
  return { request: mapMarks(request, keepMarks), key };
}

/** A mark on the whole request applies to its end. */
function withMarkedEnd(request: ChatRequest): ChatRequest {
  const mark = request.extras.fields[control];
  const last = request.messages.at(-1);
  if (!isObject(mark) || last === undefined) return request;
  const parts = [...last.parts];
  if (!markLast(parts, { [control]: mark })) return request;
  const messages = request.messages.with(-1, { ...last, parts });
  const { [control]: _mark, ...fields } = request.extras.fields;
  return { ...request, messages, extras: { ...request.extras, fields } };
}

function pickMember(marks: JsonObject, name: string): JsonObject {
  return isObject(marks[name]) ? { [name]: marks[name] } : {};
}

/** All marks in prompt order: tools, then messages. Marks on whitespace, which is not sent, are empty. */
function marksIn(request: ChatRequest): readonly JsonObject[] {
  const list: JsonObject[] = [];
  const look = (one: Tool | Part): void => {
    const marks = "marks" in one ? one.marks : undefined;
    if (marks !== undefined) list.push("text" in one && one.text.trim() === "" ? {} : marks);
  };
  for (const tool of request.tools) look(tool);
  for (const { parts } of request.messages) {
    for (const part of parts) {
      if (part.type === "tool-result") part.parts.forEach(look);
      look(part);
    }
  }
  return list;
}

/** Calls `change` in the order of `marksIn`. */
function mapMarks(request: ChatRequest, change: (marks: JsonObject) => JsonObject): ChatRequest {
  const changed = <One extends { readonly marks?: JsonObject | undefined }>(one: One): One => {
    if (one.marks === undefined) return one;
    const marks = change(one.marks);
    return { ...one, marks: Object.keys(marks).length === 0 ? undefined : marks };
  };
  const changedResult = (result: ToolResultPart): ToolResultPart => {
    const parts = result.parts.map((inner) => (inner.type === "foreign" ? inner : changed(inner)));
    return changed({ ...result, parts });
  };
  const changedPart = (part: Part): Part => {
    if (part.type === "tool-result") return changedResult(part);
    return "marks" in part ? changed(part) : part;
  };
  return {
    ...request,
    tools: request.tools.map((tool): Tool => changed(tool)),
    messages: request.messages.map((message): Message => ({ ...message, parts: message.parts.map(changedPart) })),
  };
}

/**
 * If there are too many: keep the first, which usually ends the stable part, and the last ones, where the next turn
 * continues. A longer ttl must not follow a shorter one. Source: the Messages API, "a ttl='1h' cache_control block must
 * not come after a ttl='5m' cache_control block".
 */
function withControls(request: ChatRequest, allMarks: readonly JsonObject[], taker: MarkTaker): ChatRequest {
  const controls = allMarks.map(controlOf);
  const good = controls.flatMap((mark, index) => (mark === null ? [] : [index]));
  const spare = good.length - MOST_MARKS;
  const keptPlaces = new Set(spare > 0 ? [...good.slice(0, 1), ...good.slice(1 + spare)] : good);
  if (keptPlaces.size < allMarks.length) taker.drop(control);
  if (allMarks.some((marks) => marks[control] === undefined && marks[breakpoint] !== undefined))
    taker.adapt(breakpoint, "explicit", control);
  let [index, shortened] = [-1, false];
  return mapMarks(request, () => {
    index += 1;
    const mark = controls[index];
    if (mark == null || !keptPlaces.has(index)) return {};
    if (mark["ttl"] !== "1h") shortened = true;
    else if (shortened) {
      taker.adapt(`${control}.ttl`, "1h", "5m");
      return { [control]: { type: "ephemeral" } };
    }
    return { [control]: mark };
  });
}

/** Null for a mark that Anthropic would refuse. */
function controlOf(marks: JsonObject): JsonObject | null {
  const mark = membersOf(marks[control]);
  if (mark["type"] === "ephemeral") {
    const { ttl } = mark;
    return ttl === "1h" || ttl === "5m" ? { type: "ephemeral", ttl } : { type: "ephemeral" };
  }
  return marks[control] === undefined && isObject(marks[breakpoint]) ? { type: "ephemeral" } : null;
}

/**
 * The same for all requests with the same beginning: tools and instructions, and the user's first message if something
 * in the conversation is marked, so that each conversation has its own. A hash, never text.
 */
function keyOf({ tools, messages }: ChatRequest): string {
  const isOperators = ({ role }: Message): boolean => role === "system" || role === "developer";
  const first = messages.findIndex((message) => !isOperators(message));
  const opening = first < 0 ? messages : messages.slice(0, first);
  const rest = first < 0 ? [] : messages.slice(first);
  const goesOn = rest.some(({ parts }) => parts.some((part) => "marks" in part && part.marks !== undefined));
  const begins = goesOn ? [...opening, ...rest.slice(0, 1)] : opening;
  const offered = tools.map(({ name, description, parameters }) => [name, description, parameters]);
  const beginning = begins.map(({ role, parts }) => [
    role,
    parts.map((part) => (part.type === "text" ? part.text : part.type)),
  ]);
  return `understudy-${hashIdentifier(JSON.stringify([offered, beginning]), 24)}`;
}
