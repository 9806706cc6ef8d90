// Decodes the `input` of a request: adjacent items of the assistant are one turn, adjacent tool outputs another. Items
// that only this protocol knows keep their position.
import type { Message, Part, ToolResultPart, VendorState } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import {
  arrayOr,
  asObject,
  badRequest,
  isArray,
  isObject,
  membersOf,
  optionalArray,
  optionalString,
  placeOf,
  requiredString,
  stringOr,
  wrongKind,
} from "../../shared/read.ts";
import { markLast, markNames, readCacheMarks } from "../../shared/cache-marks.ts";
import { argumentsOf } from "../../shared/free-text.ts";
import { areAllPages } from "../../shared/searches.ts";
import { unknownBlock, unknownMembers } from "../../shared/unknown-block.ts";
import { callIdOf, clientCallOf, clientOutputOf } from "../features/client-tools.ts";
import { decodeContent, readMedia } from "./decode-content.ts";
import { freeCall, isCarried, ownState, readCarried, without } from "../features/own-state.ts";
import { stepOf } from "../features/searches.ts";
import type { NameOf } from "../features/tool-space.ts";

export interface DecodedInput {
  readonly messages: readonly Message[];
  /** Types of the items that only the vendor can read: they refer to its store, or are encrypted. */
  readonly closed: readonly ClosedItem[];
  /** Tools in the input. */
  readonly added: readonly AddedTools[];
}

export interface AddedTools {
  readonly place: string;
  readonly tools: readonly Json[];
}

/** A reference, and a compacted history: without them another vendor would answer another question. */
export const closedItems = ["item_reference", "compaction"] as const;
type ClosedItem = (typeof closedItems)[number];

interface Reading {
  readonly turns: { role: Message["role"]; parts: Part[] }[];
  /** The tools' names of the calls so far, by id. */
  readonly names: Map<string, string>;
  readonly closed: Set<ClosedItem>;
  readonly added: AddedTools[];
  readonly nameOf: NameOf;
}

export function decodeInput(input: Json | undefined, nameOf: NameOf): DecodedInput {
  const nothing = { messages: [], closed: [], added: [] };
  if (input === undefined || input === null) return nothing;
  if (typeof input === "string") {
    return { ...nothing, messages: [{ role: "user", parts: [{ type: "text", text: input }], name: null }] };
  }
  if (!isArray(input)) throw wrongKind("input", "a string or an array of items", input);
  const reading: Reading = { turns: [], names: new Map(), closed: new Set(), added: [], nameOf };
  for (const [index, value] of input.entries()) {
    decodeItem(asObject(value, `input[${index}]`), `input[${index}]`, reading);
  }
  const messages = reading.turns.map(({ role, parts }): Message => ({ role, parts, name: null }));
  return { messages, closed: [...reading.closed], added: reading.added };
}

function decodeItem(item: JsonObject, place: string, reading: Reading): void {
  const type = optionalString(item, "type", place) ?? (item["role"] === undefined ? "" : "message");
  switch (type) {
    case "message":
      return decodeMessage(item, place, reading);
    case "function_call":
      return decodeCall(item, place, reading);
    case freeCall:
      return decodeFreeCall(item, place, reading);
    case "custom_tool_call_output":
    case "function_call_output":
      return join(reading, "tool", decodeResult(item, place, reading));
    case "reasoning":
      return join(reading, "assistant", decodeReasoning(item));
    case "additional_tools":
      return decodeAdded(item, place, reading);
    case "":
      throw badRequest(placeOf(place, "type"), "missing; an item needs a type, or a role if it is a message");
    default:
      if (decodeClientItem(item, place, reading)) return;
      if (isClosed(type)) reading.closed.add(type);
      return decodeForeign(item, place, reading);
  }
}

/** Its tools are offered with all others, so the item itself adds nothing. */
function decodeAdded(item: JsonObject, place: string, reading: Reading): void {
  reading.added.push({ place, tools: optionalArray(item, "tools", place) ?? [] });
  reading.turns.push({ role: "developer", parts: [{ type: "foreign", instead: [], state: ownState({ item }) }] });
}

/** A call that the client runs, or its output. */
function decodeClientItem(item: JsonObject, place: string, reading: Reading): boolean {
  const called = clientCallOf(item);
  const outputTool = called === null ? clientOutputOf(item) : null;
  const tool = called ?? outputTool;
  const id = callIdOf(item);
  if (tool === null || id === null) return false;
  const { type: name } = tool;
  const form = ownState({ item });
  if (called !== null) {
    reading.names.set(id, name);
    const text = JSON.stringify(called.read(item));
    join(reading, "assistant", { type: "tool-call", id, name, arguments: text, form });
    return true;
  }
  const tools = optionalArray(item, "tools", place);
  if (tools !== null) reading.added.push({ place, tools });
  const text = tool.outcome(item, reading.nameOf);
  const state = ownState({ whole: item });
  join(reading, "tool", { type: "tool-result", id, name, parts: [{ type: "text", text }], isError: false, state });
  return true;
}

function isClosed(type: string): type is ClosedItem {
  return (closedItems as readonly string[]).includes(type);
}

/** An output of another item is the client's; everything else is the model's. */
function decodeForeign(item: JsonObject, place: string, reading: Reading): void {
  const type = stringOr(item["type"], "");
  const isVendors = item["execution"] === "server";
  const answers = !isVendors && (type.endsWith("_output") || type === "mcp_approval_response");
  const search = areAllPages(membersOf(item["action"])["sources"]) ? stepOf(item) : undefined;
  const foreign = unknownBlock(ownState({ item }), item, { place, fromAssistant: !answers, media: readMedia });
  const part = search === undefined ? foreign : { ...foreign, search };
  join(reading, answers ? "user" : "assistant", part);
}

/** An assistant's or tools' turn continues; a user message is always a turn of its own. */
function join(reading: Reading, role: Message["role"], ...parts: Part[]): void {
  const last = reading.turns.at(-1);
  if (last?.role === role && role !== "user") last.parts.push(...parts);
  else reading.turns.push({ role, parts });
}

const messageMembers: ReadonlySet<string> = new Set(["type", "role", "content", "extra_content", ...markNames]);

function decodeMessage(item: JsonObject, place: string, reading: Reading): void {
  const role = requiredString(item, "role", place);
  const within = placeOf(place, "content");
  const rest = without(item, messageMembers);
  if (role === "assistant") {
    const parts = decodeContent(item["content"], within, rest);
    markLast(parts, item);
    const sealed = seal(parts, readCarried(item["extra_content"]));
    return join(reading, "assistant", ...(reading.turns.at(-1)?.role === "assistant" ? apart(sealed) : sealed));
  }
  if (role !== "user" && role !== "system" && role !== "developer") {
    throw badRequest(placeOf(place, "role"), `unknown role "${role}"; expected user, assistant, system or developer`);
  }
  const parts = decodeContent(item["content"], within);
  markLast(parts, item);
  if (Object.keys(rest).length > 0) parts.push(unknownMembers(ownState({ message: rest }), rest, place));
  reading.turns.push({ role, parts });
}

/** A message does not continue the text of the one before it, with which it becomes one turn. */
function apart(parts: readonly Part[]): readonly Part[] {
  const first = parts.findIndex((part) => part.type === "text" && part.text !== "");
  return parts.map((part, at) => (at === first && part.type === "text" ? { ...part, apart: true } : part));
}

/** Another vendor's state belongs to the last text. */
function seal(parts: Part[], state: VendorState | undefined): Part[] {
  const at = parts.findLastIndex((part) => part.type === "text");
  const part = parts[at];
  return state === undefined || part?.type !== "text" ? parts : parts.with(at, { ...part, state });
}

const callMembers: ReadonlySet<string> = new Set([
  "type",
  "call_id",
  "name",
  "namespace",
  "arguments",
  "input",
  "extra_content",
  ...markNames,
]);

function decodeCall(item: JsonObject, place: string, reading: Reading): void {
  const value = item["arguments"];
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  addCall(item, { place, text, reading });
}

function decodeFreeCall(item: JsonObject, place: string, reading: Reading): void {
  addCall(item, { place, text: argumentsOf(requiredString(item, "input", place)), reading });
}

/** A call's further fields of this protocol stay beside it, so that it comes back unchanged. */
function addCall(
  item: JsonObject,
  { place, text, reading }: { readonly place: string; readonly text: string; readonly reading: Reading },
): void {
  const id = requiredString(item, "call_id", place);
  const own = requiredString(item, "name", place);
  const namespace = optionalString(item, "namespace", place);
  const name = reading.nameOf(namespace, own);
  const state = readCarried(item["extra_content"]) ?? stateOf(item, callMembers);
  const spaced = namespace === null ? {} : { name: own, namespace };
  const special = item["type"] === freeCall ? { type: freeCall, ...spaced } : spaced;
  reading.names.set(id, name);
  join(reading, "assistant", {
    type: "tool-call",
    id,
    name,
    arguments: text,
    ...readCacheMarks(item),
    ...(state === undefined ? {} : { state }),
    ...(Object.keys(special).length === 0 ? {} : { form: ownState({ item: special }) }),
  });
}

/** The members of an item without a neutral form; undefined if there are none. */
export function stateOf(item: JsonObject, knownNames: ReadonlySet<string>): VendorState | undefined {
  const rest = without(item, knownNames);
  return Object.keys(rest).length === 0 ? undefined : ownState({ item: rest });
}

const resultMembers: ReadonlySet<string> = new Set(["type", "call_id", "output", ...markNames]);
const freeResultMembers: ReadonlySet<string> = new Set(["call_id", "output", ...markNames]);

function decodeResult(item: JsonObject, place: string, reading: Reading): ToolResultPart {
  const id = requiredString(item, "call_id", place);
  const within = placeOf(place, "output");
  const parts: ToolResultPart["parts"][number][] = [];
  for (const part of decodeContent(item["output"], within)) {
    if (part.type === "refusal") parts.push({ type: "text", text: part.text });
    else if (part.type !== "reasoning" && part.type !== "tool-call" && part.type !== "tool-result") parts.push(part);
  }
  const state = stateOf(item, item["type"] === "function_call_output" ? resultMembers : freeResultMembers);
  const name = reading.names.get(id) ?? null;
  const marks = readCacheMarks(item);
  return { type: "tool-result", id, name, parts, isError: false, ...marks, ...(state === undefined ? {} : { state }) };
}

/** Another vendor's reasoning that travelled through this client becomes that vendor's again. */
export function decodeReasoning(item: JsonObject): Part {
  const sealed = item["encrypted_content"];
  const state = isCarried(sealed) ? readCarried(sealed) : ownState({ item });
  return { type: "reasoning", text: reasoningText(item), ...(state === undefined ? {} : { state }) };
}

/** The summary, or the reasoning text if there is none. */
export function reasoningText(item: JsonObject): string {
  return joinTexts(item["summary"]) || joinTexts(item["content"]);
}

function joinTexts(value: Json | undefined): string {
  const texts = arrayOr(value, []).map((part) => (isObject(part) ? stringOr(membersOf(part)["text"], "") : ""));
  return texts.join("\n\n");
}
