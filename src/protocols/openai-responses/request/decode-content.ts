// Decodes the content of a message or of a tool's output, a string or parts. An unknown part becomes a foreign part, so
// that the same protocol gets it back; only what cannot be content at all is the caller's mistake.
import type { FilePart, ImagePart, MediaSource, Part, VendorState } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { markNames, readCacheMarks } from "../../shared/cache-marks.ts";
import { inlineData, parseDataUrl } from "../../shared/data-url.ts";
import { mediaSource, typeOfName } from "../../shared/media-source.ts";
import {
  asObject,
  badRequest,
  isArray,
  optionalString,
  placeOf,
  requiredString,
  wrongKind,
} from "../../shared/read.ts";
import { describeCitations, unknownBlock } from "../../shared/unknown-block.ts";
import { ownState, self, without } from "../features/own-state.ts";

/** Empty for null and for the empty string. `item`: the message's members beside its content, kept on its texts. */
export function decodeContent(content: Json | undefined, place: string, item: JsonObject | null = null): Part[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content, ...textState({}, item) }];
  if (!isArray(content)) throw wrongKind(place, "a string or an array of parts", content);
  return content.map((part, index) => decodePart(asObject(part, `${place}[${index}]`), `${place}[${index}]`, item));
}

function decodePart(part: JsonObject, place: string, item: JsonObject | null): Part {
  switch (requiredString(part, "type", place)) {
    case "input_text":
    case "output_text":
    case "text":
      return {
        type: "text",
        text: requiredString(part, "text", place),
        ...readCacheMarks(part),
        ...describeCitations(part["annotations"], `${place}.annotations`),
        ...textState(without(part, textMembers), item),
      };
    case "refusal":
      return { type: "refusal", text: requiredString(part, "refusal", place) };
    case "input_image":
      return decodeImage(part, place);
    case "input_file":
      return decodeFile(part, place);
    default:
      // An item in there is the model's.
      return unknownBlock(ownState({ part }), part, { place, fromAssistant: item !== null, media: readMedia });
  }
}

/** Inside an unknown block, where an invalid one is not an error. */
export function readMedia(block: JsonObject, place: string): ImagePart | FilePart | null {
  const { type } = block;
  if (type !== "input_image" && type !== "input_file" && type !== "computer_screenshot") return null;
  try {
    return type === "input_file" ? decodeFile(block, place) : decodeImage(block, place);
  } catch (error) {
    if (error instanceof GatewayFailure) return null;
    throw error;
  }
}

const textMembers: ReadonlySet<string> = new Set(["type", "text", ...markNames]);

/** Empty if there is nothing to keep. An empty list (no annotations, no probabilities) does not count. */
export function textState(part: JsonObject, item: JsonObject | null): { readonly state?: VendorState } {
  const members: MutableJson = {};
  let isEmpty = true;
  for (const name of Object.keys(part)) {
    const value = part[name] ?? null;
    if (value === null || (isArray(value) && value.length === 0)) continue;
    members[name] = value;
    isEmpty = false;
  }
  if (isEmpty) return item === null ? {} : { state: ownState({ item }) };
  return { state: ownState(item === null ? { part: members } : { item, part: members }) };
}

const imageMembers: ReadonlySet<string> = new Set(["type", "image_url", "file_id", "detail", ...markNames]);

function decodeImage(part: JsonObject, place: string): ImagePart {
  const id = optionalString(part, "file_id", place);
  const url = optionalString(part, "image_url", place);
  const detail = optionalString(part, "detail", place);
  const state = { ...readCacheMarks(part), ...restOf(part, imageMembers) };
  if (url !== null) return { type: "image", source: mediaSource(url), detail, ...state };
  if (id !== null) return { type: "image", source: fileId(id, place), detail, ...state };
  throw badRequest(place, "an input_image needs image_url or file_id");
}

const fileMembers: ReadonlySet<string> = new Set([
  "type",
  "file_id",
  "file_url",
  "file_data",
  "filename",
  ...markNames,
]);

function decodeFile(part: JsonObject, place: string): FilePart {
  const filename = optionalString(part, "filename", place);
  const id = optionalString(part, "file_id", place);
  const url = optionalString(part, "file_url", place);
  const data = optionalString(part, "file_data", place);
  const file = { type: "file", filename, ...readCacheMarks(part), ...restOf(part, fileMembers) } as const;
  if (data !== null) return { ...file, source: inlineSource(data, filename) };
  if (url !== null) {
    const source = mediaSource(url, filename);
    const isUntyped = source.kind === "url" && source.mediaType === null;
    return { ...file, source: isUntyped ? { ...source, mediaType: "application/pdf" } : source };
  }
  if (id !== null) return { ...file, source: fileId(id, place) };
  throw badRequest(place, "an input_file needs file_data, file_url or file_id");
}

/** A `data:` URL, or only the bytes in base64. */
function inlineSource(data: string, filename: string | null): MediaSource {
  const inline = parseDataUrl(data);
  if (inline !== null) return { kind: "data", ...inline };
  return { kind: "data", ...inlineData(typeOfName(filename) ?? "application/pdf", data) };
}

function fileId(id: string, place: string): MediaSource {
  return { kind: "file-id", id, protocol: self, place: placeOf(place, "file_id") };
}

function restOf(part: JsonObject, knownNames: ReadonlySet<string>): { readonly state?: VendorState } {
  const rest = without(part, knownNames);
  return Object.keys(rest).length === 0 ? {} : { state: ownState({ part: rest }) };
}
