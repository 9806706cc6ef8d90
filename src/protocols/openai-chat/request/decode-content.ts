// Decodes the content of a chat message, a string or parts. An unknown part becomes a foreign part, so that the same
// protocol gets it back; only what cannot be content at all is the caller's mistake.
import type { FilePart, ImagePart, MediaSource, Part, ReasoningPart, TextPart } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { readCacheMarks } from "../../shared/cache-marks.ts";
import { audioType, isAddress, parseDataUrl } from "../../shared/data-url.ts";
import { mediaSource, typeOfName } from "../../shared/media-source.ts";
import {
  arrayOr,
  asObject,
  isArray,
  isObject,
  membersOf,
  optionalString,
  placeOf,
  requiredObject,
  requiredString,
  stringOr,
  wrongKind,
} from "../../shared/read.ts";
import { straysIn } from "../../shared/member-shape.ts";
import { unknownBlock } from "../../shared/unknown-block.ts";
import { readPartMembers } from "./read-members.ts";
import { ownVendorState } from "../features/vendor-state.ts";

/** Empty for null and for the empty string. `said`: by the model. */
export function decodeContent(content: Json | undefined, place: string, fromAssistant = false): Part[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!isArray(content)) throw wrongKind(place, "a string or an array of parts", content);
  return content.map((part, index) => decodePart(part, `${place}[${index}]`, fromAssistant));
}

function decodePart(value: Json, place: string, fromAssistant: boolean): Part {
  if (typeof value === "string") return { type: "text", text: value };
  const part = asObject(value, place);
  const strays = straysIn(part, readPartMembers);
  return { ...decodeKnown(part, place, fromAssistant), ...strays };
}

function decodeKnown(part: JsonObject, place: string, fromAssistant: boolean): Part {
  switch (requiredString(part, "type", place)) {
    case "text":
      return decodeText(part, place);
    case "image_url":
      return decodeImage(part, place);
    case "input_audio":
      return { ...decodeAudio(part, placeOf(place, "input_audio")), ...readCacheMarks(part) };
    case "file":
      return { ...decodeFile(requiredObject(part, "file", place), placeOf(place, "file")), ...readCacheMarks(part) };
    case "video_url":
      return decodeLink(part, "video_url", place);
    case "document_url":
      return decodeLink(part, "document_url", place);
    case "refusal":
      return { type: "refusal", text: requiredString(part, "refusal", place) };
    case "thinking":
      return thinkingPart(part);
    default:
      return unknownBlock(ownVendorState(part), part, { place, fromAssistant, media: readMedia });
  }
}

/** Inside an unknown part, where an invalid one is not an error. */
function readMedia(value: JsonObject, place: string): ImagePart | FilePart | null {
  if (!media.has(stringOr(value["type"], ""))) return null;
  try {
    const part = decodePart(value, place, false);
    return part.type === "image" || part.type === "file" ? part : null;
  } catch (error) {
    if (error instanceof GatewayFailure) return null;
    throw error;
  }
}

const media: ReadonlySet<string> = new Set(["image_url", "input_audio", "file", "video_url", "document_url"]);

function decodeText(part: JsonObject, place: string): TextPart {
  return { type: "text", text: requiredString(part, "text", place), ...readCacheMarks(part) };
}

/** Some hosts' clients send only the URL in place of the object. */
function decodeImage(part: JsonObject, place: string): ImagePart {
  const image = part["image_url"];
  if (typeof image === "string")
    return { type: "image", source: mediaSource(image), detail: null, ...readCacheMarks(part) };
  const within = placeOf(place, "image_url");
  const object = asObject(image, within);
  const source = mediaSource(requiredString(object, "url", within));
  return { type: "image", source, detail: optionalString(object, "detail", within), ...readCacheMarks(part) };
}

const audioTypes: Readonly<Record<string, string>> = { wav: "audio/wav", mp3: "audio/mpeg" };

/** An object with its format; Mistral's clients send only the bytes or the URL. */
function decodeAudio(part: JsonObject, place: string): FilePart {
  const sound = part["input_audio"];
  if (typeof sound === "string") return { type: "file", source: soundSource(sound), filename: null };
  const audio = asObject(sound, place);
  const format = requiredString(audio, "format", place);
  const soundData = requiredString(audio, "data", place);
  const mediaType = audioTypes[format] ?? `audio/${format}`;
  if (isAddress(soundData)) return { type: "file", source: { kind: "url", url: soundData, mediaType }, filename: null };
  const data = parseDataUrl(soundData)?.data ?? soundData;
  return { type: "file", source: { kind: "data", mediaType, data }, filename: null };
}

function soundSource(soundText: string): MediaSource {
  if (!/^(?:data:|https?:)/iu.test(soundText.slice(0, 8)))
    return { kind: "data", mediaType: audioType(soundText), data: soundText };
  const source = mediaSource(soundText);
  const { mediaType } = source;
  return mediaType?.startsWith("audio/") === true ? source : { ...source, mediaType: "audio/mpeg" };
}

function decodeFile(file: JsonObject, place: string): FilePart {
  const filename = optionalString(file, "filename", place);
  const id = optionalString(file, "file_id", place);
  if (id !== null) return { type: "file", source: fileAt(id, place), filename };
  const data = requiredString(file, "file_data", place);
  if (/^(?:data:|https?:)/i.test(data.slice(0, 8)))
    return { type: "file", source: mediaSource(data, filename), filename };
  return {
    type: "file",
    source: { kind: "data", mediaType: typeOfName(filename) ?? "application/pdf", data },
    filename,
  };
}

function fileAt(id: string, place: string): MediaSource {
  return { kind: "file-id", id, protocol: "openai-chat", place: placeOf(place, "file_id") };
}

/** `video_url` and `document_url`, which several hosts know; a URL alone or an object with `url`. */
function decodeLink(part: JsonObject, key: "video_url" | "document_url", place: string): FilePart {
  const link = part[key];
  const url =
    typeof link === "string" ? link : requiredString(asObject(link, placeOf(place, key)), "url", placeOf(place, key));
  const source = mediaSource(url);
  const usual = key === "video_url" ? "video/mp4" : "application/pdf";
  const filename = optionalString(part, "document_name", place);
  if (source.kind === "url")
    return { type: "file", source: { ...source, mediaType: source.mediaType ?? usual }, filename };
  return { type: "file", source, filename };
}

/** Reasoning that some hosts put into the content, as a string or as text parts. */
export function thinkingPart(part: JsonObject): ReasoningPart {
  const { thinking } = part;
  const texts = arrayOr(thinking, []).map((piece) => (isObject(piece) ? stringOr(piece["text"], "") : ""));
  const text = typeof thinking === "string" ? thinking : texts.join("");
  return { type: "reasoning", text, state: ownVendorState({ part }) };
}

/**
 * An image in an answer, in the format of several hosts: `{type: "image_url", image_url: {url}}`. Null for anything
 * else.
 */
export function answerImage(value: Json): ImagePart | null {
  const url = isObject(value) ? membersOf(value["image_url"])["url"] : null;
  return typeof url === "string" ? { type: "image", source: mediaSource(url), detail: null } : null;
}

/** The same in a history that repeats an answer. */
export function echoedImage(value: Json): ImagePart | null {
  const image = answerImage(value);
  return image === null ? null : { ...image, ...straysIn(value, readPartMembers) };
}
