// Encodes a neutral answer as a chat completion. Content without a field travels in extensions that clients ignore or
// echo (`reasoning_content`, `images`, `extra_content`); another protocol's foreign parts are left out.
import type { ChatResponse, Choice, Citation, Part, ToolCallPart } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { foreignCitations, writeAnnotation } from "../../shared/citations.ts";
import { toDataUrl } from "../../shared/data-url.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";
import { searchesIn, uncited } from "../../shared/searches.ts";
import { freeTools, type FreeTools, readFreeCall } from "../features/free-calls.ts";
import { writeFinish } from "./finish.ts";
import { writeLogprobs } from "../../shared/logprobs.ts";
import { writeUsage } from "./usage.ts";
import {
  ownMembers,
  self,
  writeExtraContent,
  writeReasoningDetail,
  type SealedReasoning,
} from "../features/vendor-state.ts";

export function encodeResponse(response: ChatResponse, options: StreamOptions): JsonObject {
  const native = response.extras.protocol === self;
  const usage = writeUsage(response.usage);
  const encoding = { legacy: options.legacyFunctions === true, free: freeTools(options.tools) };
  const body: MutableJson = {
    ...(native ? response.extras.fields : {}),
    id: answerId(response.id, { native, fallback: options.id }),
    object: "chat.completion",
    created: response.created ?? options.created,
    model: response.model,
    choices: response.choices.map((choice) => encodeChoice(choice, encoding)),
  };
  if (usage !== null) body["usage"] = native ? nativeUsage(membersOf(response.extras.fields["usage"]), usage) : usage;
  return body;
}

/** The vendor's own id if it has this protocol's format, otherwise the gateway's. */
export function answerId(id: string, context: { readonly native: boolean; readonly fallback: string }): string {
  return id !== "" && (context.native || id.startsWith("chatcmpl-")) ? id : context.fallback;
}

/** The vendor's further counts (audio tokens, cost) stay. */
function nativeUsage(ownUsage: JsonObject, usage: JsonObject): JsonObject {
  const merged: MutableJson = { ...ownUsage, ...usage };
  for (const key of ["prompt_tokens_details", "completion_tokens_details"]) {
    if (isObject(ownUsage[key])) merged[key] = { ...ownUsage[key], ...membersOf(usage[key]) };
  }
  return merged;
}

/** How to write calls. */
interface CallEncoding {
  readonly legacy: boolean;
  readonly free: FreeTools;
}

function encodeChoice(choice: Choice, encoding: CallEncoding): JsonObject {
  const hasCalls = choice.parts.some((part) => part.type === "tool-call" || isForeignCall(part));
  const finish = choice.finish === null ? null : writeFinish(choice.finish, { hasCalls, legacy: encoding.legacy });
  const json: MutableJson = {
    index: choice.index,
    message: encodeMessage(choice.parts, encoding),
    logprobs: choice.logprobs === null ? null : writeLogprobs(choice.logprobs),
    finish_reason: finish,
  };
  if (choice.stopSequence !== null) json["stop_sequence"] = choice.stopSequence;
  return json;
}

function isForeignCall(part: Part): boolean {
  return part.type === "foreign" && isObject(ownMembers(part.state)["tool_call"]);
}

function encodeMessage(parts: readonly Part[], { legacy, free }: CallEncoding): JsonObject {
  const calls: JsonObject[] = [];
  const images: JsonObject[] = [];
  const foreign: MutableJson = {};
  let text = "";
  let refusal = "";
  let extra: JsonObject | null = null;
  for (const part of parts) {
    if (part.type === "text") {
      text += part.text;
      extra = writeExtraContent(part.state) ?? extra;
    } else if (part.type === "refusal") refusal += part.text;
    else if (part.type === "tool-call") calls.push(encodeCall(part, free));
    else if (part.type === "image") images.push({ ...encodeImage(part), index: images.length });
    else if (part.type === "foreign") gatherForeign(ownMembers(part.state), { calls, foreign });
  }
  const hasText = text !== "" || (refusal === "" && calls.length === 0 && foreign["audio"] === undefined);
  const message: MutableJson = { role: "assistant", content: hasText ? text : null, refusal: refusal || null };
  Object.assign(message, encodeReasoning(parts), foreign);
  const ownCitations = foreignCitations(parts, self);
  const cited = [...ownCitations, ...uncited(searchesIn(parts, self), ownCitations)];
  if (cited.length > 0) message["annotations"] = writeAnnotations(cited);
  if (extra !== null) message["extra_content"] = extra;
  if (images.length > 0) message["images"] = images;
  if (calls.length > 0) Object.assign(message, legacy ? legacyCall(calls) : { tool_calls: calls });
  return message;
}

export function writeAnnotations(citations: readonly Citation[]): readonly JsonObject[] {
  return citations.map((one) => ({ type: "url_citation", url_citation: writeAnnotation(one) }));
}

function gatherForeign(members: JsonObject, into: { calls: JsonObject[]; foreign: MutableJson }): void {
  if (isObject(members["tool_call"])) into.calls.push(members["tool_call"]);
  if (isObject(members["message"])) Object.assign(into.foreign, members["message"]);
}

/** `reasoning_content`, and the seals of its ranges in `reasoning_details`. */
function encodeReasoning(parts: readonly Part[]): JsonObject {
  let text = "";
  const details: Json[] = [];
  for (const part of parts) {
    if (part.type !== "reasoning") continue;
    if (part.state !== undefined && part.state.protocol !== self) {
      const sealed: SealedReasoning = { state: part.state, start: text.length, length: part.text.length };
      details.push(writeReasoningDetail(sealed, details.length));
    } else details.push(...arrayOr(ownMembers(part.state)["reasoning_details"], []));
    text += part.text;
  }
  return {
    ...(text === "" ? {} : { reasoning_content: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

function encodeCall(part: ToolCallPart, free: FreeTools): JsonObject {
  const { id, name, arguments: text } = part;
  const extra = writeExtraContent(part.state);
  const freeCall = readFreeCall(name, text, free) ?? {
    type: "function",
    function: { name, arguments: text === "" ? "{}" : text },
  };
  return { id, ...freeCall, ...(extra === null ? {} : { extra_content: extra }) };
}

/** The older format has one call; its clients ask for no more. */
function legacyCall(calls: readonly JsonObject[]): JsonObject {
  return { function_call: membersOf(calls[0]?.["function"]) };
}

/** An image of an answer, in the format of several hosts. */
export function encodeImage(part: Extract<Part, { type: "image" }>): JsonObject {
  const { source } = part;
  const url =
    source.kind === "data" ? toDataUrl(source.mediaType, source.data) : source.kind === "url" ? source.url : source.id;
  return { type: "image_url", image_url: { url } };
}
