// Neutral parts as content of an input message or of a tool's output. Media that the target cannot take are a reason to
// ask another target, never to send the request without them.
import type { FilePart, ImagePart, Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { wantsCitations } from "../../shared/citations.ts";
import { base64ToText, toDataUrl } from "../../shared/data-url.ts";
import { imageDetailWord } from "../../shared/image-detail.ts";
import { withEnding } from "../../shared/media-source.ts";
import { isObject, membersOf } from "../../shared/read.ts";
import { type Encoding, ownMembers, self, unsupported } from "../features/own-state.ts";

/** A string where one plain text is all there is, else parts. */
export function encodeContent(parts: readonly Part[], encoding: Encoding): string | JsonObject[] {
  const content: JsonObject[] = [];
  for (const part of parts) {
    const encoded = encodePart(part, encoding);
    if (encoded !== null) content.push(encoded);
  }
  const [first, second] = content;
  if (first === undefined) return "";
  const { text } = first;
  return second === undefined && typeof text === "string" && Object.keys(first).length === 2 ? text : content;
}

function encodePart(part: Part, encoding: Encoding): JsonObject | null {
  switch (part.type) {
    case "text":
      if (part.text === "" && !encoding.native) return null;
      return {
        type: "input_text",
        text: part.text,
        ...part.marks,
        ...membersOf(ownMembers(part.state)["part"]),
      };
    case "refusal":
      return { type: "input_text", text: part.text };
    case "image":
      return encodeImage(part, encoding);
    case "file":
      return encodeFile(part, encoding);
    case "foreign": {
      const own = ownMembers(part.state)["part"];
      return isObject(own) ? own : null;
    }
    case "reasoning":
    case "tool-call":
    case "tool-result":
      return null;
  }
}

/** `detail` has to be there for OpenAI; a native caller's omission is left as it is. */
function encodeImage(part: ImagePart, encoding: Encoding): JsonObject {
  const { facts, model, native, adapted } = encoding;
  if (facts.images === false) throw unsupported("input", `${model} does not accept images`);
  const { source } = part;
  const rest = { ...part.marks, ...membersOf(ownMembers(part.state)["part"]) };
  const detail = imageDetailWord(part.detail, { facts, isOwn: native, adapted }) ?? (native ? null : "auto");
  const members = detail === null ? rest : { detail, ...rest };
  if (source.kind === "file-id") return { type: "input_image", file_id: ownFileId(source), ...members };
  if (source.kind === "url" && facts.imageUrls === false) {
    throw unsupported("input", `${model} accepts images as data only, not by URL`);
  }
  const url = source.kind === "data" ? toDataUrl(source.mediaType, source.data) : source.url;
  return { type: "input_image", image_url: url, ...members };
}

function ownFileId(source: Extract<FilePart["source"], { kind: "file-id" }>): string {
  if (source.protocol === self || source.protocol === "openai-chat") return source.id;
  throw unsupported("input", "the id of a file uploaded to another vendor cannot be used here; send the file itself");
}

function encodeFile(part: FilePart, encoding: Encoding): JsonObject {
  const { facts, model } = encoding;
  const { source } = part;
  if (wantsCitations(part)) encoding.dropped.add("citations");
  const rest = { ...part.marks, ...membersOf(ownMembers(part.state)["part"]) };
  const members = part.filename === null ? rest : { filename: part.filename, ...rest };
  if (source.kind === "file-id") return { type: "input_file", file_id: ownFileId(source), ...members };
  const family = source.mediaType?.split("/", 1)[0] ?? "";
  if (family === "image" && !encoding.native)
    return encodeImage({ type: "image", source, detail: null, marks: part.marks }, encoding);
  if ((family === "audio" || family === "video") && !encoding.native) {
    throw unsupported("input", `${model} does not accept ${family} here`);
  }
  const words = encoding.native || encoding.kindred ? null : wordsOf(part);
  if (words !== null) return { type: "input_text", text: words, ...rest };
  if (facts.pdf === false) throw unsupported("input", `${model} does not accept documents`);
  if (source.kind === "url") return { type: "input_file", file_url: source.url, ...members };
  const ownName = part.filename ?? (source.mediaType === "application/pdf" ? "document.pdf" : "document.txt");
  const filename = encoding.native && !encoding.standsIn ? ownName : withEnding(ownName, source.mediaType);
  return { type: "input_file", filename, file_data: toDataUrl(source.mediaType, source.data), ...rest };
}

/** A text document is text, headed by its name: not every model takes files of such types. Null for all others. */
function wordsOf({ source, filename }: FilePart): string | null {
  if (source.kind !== "data" || !/^(?:text\/|application\/json$)/u.test(source.mediaType)) return null;
  const text = base64ToText(source.data);
  return text === null || filename === null ? text : `${filename}:\n\n${text}`;
}
