// Encodes parts of a request as blocks. Content that the target cannot see is refused, because leaving it out would
// change the question; details are dropped and reported.
// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import type {
  FilePart,
  ImagePart,
  MediaSource,
  Part,
  ReasoningPart,
  ToolCallPart,
  ToolResultPart,
} from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { imageType, registeredType } from "../../shared/data-url.ts";
import { spellId } from "../../shared/identifiers.ts";
import { isObject, stringOr } from "../../shared/read.ts";
import type { Report } from "../../shared/report.ts";
import { reportThoughts } from "../../shared/thoughts.ts";
import { toolArgumentsAsObject, WRAP_CHANGE, wrapsText } from "../../shared/tool-arguments.ts";
import { ownMembers, self, unsupported } from "../features/own.ts";
import { documentFormat, type DocumentNames, videoFormats } from "./documents.ts";

/** `[a-zA-Z0-9_-]+`, at most 64 (ToolUseBlock). */
const idShape = { max: 64, pattern: /^[a-zA-Z0-9_-]+$/ };

function encodeId(id: string): string {
  return spellId(id, idShape);
}

export interface PartContext {
  readonly report: Report;
  readonly names: DocumentNames;
}

/** `place` is the part's path for people, e.g. `messages[2].content[0]`. Null if nothing is sent. */
export function encodePart(part: Part, place: string, context: PartContext): JsonObject | null {
  const { report } = context;
  switch (part.type) {
    case "text":
      // It refuses blank text.
      return part.text.trim() === "" ? null : { text: part.text };
    case "refusal":
      if (part.text.trim() === "") return null;
      report.adapt("messages.refusal", "refusal", "text");
      return { text: part.text };
    case "image":
      return encodeImage(part, place, report);
    case "file":
      return encodeFile(part, place, context);
    case "reasoning":
      return encodeReasoning(part, report);
    case "tool-call":
      return encodeCall(part, place, report);
    case "tool-result":
      return encodeResult(part, place, context);
    case "foreign":
      return part.state.protocol === self && isObject(part.state.value) ? part.state.value : null;
  }
}

/** Only with the seal of the same service: a model refuses reasoning that it did not write. */
function encodeReasoning(part: ReasoningPart, report: Report): JsonObject | null {
  const { redactedContent, signature } = ownMembers(part.state);
  if (typeof redactedContent === "string") return { reasoningContent: { redactedContent } };
  if (typeof signature === "string") return { reasoningContent: { reasoningText: { text: part.text, signature } } };
  reportThoughts(part, report, "reasoning_content");
  return null;
}

function encodeCall(part: ToolCallPart, place: string, report: Report): JsonObject {
  const input = toolArgumentsAsObject(part.arguments);
  if (wrapsText(input, part.arguments)) report.adapt(...WRAP_CHANGE);
  return { toolUse: { toolUseId: encodeId(part.id === "" ? place : part.id), name: part.name, input } };
}

function encodeResult(part: ToolResultPart, place: string, context: PartContext): JsonObject {
  const content = part.parts
    .map((one, index) => encodePart(one, `${place}.content[${index}]`, context))
    .filter((block) => block !== null);
  return { toolResult: { toolUseId: encodeId(part.id), content, status: part.isError ? "error" : "success" } };
}

function encodeImage(part: ImagePart, place: string, report: Report): JsonObject {
  if (part.detail !== null && part.detail !== "auto") report.drop("image_url.detail");
  const { mediaType, data } = bytesOf(part.source, place);
  const type = imageType(data) ?? registeredType(mediaType);
  if (!["image/png", "image/jpeg", "image/gif", "image/webp"].includes(type))
    throw unsupported(place, `${place}: this target accepts JPEG, PNG, GIF and WebP images, not ${type}.`);
  return { image: { format: type.slice("image/".length), source: { bytes: data } } };
}

function encodeFile(part: FilePart, place: string, { report, names }: PartContext): JsonObject {
  const type = part.source.kind === "file-id" ? "" : (part.source.mediaType ?? "application/pdf");
  if (type.startsWith("image/"))
    return encodeImage({ type: "image", source: part.source, detail: null }, place, report);
  const { mediaType, data } = bytesOf(part.source, place);
  const video = videoFormats.get(mediaType);
  if (video !== undefined) return { video: { format: video, source: { bytes: data } } };
  const format = documentFormat(mediaType);
  if (format === null)
    throw unsupported(place, `${place}: this target accepts documents and videos, not ${mediaType}.`);
  const name = names.fit(part.filename, (from, to) => report.adapt("file.filename", from, to));
  const { context } = part;
  return { document: { format, name, source: { bytes: data }, ...(context === undefined ? {} : { context }) } };
}

function bytesOf(source: MediaSource, place: string): { readonly mediaType: string; readonly data: string } {
  switch (source.kind) {
    case "data":
      return { mediaType: source.mediaType, data: source.data };
    case "url":
      throw unsupported(place, `${place}: this target takes content in the request, not from a URL.`);
    case "file-id":
      throw unsupported(place, `${place}: the file ${stringOr(source.id, "")} is stored at another vendor.`);
  }
}
