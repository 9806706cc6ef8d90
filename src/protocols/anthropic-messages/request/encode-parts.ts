// Encodes parts of a request as blocks. Content that the target cannot see is refused, because leaving it out would
// change the question; details are dropped and reported.
import type {
  FilePart,
  ImagePart,
  MediaSource,
  Part,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { base64ToText, imageType, registeredType } from "../../shared/data-url.ts";
import { isObject, membersOf } from "../../shared/read.ts";
import { reportThoughts } from "../../shared/thoughts.ts";
import { WRAP_CHANGE, wrapsText } from "../../shared/tool-arguments.ts";
import { encodeCall, encodeId, encodeOwnThinking, encodeText } from "../response/encode-blocks.ts";
import type { Report } from "../../shared/report.ts";
import { ownMembers, self, unsupported } from "../features/own-state.ts";

/** `place` is the part's path for people, e.g. `messages[2].content[0]`. Null if nothing is sent. */
export function encodeRequestPart(part: Part, place: string, report: Report): JsonObject | null {
  switch (part.type) {
    case "text":
      return encodeWords(part);
    case "refusal":
      return encodeRefusal(part, report);
    case "image":
      return encodeImage(part, place, report);
    case "file":
      return encodeFile(part, place, report);
    case "reasoning": {
      const block = encodeOwnThinking(part);
      if (block === null) reportThoughts(part, report, "reasoning_content");
      return block;
    }
    case "tool-call":
      return encodeRequestCall(part, place, report);
    case "tool-result":
      return encodeResult(part, place, report);
    case "foreign":
      return part.state.protocol === self && isObject(part.state.value) ? part.state.value : null;
  }
}

function encodeRefusal({ text }: RefusalPart, report: Report): JsonObject | null {
  if (text.trim() === "") return null;
  report.adapt("messages.refusal", "refusal", "text");
  return encodeText(text, {});
}

function encodeRequestCall(part: ToolCallPart, place: string, report: Report): JsonObject {
  const block = encodeCall(part, place);
  if (wrapsText(membersOf(block["input"]), part.arguments)) report.adapt(...WRAP_CHANGE);
  return block;
}

/** Anthropic refuses empty text blocks. */
function encodeWords(part: TextPart): JsonObject | null {
  return part.text.trim() === "" ? null : encodeText(part.text, { ...part.marks, ...ownMembers(part.state) });
}

/** The image types that it takes. */
export const imageTypes: readonly string[] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

function encodeImage(part: ImagePart, place: string, report: Report): JsonObject {
  if (part.detail !== null && part.detail !== "auto") report.drop("image_url.detail");
  const source = encodeSource(part.source, place);
  const mediaType = part.source.kind === "data" ? typeOf(part.source) : null;
  const rest = { ...part.marks, ...ownMembers(part.state) };
  if (mediaType === null) return { type: "image", source, ...rest };
  if (!imageTypes.includes(mediaType)) {
    throw unsupported(place, `${place}: this target accepts JPEG, PNG, GIF and WebP images, not ${mediaType}.`);
  }
  return { type: "image", source: { ...source, media_type: mediaType }, ...rest };
}

/** Other vendors ignore a wrong type; Anthropic answers 400 (home-assistant/core#167208). */
function typeOf({ mediaType, data }: Extract<MediaSource, { kind: "data" }>): string {
  return imageType(data) ?? registeredType(mediaType);
}

function encodeSource(source: MediaSource, place: string): JsonObject {
  switch (source.kind) {
    case "data":
      return { type: "base64", media_type: source.mediaType, data: source.data };
    case "url":
      if (/^https:/i.test(source.url)) return { type: "url", url: source.url };
      throw unsupported(place, `${place}: this target accepts https URLs only.`);
    case "file-id":
      if (source.protocol === self) return { type: "file", file_id: source.id };
      throw unsupported(
        place,
        `${place}: the file ${source.id} is stored at another vendor, so this target cannot read it.`,
      );
  }
}

function encodeFile(part: FilePart, place: string, report: Report): JsonObject {
  const mediaType = part.source.mediaType ?? null;
  if (mediaType?.startsWith("image/") === true) {
    return encodeImage({ type: "image", source: part.source, detail: null, marks: part.marks }, place, report);
  }
  const { filename, context } = part;
  return {
    type: "document",
    source: documentSource(part.source, place),
    ...(filename === null ? {} : { title: filename }),
    ...(context === undefined ? {} : { context }),
    ...part.marks,
    ...ownMembers(part.state),
  };
}

function documentSource(source: MediaSource, place: string): JsonObject {
  const mediaType = source.mediaType ?? "application/pdf";
  if (mediaType === "application/pdf") return encodeSource(source, place);
  const text = source.kind === "data" && isText(mediaType) ? base64ToText(source.data) : null;
  if (text !== null) return { type: "text", media_type: "text/plain", data: text };
  throw unsupported(place, `${place}: this target accepts PDF and text documents, not ${mediaType}.`);
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith("text/") || mediaType === "application/json" || mediaType === "application/xml";
}

function encodeResult(part: ToolResultPart, place: string, report: Report): JsonObject {
  const blocks = part.parts
    .map((one, index) => encodeRequestPart(one, `${place}.content[${index}]`, report))
    .filter((block) => block !== null);
  const content = compactContent(blocks);
  return {
    type: "tool_result",
    tool_use_id: encodeId(part.id),
    ...(blocks.length > 0 ? { content } : {}),
    ...(part.isError ? { is_error: true } : {}),
    ...part.marks,
    ...ownMembers(part.state),
  };
}

/** A single text needs no block. */
export function compactContent(blocks: readonly JsonObject[]): Json {
  const [only] = blocks;
  const plain = blocks.length === 1 && only?.["type"] === "text" && Object.keys(only).length === 2;
  return plain && typeof only["text"] === "string" ? only["text"] : blocks;
}
