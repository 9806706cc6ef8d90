// Encodes neutral parts as the content of a chat message. If the target cannot take a medium, another target must be
// asked; it must never send the request without the medium.
import type { FilePart, ImagePart, Part, TextPart } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import { wantsCitations } from "../../shared/citations.ts";
import { base64ToText, toDataUrl } from "../../shared/data-url.ts";
import { imageDetailWord } from "../../shared/image-detail.ts";
import { withEnding } from "../../shared/media-source.ts";
import { isObject, membersOf, stringOr } from "../../shared/read.ts";
import { beside, type Encoding, unsupported } from "./encoding.ts";
import { isExact, messageStrangers, messageOnlyMembers } from "./strangers.ts";
import { ownMembers, self } from "../features/vendor-state.ts";

/** A string if there is only one text, otherwise parts. Reasoning, calls and results have members of their own. */
export function encodeContent(parts: readonly Part[], encoding: Encoding): string | JsonObject[] {
  const content: JsonObject[] = [];
  for (const part of parts) {
    const encoded = encodePart(part, encoding);
    if (encoded !== null) content.push(encoded);
  }
  const [first, second] = content;
  if (first === undefined) return "";
  const { text } = first;
  if (second === undefined && typeof text === "string" && Object.keys(first).length === 2) return text;
  // Hosts whose templates join strings refuse lists ("can only concatenate str (not "list") to str"), and all take a
  // string.
  if (!encoding.native && !isExact(encoding.facts) && content.every(isPlainText))
    return content.map((one) => stringOr(one["text"], "")).join("\n\n");
  return content;
}

function isPlainText(part: JsonObject): boolean {
  return part["type"] === "text" && Object.keys(part).length === 2;
}

function encodePart(part: Part, encoding: Encoding): JsonObject | null {
  const encoded = encodeKnown(part, encoding);
  if (encoded === null) return null;
  const { table, model } = encoding;
  const type = stringOr(encoded["type"], "");
  if (part.type !== "foreign" && table?.types.has(type) === false)
    throw unsupported("messages", `${model} does not accept parts of type ${type}`);
  if (!("strays" in part)) return encoded;
  const ofPart = part.strays?.filter(({ path }) => path.length > 1 || !messageOnlyMembers.has(String(path[0])));
  return beside(encoded, { strays: ofPart }, encoding);
}

function encodeKnown(part: Part, encoding: Encoding): JsonObject | null {
  switch (part.type) {
    case "text":
      return encodeText(part, encoding);
    case "image":
      return encodeImage(part, encoding);
    case "file":
      return encodeFile(part, encoding);
    case "foreign":
      return encodeForeign(part);
    case "refusal":
      return { type: "text", text: part.text };
    case "reasoning":
    case "tool-call":
    case "tool-result":
      return null;
  }
}

function encodeText(part: TextPart, encoding: Encoding): JsonObject | null {
  if (part.text === "" && !encoding.native) return null;
  return { type: "text", text: part.text, ...part.marks };
}

function encodeForeign(part: Extract<Part, { type: "foreign" }>): JsonObject | null {
  const { state } = part;
  if (state.protocol !== self) return null;
  return isObject(state.value) && typeof state.value["type"] === "string" ? state.value : null;
}

function encodeImage(part: ImagePart, encoding: Encoding): JsonObject {
  const { facts, model } = encoding;
  if (facts.images === false) throw unsupported("messages", `${model} does not accept images`);
  const { source } = part;
  if (source.kind === "file-id")
    throw unsupported("messages", `${model} does not accept images by the id of an uploaded file`);
  if (source.kind === "url" && facts.imageUrls === false) {
    throw unsupported("messages", `${model} accepts images as data only, not by URL`);
  }
  const url = source.kind === "data" ? toDataUrl(source.mediaType, source.data) : source.url;
  const detail = imageDetailWord(part.detail, { facts, isOwn: encoding.ownSchemas, adapted: encoding.adapted });
  return { type: "image_url", image_url: detail === null ? { url } : { url, detail }, ...part.marks };
}

function encodeFile(part: FilePart, encoding: Encoding): JsonObject {
  const { source } = part;
  if (wantsCitations(part)) encoding.dropped.add("citations");
  if (source.kind === "file-id") {
    if (source.protocol !== self && source.protocol !== "openai-responses") {
      throw unsupported(
        "messages",
        "the id of a file uploaded to another vendor cannot be used here; send the file itself",
      );
    }
    const { filename } = part;
    if (encoding.native && filename !== null) return { type: "file", file: { filename, file_id: source.id } };
    // It is undocumented which of the two counts, and the vendor knows the name.
    if (filename !== null) encoding.dropped.add("filename");
    return { type: "file", file: { file_id: source.id } };
  }
  const family = source.mediaType?.split("/", 1)[0];
  if (family === "audio") return encodeAudio(part, encoding);
  if (family === "video") return encodeVideo(part, encoding);
  if (family === "image") return encodeImage({ type: "image", source, detail: null, marks: part.marks }, encoding);
  if (source.kind === "url") return encodeLink(part, source.url, encoding);
  if (!encoding.native && isText(source.mediaType)) return encodeTextFile(part, source.data);
  if (encoding.facts.pdf === false) throw unsupported("messages", `${encoding.model} does not accept documents`);
  const ownName = part.filename ?? (source.mediaType === "application/pdf" ? "document.pdf" : "document");
  const filename = encoding.native ? ownName : withEnding(ownName, source.mediaType);
  return { type: "file", file: { filename, file_data: toDataUrl(source.mediaType, source.data) }, ...part.marks };
}

/**
 * A document by URL: some hosts take one, as a file with a name, or as `document_url` without; others take data only.
 */
function encodeLink(part: FilePart, url: string, encoding: Encoding): JsonObject {
  const refused = !encoding.native || isExact(encoding.facts);
  if (refused) throw unsupported("messages", `${encoding.model} accepts documents as data only, not by URL`);
  if (part.filename === null) return { type: "document_url", document_url: url };
  return { type: "file", file: { filename: part.filename, file_data: url } };
}

const formats: Readonly<Record<string, string>> = {
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/wave": "wav",
};

function encodeAudio(part: FilePart, encoding: Encoding): JsonObject {
  const { source } = part;
  if (encoding.facts.audio === false) throw unsupported("messages", `${encoding.model} does not accept audio`);
  // Unchanged, for the host that it was written for.
  if (source.kind === "url" && encoding.ownShape && !isExact(encoding.facts))
    return { type: "input_audio", input_audio: source.url };
  if (source.kind !== "data") throw unsupported("messages", `${encoding.model} accepts audio as data only, not by URL`);
  const format = formats[source.mediaType] ?? source.mediaType.slice("audio/".length);
  // "Currently supports wav and mp3": OpenAI's reference of the member.
  if (isExact(encoding.facts) && !encoding.ownShape && format !== "wav" && format !== "mp3")
    throw unsupported("messages", `${encoding.model} accepts WAV and MP3 audio only`);
  return { type: "input_audio", input_audio: { data: source.data, format } };
}

function encodeVideo(part: FilePart, encoding: Encoding): JsonObject {
  const { source } = part;
  const refused = !encoding.native || isExact(encoding.facts) || source.kind === "file-id";
  if (refused) throw unsupported("messages", `${encoding.model} does not accept video`);
  const url = source.kind === "data" ? toDataUrl(source.mediaType, source.data) : source.url;
  return { type: "video_url", video_url: { url } };
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith("text/") || mediaType === "application/json";
}

/** The protocol has no text documents: they become text with their name as heading. */
function encodeTextFile(part: FilePart, data: string): JsonObject {
  const text = base64ToText(data);
  if (text === null) throw unsupported("messages", "a text document must be UTF-8 in base64");
  return { type: "text", text: part.filename === null ? text : `${part.filename}:\n\n${text}`, ...part.marks };
}

/** Whether a part has a cache mark, so that it cannot become one string. */
export function isMarked(parts: readonly Part[]): boolean {
  return parts.some((part) => part.type === "text" && part.marks !== undefined);
}

/** All text of the parts in one string. */
export function joinText(parts: readonly Part[], separator: string): string {
  let joined = "";
  for (const part of parts)
    if (part.type === "text" && part.text !== "") joined += joined === "" ? part.text : separator + part.text;
  return joined;
}

const NO_MEMBERS: JsonObject = {};

function isForeign({ type }: Part): boolean {
  return type === "foreign";
}

/** Members of this protocol's messages that we do not know, except those that the target refuses. */
export function messageExtras(parts: readonly Part[], { facts, dropped }: Encoding): JsonObject {
  if (!parts.some(isForeign)) return NO_MEMBERS;
  const extras: MutableJson = {};
  for (const part of parts) {
    const members = part.type === "foreign" ? membersOf(ownMembers(part.state)["message"]) : {};
    for (const [name, value] of Object.entries(members)) {
      // Joined turns have one place for it.
      if (extras[name] === undefined) extras[name] = value;
      else if (JSON.stringify(extras[name]) !== JSON.stringify(value)) dropped.add(`messages.${name}`);
    }
  }
  if (!isExact(facts)) return extras;
  for (const name of messageStrangers) {
    if (extras[name] === undefined) continue;
    delete extras[name];
    dropped.add(name);
  }
  return extras;
}
