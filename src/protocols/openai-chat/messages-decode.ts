// The history of a chat request into neutral messages. Calls without an id get one derived from their place, and the
// results that name none are paired with them in order, so that the same history always gives the same ids.
import type {
  ForeignPart,
  Message,
  Part,
  TextPart,
  Tool,
  ToolCallPart,
  ToolResultPart,
  VendorState,
} from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { markLast, markNames, readMarks } from "../cache-marks.ts";
import { readAnnotations } from "../citations.ts";
import { toolId } from "../identifiers.ts";
import { OpenCalls } from "../open-calls.ts";
import {
  arrayOr,
  asObject,
  badRequest,
  isArray,
  membersOf,
  optionalArray,
  optionalObject,
  optionalString,
  placeOf,
  requiredObject,
  requiredString,
} from "../read.ts";
import { pagesOf, pagesPart } from "../searches.ts";
import { answerImage, decodeContent } from "./content-decode.ts";
import { asFreeText, readCustom } from "./free-calls.ts";
import { lostBlock, unknownMembers } from "../unknown-block.ts";
import { beside, otherMembers, ownMembers, ownState, readExtraContent, readReasoning, self } from "./vendor-state.ts";

/** The calls of the history so far: which tool each id calls, and which ones wait for their result. */
interface CallBook {
  readonly names: Map<string, string>;
  readonly open: OpenCalls;
  /** The tools that take free text. */
  readonly free: ReadonlySet<string>;
}

export function decodeMessages(list: readonly Json[], tools: readonly Tool[] = []): Message[] {
  const free = new Set(tools.filter((tool) => tool.freeText !== undefined).map((tool) => tool.name));
  const book: CallBook = { names: new Map(), open: new OpenCalls(), free };
  return list.map((value, index) => decodeMessage(asObject(value, `messages[${index}]`), index, book));
}

function decodeMessage(message: JsonObject, index: number, book: CallBook): Message {
  const place = `messages[${index}]`;
  const role = requiredString(message, "role", place);
  switch (role) {
    case "system":
    case "developer":
    case "user": {
      const parts = decodeContent(message["content"], placeOf(place, "content"));
      return { role, parts: withMembers(parts, message, place), name: optionalString(message, "name", place) };
    }
    case "assistant":
      return decodeAssistant(message, index, book);
    case "tool":
    case "function":
      return { role: "tool", parts: [decodeResult(message, place, book)], name: null };
    default:
      throw badRequest(
        placeOf(place, "role"),
        `unknown role "${role}"; expected system, developer, user, assistant, tool or function`,
      );
  }
}

const known: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "refusal",
  "tool_calls",
  "function_call",
  "tool_call_id",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "extra_content",
  "thought_signature",
]);

/** Members of the message that only this protocol (or one of its hosts) knows, as a foreign part at the end. */
function withMembers(parts: Part[], message: JsonObject, place: string): Part[] {
  return addMembers(parts, message, { known, place });
}

function addMembers(
  parts: Part[],
  message: JsonObject,
  { known: apart, place }: { readonly known: ReadonlySet<string>; readonly place: string },
): Part[] {
  // Some clients mark a message as a whole: what ends it bears the mark.
  const marked = markLast(parts, message);
  const foreign = messageMembers(message, marked ? new Set([...apart, ...markNames]) : apart, place);
  return withForeign(parts, foreign);
}

/** The pages that an answer cited are told to others in words, before what rests on them. */
function withForeign(parts: Part[], foreign: ForeignPart | null): Part[] {
  if (foreign === null) return parts;
  const { annotations, ...others } = membersOf(membersOf(foreign.state.value)["message"]);
  const pages = Object.keys(others).length === 0 ? pagesOf(readAnnotations(annotations)) : [];
  if (pages.length === 0) return [...parts, foreign];
  return [pagesPart(pages, foreign.state), ...parts];
}

/** The members of `message` outside of `apart` that are not null; null where there are none. No `place`: in an answer. */
export function messageMembers(message: JsonObject, apart: ReadonlySet<string>, place?: string): ForeignPart | null {
  const { annotations, ...others } = otherMembers(message, apart) ?? {};
  const isEmpty = annotations === undefined || (isArray(annotations) && annotations.length === 0);
  const rest = isEmpty ? others : { annotations, ...others };
  if (Object.keys(rest).length === 0) return null;
  const state = ownState({ message: rest });
  return place === undefined ? { type: "foreign", state } : unknownMembers(state, rest, place);
}

function decodeAssistant(message: JsonObject, index: number, book: CallBook): Message {
  const place = `messages[${index}]`;
  const parts: Part[] = [
    ...readReasoning(message, true),
    ...decodeContent(message["content"], placeOf(place, "content"), true),
  ];
  const refusal = optionalString(message, "refusal", place);
  if (refusal !== null && refusal !== "") parts.push({ type: "refusal", text: refusal });
  const calls = optionalArray(message, "tool_calls", place) ?? [];
  book.open.clear();
  for (const [number, call] of calls.entries()) {
    const at = `${place}.tool_calls[${number}]`;
    const part = decodeCall(asObject(call, at), at, book.free);
    parts.push(part);
    noteCall(part, book);
  }
  const legacy = optionalObject(message, "function_call", place);
  if (legacy !== null) {
    const part = functionCall("", legacy, placeOf(place, "function_call"));
    parts.push(part);
    noteCall(part, book);
  }
  const sealed = sealParts(parts, message["extra_content"]);
  return { role: "assistant", parts: withImages(sealed, message, place), name: optionalString(message, "name", place) };
}

function noteCall(part: Part, book: CallBook): void {
  if (part.type !== "tool-call") return;
  book.names.set(part.id, part.name);
  book.open.add(part);
}

function decodeCall(call: JsonObject, place: string, free: ReadonlySet<string>): ToolCallPart | ForeignPart {
  const type = optionalString(call, "type", place) ?? "function";
  const custom = type === "custom" ? readCustom(call) : null;
  if (type !== "function" && custom === null) return lostBlock(ownState({ tool_call: call }), place);
  const called = custom === null ? requiredObject(call, "function", place) : membersOf(call["custom"]);
  const id = optionalString(call, "id", place) ?? "";
  const part = functionCall(id, { ...called, ...custom }, placeOf(place, type));
  const state = readExtraContent(call["extra_content"]);
  const isText = custom === null && free.has(part.name);
  const others = beside({ call: otherMembers(call, callMembers) });
  return {
    ...part,
    ...(isText ? { arguments: asFreeText(part.arguments) } : {}),
    ...readMarks(called, call),
    ...(custom === null ? {} : { form: ownState({ custom: true }) }),
    ...withOthers(state, others),
  };
}

const callMembers: ReadonlySet<string> = new Set([
  "id",
  "type",
  "function",
  "custom",
  "index",
  "extra_content",
  ...markNames,
]);

/** A seal is needed more than what stands beside it. */
function withOthers(seal: VendorState | undefined, others: { readonly state?: VendorState }): { state?: VendorState } {
  if (seal === undefined) return others;
  return seal.protocol === self
    ? { state: ownState({ ...ownMembers(others.state), ...ownMembers(seal) }) }
    : { state: seal };
}

/** Arguments that came as an object, as some clients send them, are put into text. */
function functionCall(id: string, call: JsonObject, place: string): ToolCallPart {
  const name = requiredString(call, "name", place);
  const given = call["arguments"];
  const text = typeof given === "string" ? given : given === undefined || given === null ? "" : JSON.stringify(given);
  return { type: "tool-call", id: id === "" ? toolId(`${place}:${name}:${text}`) : id, name, arguments: text };
}

/** A signature on the message belongs to its last text, else to its first call, else to an empty text. */
export function sealParts(parts: Part[], extra: Json | undefined): Part[] {
  const state = readExtraContent(extra);
  if (state === undefined) return parts;
  const text = parts.findLastIndex((part) => part.type === "text");
  const at = text >= 0 ? text : parts.findIndex((part) => part.type === "tool-call" && part.state === undefined);
  const part = parts[at];
  if (part !== undefined && (part.type === "text" || part.type === "tool-call"))
    return parts.with(at, { ...part, state });
  const empty: TextPart = { type: "text", text: "", state };
  return [...parts, empty];
}

const knownWithImages: ReadonlySet<string> = new Set([...known, "images"]);

/** Images of an earlier answer come back as images where they have the form in which answers give them. */
function withImages(parts: Part[], message: JsonObject, place: string): Part[] {
  const images = arrayOr(message["images"], []).map(answerImage);
  if (images.length === 0 || images.includes(null)) return withMembers(parts, message, place);
  for (const image of images) if (image !== null) parts.push(image);
  return addMembers(parts, message, { known: knownWithImages, place });
}

function decodeResult(message: JsonObject, place: string, book: CallBook): ToolResultPart {
  const given = optionalString(message, "name", place);
  const id = resultId(message, place, { book, name: given });
  const parts: ToolResultPart["parts"][number][] = [];
  for (const part of decodeContent(message["content"], placeOf(place, "content"))) {
    if (part.type === "refusal" || part.type === "reasoning") parts.push({ type: "text", text: part.text });
    else if (part.type !== "tool-call" && part.type !== "tool-result") parts.push(part);
  }
  return {
    type: "tool-result",
    id,
    name: given ?? book.names.get(id) ?? null,
    parts,
    isError: false,
    ...readMarks(message),
    ...beside({ message: otherMembers(message, resultMembers) }),
  };
}

const resultMembers: ReadonlySet<string> = new Set([...known, ...markNames]);

/** The id as given, else that of the first call that waits (of that name, where one is given). */
function resultId(message: JsonObject, place: string, known: { book: CallBook; name: string | null }): string {
  const given = optionalString(message, "tool_call_id", place);
  const { book, name } = known;
  if (given !== null && given !== "") {
    book.open.takeById(given);
    return given;
  }
  const waiting = (name === null ? undefined : book.open.takeByName(name)) ?? book.open.takeFirst();
  if (waiting !== undefined) return waiting.id;
  // Some agents write an empty one wherever they know none.
  if (given === "") return toolId(place);
  throw badRequest(
    placeOf(place, "tool_call_id"),
    "missing, and no call of the assistant's waits for a result; name the call that this answers",
  );
}
