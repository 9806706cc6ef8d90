// Decodes the history of a chat request. A call without an id gets one derived from its position, and results without
// an id are paired with calls in order, so that the same history always gives the same ids.
import type { ForeignPart, Message, Part, TextPart, Tool, ToolCallPart, ToolResultPart } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { markLast, markNames, readCacheMarks } from "../../shared/cache-marks.ts";
import { toolId } from "../../shared/identifiers.ts";
import { OpenCalls } from "../../shared/open-calls.ts";
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
} from "../../shared/read.ts";
import { liftedFromParts, withoutBoxedState, callWithoutBoxedState } from "../features/boxed-state.ts";
import { decodeContent, echoedImage } from "./decode-content.ts";
import { asFreeText, readCustom } from "../features/free-calls.ts";
import { straysBelow, straysIn } from "../../shared/member-shape.ts";
import { describeCitations, toolBlock, unknownMembers } from "../../shared/unknown-block.ts";
import { readCall, readFunctionCall, readOwnCall, readResult, readSealed } from "./read-members.ts";
import { isReadable, readPastReasoning } from "../features/past-reasoning.ts";
import { otherMembers, ownVendorState, readExtraContent, self } from "../features/vendor-state.ts";

/** The calls of the history so far: the tool of each id, and the calls without a result. */
interface CallBook {
  readonly names: Map<string, string>;
  readonly open: OpenCalls;
  /** The tools with free text. */
  readonly free: ReadonlySet<string>;
}

const NO_NAMES: ReadonlySet<string> = new Set();

export function decodeMessages(list: readonly Json[], tools: readonly Tool[] = []): Message[] {
  const free = tools.filter((tool) => tool.freeText !== undefined).map((tool) => tool.name);
  const book: CallBook = {
    names: new Map(),
    open: new OpenCalls(),
    free: free.length === 0 ? NO_NAMES : new Set(free),
  };
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
      return {
        role,
        parts: addMembers(parts, message, { apart: messageNames, place }),
        name: optionalString(message, "name", place),
      };
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

/** The known members of a message. Its cache marks are read only if a part can carry them. */
interface KnownNames {
  readonly names: ReadonlySet<string>;
  readonly withMarks: ReadonlySet<string>;
}

function knowing(...names: readonly string[]): KnownNames {
  return { names: new Set(names), withMarks: new Set([...names, ...markNames]) };
}

const messageNames = knowing("role", "content", "name");
const answerNames = knowing(
  ...messageNames.names,
  "refusal",
  "tool_calls",
  "function_call",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "thinking_blocks",
  "extra_content",
);

/** Members of the message that only this protocol (or one of its hosts) knows, as a foreign part at the end. */
function addMembers(
  parts: Part[],
  message: JsonObject,
  { apart, place }: { readonly apart: KnownNames; readonly place: string },
): Part[] {
  // Some clients mark a message as a whole: its last part gets the mark.
  const marked = markLast(parts, message);
  const foreign = messageMembers(message, marked ? apart.withMarks : apart.names, place);
  const { annotations } = message;
  const fallback = annotations === undefined ? {} : describeCitations(annotations, placeOf(place, "annotations"));
  const all = fallback.textFallback === undefined ? parts : withTold(parts, fallback);
  return foreign === null ? all : [...all, foreign];
}

/** They are about the message as a whole. */
function withTold<One extends Part>(
  parts: One[],
  fallback: Pick<ForeignPart, "textFallback">,
): (One | TextPart | ForeignPart)[] {
  const at = parts.findLastIndex((part) => part.type === "text");
  const part: Part | undefined = parts[at];
  const all: (One | TextPart | ForeignPart)[] = parts;
  return part?.type === "text"
    ? all.with(at, { ...part, ...fallback })
    : [...all, { type: "foreign", state: ownVendorState({}), ...fallback }];
}

/** The members of `message` outside `apart` that are not null; null if there are none. No `place`: in an answer. */
export function messageMembers(message: JsonObject, apart: ReadonlySet<string>, place?: string): ForeignPart | null {
  const { annotations } = message;
  const hasNone = isArray(annotations) && annotations.length === 0;
  const isKnown = (name: string, value: Json): boolean =>
    (apart.has(name) && isReadable(name, value)) || (hasNone && name === "annotations");
  const rest = otherMembers(message, isKnown);
  if (rest === null) return null;
  const state = ownVendorState({ message: rest });
  return place === undefined ? { type: "foreign", state } : unknownMembers(state, rest, place);
}

function decodeAssistant(original: JsonObject, index: number, book: CallBook): Message {
  const message = withoutBoxedState(liftedFromParts(original));
  const place = `messages[${index}]`;
  const parts: Part[] = [
    ...readPastReasoning(message),
    ...decodeContent(message["content"], placeOf(place, "content"), true),
  ];
  const refusal = optionalString(message, "refusal", place);
  if (refusal !== null && refusal !== "") parts.push({ type: "refusal", text: refusal });
  const calls = optionalArray(message, "tool_calls", place) ?? [];
  book.open.clear();
  for (const [number, call] of calls.entries()) {
    const at = `${place}.tool_calls[${number}]`;
    const part = decodeCall(callWithoutBoxedState(asObject(call, at)), at, book.free);
    parts.push(part);
    noteCall(part, book);
  }
  const legacy = optionalObject(message, "function_call", place);
  if (legacy !== null) {
    const part = functionCall("", legacy, placeOf(place, "function_call"));
    parts.push({ ...part, ...straysBelow(message, readFunctionCall) });
    noteCall(part, book);
  }
  const sealed = sealParts(parts, message["extra_content"]);
  const name = optionalString(message, "name", place);
  return { role: "assistant", parts: withImages(sealed, message, place), name, ...besideSeal(message) };
}

/** A seal of an unknown kind goes back as a whole. */
function besideSeal(holder: JsonObject): Pick<Message, "strays"> {
  const seal = readExtraContent(holder["extra_content"]);
  return seal === undefined || seal.protocol === self ? {} : straysBelow(holder, readSealed);
}

function noteCall(part: Part, book: CallBook): void {
  if (part.type !== "tool-call") return;
  book.names.set(part.id, part.name);
  book.open.add(part);
}

function decodeCall(call: JsonObject, place: string, free: ReadonlySet<string>): ToolCallPart | ForeignPart {
  const type = optionalString(call, "type", place) ?? "function";
  const custom = type === "custom" ? readCustom(call) : null;
  if (type !== "function" && custom === null)
    return toolBlock(ownVendorState({ tool_call: call }), call, { kind: type, place });
  const called = custom === null ? requiredObject(call, "function", place) : membersOf(call["custom"]);
  const id = optionalString(call, "id", place) ?? "";
  const part = functionCall(id, { ...called, ...custom }, placeOf(place, type));
  const state = readExtraContent(call["extra_content"]);
  const isText = custom === null && free.has(part.name);
  return {
    ...part,
    ...(isText ? { arguments: asFreeText(part.arguments) } : {}),
    ...readCacheMarks(called, call),
    ...(custom === null ? {} : { form: ownVendorState({ custom: true }) }),
    ...(state === undefined ? {} : { state }),
    ...straysIn(call, state?.protocol === self ? readOwnCall : readCall),
  };
}

/** Some clients send the arguments as an object: it becomes text. */
function functionCall(id: string, call: JsonObject, place: string): ToolCallPart {
  const name = requiredString(call, "name", place);
  const value = call["arguments"];
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  return { type: "tool-call", id: id === "" ? toolId(`${place}:${name}:${text}`) : id, name, arguments: text };
}

/** A signature on the message belongs to its last text, otherwise to its first call, otherwise to an empty text. */
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

const answeredWithImages = knowing(...answerNames.names, "images");

/** Images of an earlier answer are read as images if they have the format of answers. */
function withImages(parts: Part[], message: JsonObject, place: string): Part[] {
  const images = arrayOr(message["images"], []).map(echoedImage);
  if (images.length === 0 || images.includes(null)) return addMembers(parts, message, { apart: answerNames, place });
  for (const image of images) if (image !== null) parts.push(image);
  return addMembers(parts, message, { apart: answeredWithImages, place });
}

function decodeResult(message: JsonObject, place: string, book: CallBook): ToolResultPart {
  const name = optionalString(message, "name", place);
  // The result has a function's name in place of an id.
  const isNamed = name !== null && message["role"] === "tool";
  const id = resultId(message, place, { book, name });
  const parts: ToolResultPart["parts"][number][] = [];
  for (const part of decodeContent(message["content"], placeOf(place, "content"))) {
    if (part.type === "refusal" || part.type === "reasoning") parts.push({ type: "text", text: part.text });
    else if (part.type !== "tool-call" && part.type !== "tool-result") parts.push(part);
  }
  const { annotations } = message;
  const fallback = annotations === undefined ? {} : describeCitations(annotations, placeOf(place, "annotations"));
  return {
    type: "tool-result",
    id,
    name: name ?? book.names.get(id) ?? null,
    parts: fallback.textFallback === undefined ? parts : withTold(parts, fallback),
    isError: false,
    ...readCacheMarks(message),
    ...(isNamed ? { state: ownVendorState({ name }) } : {}),
    ...straysIn(message, readResult),
  };
}

/** The given id, otherwise that of the first waiting call (of that name, if there is one). */
function resultId(message: JsonObject, place: string, context: { book: CallBook; name: string | null }): string {
  const ownId = optionalString(message, "tool_call_id", place);
  const { book, name } = context;
  if (ownId !== null && ownId !== "") {
    book.open.takeById(ownId);
    return ownId;
  }
  const waiting = (name === null ? undefined : book.open.takeByName(name)) ?? book.open.takeFirst();
  if (waiting !== undefined) return waiting.id;
  // Some agents write an empty id if they know none.
  if (ownId === "") return toolId(place);
  throw badRequest(
    placeOf(place, "tool_call_id"),
    "missing, and no tool call waits for a result; set it to the id of the call that this message answers",
  );
}
