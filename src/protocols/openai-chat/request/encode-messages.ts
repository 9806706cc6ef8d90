// Encodes neutral messages as the history of a chat request. Results follow the calls that they answer, one message
// each; images and documents, which a tool message cannot contain, follow in a user message after all results of that
// turn.
import type { ChatRequest, Message, Part, ReasoningPart, ToolCallPart, ToolResultPart } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { inputOf } from "../../shared/free-text.ts";
import { fitId, type IdShape } from "../../shared/identifiers.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";
import { encodeContent, isMarked, joinText, messageExtras } from "./encode-content.ts";
import { beside, type Encoding, unsupported } from "./encoding.ts";
import { mendHistory, settledMessages } from "../../shared/history.ts";
import { bookOf } from "../../shared/report.ts";
import { ownIds } from "./own-shape.ts";
import { encodeImage } from "../response/encode.ts";
import { isExact } from "./strangers.ts";
import { reportThoughts } from "../../shared/thoughts.ts";
import { argumentsAsText, WRAP_CHANGE } from "../../shared/tool-arguments.ts";
import { ownMembers, self, writeExtraContent } from "../features/vendor-state.ts";

/** OpenAI takes 40 characters in this protocol, and so do hosts that copied it. */
const foreignIds: IdShape = { max: 40, pattern: /^[A-Za-z0-9_-]+$/ };
/** Hosts of open models send ids such as `functions.look:0`, and need them back. */
const hostIds: IdShape = { max: 40, pattern: /^[A-Za-z0-9_.:-]+$/ };
const nativeIds: IdShape = { max: 64, pattern: /./ };

export function encodeMessages(request: ChatRequest, encoding: Encoding): JsonObject[] {
  const messages = pairedMessages(request.messages, encoding);
  const out: JsonObject[] = [];
  let media: Part[] = [];
  for (const message of messages) {
    if (message.role !== "tool" && media.length > 0) {
      out.push(encodeMedia(media, encoding));
      media = [];
    }
    for (const part of message.parts) {
      if (part.type !== "tool-result") continue;
      out.push(encodeResult(part, encoding));
      media.push(...mediaOf(part));
    }
    const encoded = message.role === "tool" ? null : encodeMessage(message, encoding);
    if (encoded !== null) out.push(encoded);
  }
  if (media.length > 0) out.push(encodeMedia(media, encoding));
  return out;
}

function pairedMessages(messages: readonly Message[], encoding: Encoding): readonly Message[] {
  const report = bookOf(encoding);
  if (!encoding.native) return settledMessages(messages, report);
  // Results of calls without a neutral form would look like results without a call.
  const hasOthers = messages.some(({ parts }) => parts.some(isOtherCall));
  return hasOthers ? messages : mendHistory(messages, report);
}

function isOtherCall(part: Part): boolean {
  return part.type === "foreign" && isObject(ownMembers(part.state)["tool_call"]);
}

function encodeMessage(message: Message, encoding: Encoding): JsonObject | null {
  const nameMember = message.name === null ? {} : { name: fitParticipant(message.name, encoding) };
  switch (message.role) {
    case "system":
    case "developer":
      return { ...encodeInstructions(message, encoding), ...nameMember };
    case "assistant": {
      const encoded = encodeAssistant(message, encoding);
      return encoded === null ? null : { ...encoded, ...nameMember };
    }
    case "user":
    case "tool": {
      const content = encodeContent(message.parts, encoding);
      if (content === "" && message.parts.length > 0 && !encoding.native) return null;
      return { role: "user", content, ...nameMember, ...messageExtras(message.parts, encoding) };
    }
  }
}

/** "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'" (microsoft/autogen#4157); hosts take any name. */
function fitParticipant(name: string, { facts, ownShape, adapted }: Encoding): string {
  if (ownShape || !isExact(facts)) return name;
  const plain = name.replaceAll(/[^a-zA-Z0-9_-]/gu, "_").slice(0, LONGEST_PARTICIPANT) || "_";
  if (plain !== name) adapted.add("messages.name:given>plain");
  return plain;
}

const LONGEST_PARTICIPANT = 64;

/** One string for blocks of another protocol: many hosts take instructions as a string only. */
function encodeInstructions(message: Message, encoding: Encoding): JsonObject {
  const role = encoding.facts.systemRole;
  if (message.role === "developer" && role === "system") encoding.adapted.add("role:developer>system");
  if (!encoding.native && message.parts.some(isMedia))
    throw unsupported("messages", `${encoding.model} accepts instructions as text only`);
  const apart = encoding.native || isMarked(message.parts);
  const content = apart ? encodeContent(message.parts, encoding) : joinText(message.parts, "\n\n");
  return { role, content, ...messageExtras(message.parts, encoding) };
}

/** An answer's parts, each in the member for its kind. */
interface AssistantMembers {
  readonly calls: JsonObject[];
  readonly content: Part[];
  readonly images: JsonObject[];
  refusal: string;
  extra: JsonObject | null;
}

function encodeAssistant(message: Message, encoding: Encoding): JsonObject | null {
  const members: AssistantMembers = { calls: [], content: [], images: [], refusal: "", extra: null };
  for (const part of message.parts) placePart(part, members, encoding);
  const { calls, images, refusal, extra } = members;
  const content = encoding.native
    ? encodeContent(members.content, encoding)
    : translatedText(members.content, encoding);
  const json: MutableJson = { role: "assistant", content };
  if (content === "" && (calls.length > 0 || refusal !== "")) json["content"] = null;
  if (refusal !== "") json["refusal"] = refusal;
  if (calls.length > 0) json["tool_calls"] = calls;
  if (images.length > 0) json["images"] = images;
  if (extra !== null) json["extra_content"] = extra;
  const extras = messageExtras(message.parts, encoding);
  const thoughts = encodeThoughts(message.parts, encoding);
  for (const name in extras) if (thoughts[name] !== undefined) encoding.dropped.add(`messages.${name}`);
  Object.assign(json, extras, thoughts);
  const empty = content === "" && Object.keys(json).length === 2 && json["content"] === "";
  // Hosts refuse an empty assistant message.
  const isLost = (message.parts.length > 0 && !encoding.native) || !(isExact(encoding.facts) || encoding.ownShape);
  return empty && isLost ? null : beside(json, message, encoding);
}

function placePart(part: Part, members: AssistantMembers, encoding: Encoding): void {
  if (part.type === "tool-call") members.calls.push(encodeCall(part, encoding));
  else if (part.type === "refusal" && takesRefusals(encoding)) members.refusal += part.text;
  else if (part.type === "refusal") {
    encoding.adapted.add("messages.refusal:refusal>text");
    members.content.push({ type: "text", text: part.text });
  } else if (part.type === "image" && encoding.native) {
    if (isExact(encoding.facts)) encoding.dropped.add("images");
    else members.images.push(beside(encodeImage(part), part, encoding));
  } else if (part.type === "foreign" && isOtherCall(part)) {
    members.calls.push(membersOf(ownMembers(part.state)["tool_call"]));
  } else if (part.type !== "reasoning") members.content.push(part);
  else if (isThinking(part) && !isExact(encoding.facts))
    members.content.push({ type: "foreign", state: { protocol: self, value: thinkingOf(part) } });
  if (part.type === "text") members.extra = keptExtra(part.state, encoding) ?? members.extra;
}

/** A table of the target's members names those of messages first. */
function takesRefusals({ table }: Encoding): boolean {
  return table === null || table.names[0]?.has("refusal") === true;
}

/** Text only: this protocol's history has no place for an answer's images and other parts. */
function translatedText(parts: readonly Part[], encoding: Encoding): string | JsonObject[] {
  for (const part of parts) if (part.type !== "text" && part.type !== "foreign") encoding.dropped.add(part.type);
  if (!isMarked(parts)) return joinText(parts, "");
  const texts = parts.filter((part) => part.type === "text");
  return encodeContent(texts, encoding);
}

function isThinking(part: ReasoningPart): boolean {
  return isObject(ownMembers(part.state)["part"]);
}

function thinkingOf(part: ReasoningPart): JsonObject {
  return membersOf(ownMembers(part.state)["part"]);
}

/**
 * Reasoning goes back only to the protocol that it came from, and only if the target takes it, in the target's spelling
 * or the original one.
 */
function encodeThoughts(parts: readonly Part[], encoding: Encoding): JsonObject {
  const { reasoningField } = encoding.facts;
  const json: MutableJson = {};
  const lists: readonly [string, Json[]][] = [
    ["reasoning_details", []],
    ["thinking_blocks", []],
  ];
  for (const part of parts) {
    if (part.type !== "reasoning") continue;
    const own = part.form ?? part.state;
    if (own?.protocol !== self || reasoningField === null) {
      const sealedNames = Object.keys(membersOf(ownMembers(own)["sealed"]));
      if (sealedNames.length === 0) reportThoughts(part, bookOf(encoding), "reasoning_content");
      else if (part.text.trim() !== "") encoding.dropped.add("reasoning_content");
      for (const name of sealedNames) encoding.dropped.add(`messages.${name}`);
      continue;
    }
    if (isThinking(part)) continue;
    const members = ownMembers(own);
    const field = reasoningField ?? (members["field"] === "reasoning" ? "reasoning" : "reasoning_content");
    const text = fieldText(part, members, reasoningField !== undefined);
    const before = json[field];
    if (text !== null)
      json[field] = typeof before === "string" ? `${before}${members["second"] === true ? "\n\n" : ""}${text}` : text;
    for (const [name, list] of lists) for (const entry of arrayOr(members[name], [])) list.push(entry);
  }
  for (const [name, list] of lists) if (list.length > 0) json[name] = list;
  return json;
}

/** The part's text for a text member; null if that gets nothing of it. See `past-reasoning.ts`. */
function fieldText(part: ReasoningPart, { written, reasoning_details }: JsonObject, hasField: boolean): string | null {
  if (written === null) return hasField && part.text !== "" ? part.text : null;
  if (typeof written === "string") return written === "" ? null : written;
  return part.text !== "" || reasoning_details === undefined ? part.text : null;
}

function encodeCall(part: ToolCallPart, encoding: Encoding): JsonObject {
  const extra = keptExtra(part.state, encoding);
  const { name, arguments: text } = part;
  const isFree = encoding.takesFree && (encoding.free.has(name) || ownMembers(part.form)["custom"] === true);
  const called = isFree
    ? { type: "custom", custom: { name, input: inputOf(text) } }
    : { type: "function", function: { name, arguments: encodeArguments(text, encoding) } };
  const call = {
    id: fitCallId(part.id, encoding),
    ...called,
    ...part.marks,
    ...(extra === null ? {} : { extra_content: extra }),
  };
  return beside(call, part, encoding);
}

/** OpenAI takes everything that it once sent. */
function encodeArguments(text: string, { facts, native, ownShape, adapted }: Encoding): string {
  if (text === "" && !native) return "{}";
  if (ownShape || isExact(facts)) return text;
  const written = argumentsAsText(text);
  if (written !== text && text.trim() !== "") adapted.add(`${WRAP_CHANGE[0]}:${WRAP_CHANGE[1]}>${WRAP_CHANGE[2]}`);
  return written;
}

/** Seals go to targets that need them, own extensions back to their origin. A seal is useless anywhere else. */
function keptExtra(state: Parameters<typeof writeExtraContent>[0], encoding: Encoding): JsonObject | null {
  const extra = writeExtraContent(state);
  if (extra === null || state === undefined) return null;
  if (state.protocol === self) {
    if (!isExact(encoding.facts)) return extra;
    encoding.dropped.add("extra_content");
    return null;
  }
  return encoding.facts.signatures && state.protocol === "gemini-generate" ? extra : null;
}

function fitCallId(id: string, encoding: Encoding): string {
  if (encoding.native) return fitId(id, encoding.standsIn && isExact(encoding.facts) ? ownIds : nativeIds);
  return fitId(id, isExact(encoding.facts) ? foreignIds : hostIds);
}

function encodeResult(result: ToolResultPart, encoding: Encoding): JsonObject {
  const { name } = ownMembers(result.state);
  const written = {
    role: "tool",
    tool_call_id: fitCallId(result.id, encoding),
    content: resultContent(result, encoding),
    ...(name === undefined ? {} : { name }),
  };
  return beside(written, result, encoding);
}

function resultContent(result: ToolResultPart, encoding: Encoding): string | JsonObject[] {
  const texts = result.parts.filter((part) => !isMedia(part));
  if (encoding.native && (texts.length > 1 || texts[0]?.type === "foreign")) return encodeContent(texts, encoding);
  const text = joinText(texts, "\n");
  const marks = result.marks ?? lastMarks(texts);
  if (marks !== undefined && text !== "")
    return [{ type: "text", text: result.isError ? JSON.stringify({ error: text }) : text, ...marks }];
  if (result.isError) return JSON.stringify({ error: text });
  if (text === "" && mediaOf(result).length > 0) return "[the result follows in the next user message]";
  return text;
}

function lastMarks(parts: readonly Part[]): JsonObject | undefined {
  const last = parts.findLast((part) => part.type === "text" && part.marks !== undefined);
  return last?.type === "text" ? last.marks : undefined;
}

function mediaOf(result: ToolResultPart): Part[] {
  return result.parts.filter(isMedia);
}

function isMedia(part: Part): boolean {
  return part.type === "image" || part.type === "file";
}

function encodeMedia(media: readonly Part[], encoding: Encoding): JsonObject {
  encoding.adapted.add("messages:tool-media>user");
  const lead: Part = { type: "text", text: "The tool results above hold:" };
  return { role: "user", content: encodeContent([lead, ...media], encoding) };
}
