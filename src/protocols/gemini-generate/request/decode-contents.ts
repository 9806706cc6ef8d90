// Decodes a client's `contents`. Calls and results often have no ids here: they are paired by id, otherwise by name in
// order, and ids are made from their position and content, so that a repeated history gets the same ones.
import { inlineData } from "../../shared/data-url.ts";
import type {
  FilePart,
  ForeignPart,
  ImagePart,
  MediaSource,
  Message,
  Part,
  ToolResultPart,
} from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { toolId } from "../../shared/identifiers.ts";
import { detailOfLevel } from "../../shared/image-detail.ts";
import { type Strays, straysIn } from "../../shared/member-shape.ts";
import { OpenCalls } from "../../shared/open-calls.ts";
import {
  asObject,
  asString,
  badRequest,
  isObject,
  optionalObject,
  optionalString,
  stringOr,
} from "../../shared/read.ts";
import { signatureOf } from "../response/decode-parts.ts";
import { objectsAt, objectsInMembers } from "../features/members.ts";
import { toolBlock, unknownBlock } from "../../shared/unknown-block.ts";
import { withCamelSpelling } from "../features/spelling.ts";
import {
  camelPart,
  imageShape,
  levelIn,
  readCall,
  readContentMembers,
  readFile,
  readInstruction,
  readResult,
  readText,
} from "./read-members.ts";
import { decodeToolValue } from "./tool-values.ts";

const protocol = "gemini-generate";

/** The context of decoding one part. */
interface Reading {
  readonly place: string;
  readonly open: OpenCalls;
  /** From the model. */
  readonly fromAssistant: boolean;
}

export function decodeContents(contents: readonly Json[]): Message[] {
  const messages: Message[] = [];
  const open = new OpenCalls();
  for (const [index, value] of contents.entries()) {
    const place = `contents[${index}]`;
    const content = withCamelSpelling(asObject(value, place));
    const role = roleOf(content, place);
    if (role === "assistant" && messages.at(-1)?.role !== "assistant") open.clear();
    const parts = objectsAt(content["parts"] ?? [], `${place}.parts`).flatMap((part, position) => {
      const decoded = decodePart(part, {
        place: `${place}.parts[${position}]`,
        open,
        fromAssistant: role === "assistant",
      });
      return decoded === null ? [] : [decoded];
    });
    messages.push(...splitResults(role, parts, straysIn(content, readContentMembers)));
  }
  return messages;
}

function roleOf(content: JsonObject, place: string): "user" | "assistant" {
  const role = optionalString(content, "role", place) ?? "user";
  if (role === "user" || role === "function" || role === "") return "user";
  if (role === "model") return "assistant";
  throw badRequest(`${place}.role`, `expected "user" or "model", got "${role.slice(0, 40)}"`);
}

/** Results become messages of their own, before the user's text beside them. */
function splitResults(role: "user" | "assistant", parts: readonly Part[], strays: Strays): readonly Message[] {
  if (parts.length > 0 && !parts.some(({ type }) => type === "tool-result"))
    return [{ role, parts, name: null, ...strays }];
  const results = parts.filter((part) => part.type === "tool-result");
  const others = parts.filter((part) => part.type !== "tool-result");
  const messages: Message[] = [];
  if (results.length > 0) messages.push({ role: "tool", parts: results, name: null, ...strays });
  if (others.length > 0) messages.push({ role, parts: others, name: null, ...(results.length > 0 ? {} : strays) });
  return messages;
}

/** The system instruction: a content, its parts, or a plain string. */
export function decodeInstruction(value: Json, place: string): Message | null {
  if (typeof value === "string") return systemMessage([{ type: "text", text: value }]);
  const content = withCamelSpelling(asObject(value, place));
  const list = content["parts"] ?? (content["text"] === undefined ? [] : [content]);
  const entries = objectsAt(list, `${place}.parts`);
  const parts = entries.flatMap((part, position): Part[] => {
    const at = `${place}.parts[${position}]`;
    const object = asObject(part, at);
    const text = optionalString(object, "text", at);
    if (text !== null) return [{ type: "text", text, ...(object === content ? {} : straysIn(object, readText)) }];
    return Object.keys(object).length === 0
      ? []
      : [foreign(object, { place: at, open: new OpenCalls(), fromAssistant: false })];
  });
  return systemMessage(parts, straysIn(content, readInstruction));
}

function systemMessage(parts: readonly Part[], strays: Strays = {}): Message | null {
  return parts.length === 0 ? null : { role: "system", parts, name: null, ...strays };
}

function decodePart(value: Json, reading: Reading): Part | null {
  const raw = asObject(value, reading.place);
  const part = camelPart(raw);
  const { place } = reading;
  const state = signatureOf(part);
  const call = optionalObject(part, "functionCall", place);
  if (call !== null) return { ...decodeCall(call, reading, state), ...straysIn(part, readCall) };
  const response = optionalObject(part, "functionResponse", place);
  if (response !== null) return { ...decodeResult(response, reading), ...straysIn(part, readResult) };
  const media = decodeMedia(part, place);
  if (media !== null) return { ...media, state };
  if (part["text"] !== undefined) {
    const text = asString(part["text"], `${place}.text`);
    // Unsigned reasoning is also known to come from this vendor.
    return part["thought"] === true
      ? { type: "reasoning", text, state: state ?? { protocol, value: null }, ...straysIn(part, readText) }
      : { type: "text", text, state, ...straysIn(part, readText) };
  }
  const isKnown = Object.keys(part).some((key) => key !== "thought");
  return isKnown ? foreign(raw, reading) : null;
}

/**
 * Code that the vendor ran, and its result, are the model's work. They have no type to recognize them by, so every
 * other part of the model counts as such.
 */
function foreign(raw: JsonObject, { place, fromAssistant }: Reading): ForeignPart {
  const state = { protocol, value: raw } as const;
  if (!fromAssistant) return unknownBlock(state, raw, { place, media: readMedia });
  const names = Object.keys(raw).filter((name) => !besideContent.test(name));
  const [name = ""] = names;
  const inner = raw[name];
  const kind = name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
  if (names.length === 1 && isObject(inner)) return toolBlock(state, inner, { kind, place: `${place}.${name}` });
  const members = Object.fromEntries(names.map((one) => [one, raw[one]]));
  return toolBlock(state, members, { kind, place });
}

const besideContent = /^thought(?:_?signature)?$/iu;

/** Inside an unknown part, where an invalid one is not an error. */
function readMedia(part: JsonObject, place: string): ImagePart | FilePart | null {
  try {
    return decodeMedia(camelPart(part), place);
  } catch (error) {
    if (error instanceof GatewayFailure) return null;
    throw error;
  }
}

function decodeCall(call: JsonObject, { place, open }: Reading, state: ReturnType<typeof signatureOf>): Part {
  const name = asString(call["name"], `${place}.functionCall.name`);
  const args = optionalObject(call, "args", `${place}.functionCall`);
  const text = writeJson(args ?? {});
  const id = stringOr(call["id"], "") || toolId([place, name, text].join("\n"));
  open.add({ id, name });
  return { type: "tool-call", id, name, arguments: text, state };
}

function decodeResult(response: JsonObject, reading: Reading): ToolResultPart {
  const { place, open } = reading;
  const name = asString(response["name"] ?? "", `${place}.functionResponse.name`);
  const ownId = stringOr(response["id"], "");
  const call = (ownId === "" ? undefined : open.takeById(ownId)) ?? open.takeByName(name);
  const body = optionalObject(response, "response", `${place}.functionResponse`) ?? {};
  const { text, isError } = decodeToolValue(body);
  const beside = objectsInMembers(response["parts"]).map((part, index) => {
    const at = `${place}.functionResponse.parts[${index}]`;
    return decodeMedia(camelPart(part), at) ?? foreign(part, { ...reading, place: at });
  });
  const id = call?.id ?? (ownId || toolId([place, name, text].join("\n")));
  return {
    type: "tool-result",
    id,
    name: name || (call?.name ?? null),
    parts: [{ type: "text", text }, ...beside],
    isError,
  };
}

function decodeMedia(part: JsonObject, place: string): ImagePart | FilePart | null {
  const detail = detailOfLevel(levelIn(part));
  const inline = optionalObject(part, "inlineData", place);
  if (inline !== null) {
    const data = asString(inline["data"], `${place}.inlineData.data`);
    const mediaType = asString(inline["mimeType"], `${place}.inlineData.mimeType`);
    return mediaPart(
      { kind: "data", ...inlineData(mediaType, data) },
      { filename: stringOr(inline["displayName"], null), detail, part },
    );
  }
  const file = optionalObject(part, "fileData", place);
  if (file === null) return null;
  const uri = asString(file["fileUri"], `${place}.fileData.fileUri`);
  const mediaType = stringOr(file["mimeType"], null);
  return mediaPart(fileSource(uri, { mediaType, place }), {
    filename: stringOr(file["displayName"], null),
    detail,
    part,
  });
}

/** Only this vendor can reach uploaded files, buckets and videos; anyone can reach other addresses. */
function fileSource(
  uri: string,
  { mediaType, place }: { readonly mediaType: string | null; readonly place: string },
): MediaSource {
  const own = !/^https?:/i.test(uri) || /\/v1[a-z0-9]*\/files\//i.test(uri) || /^https?:\/\/(?:www\.)?youtu/i.test(uri);
  return own
    ? { kind: "file-id", id: uri, protocol, mediaType, place: `${place}.fileData.fileUri` }
    : { kind: "url", url: uri, mediaType };
}

function mediaPart(source: MediaSource, { filename, detail, part }: MediaBeside): ImagePart | FilePart {
  if (source.mediaType?.startsWith("image/") === true)
    return { type: "image", source, detail, ...straysIn(part, imageShape(part)) };
  return { type: "file", source, filename, ...straysIn(part, readFile) };
}

interface MediaBeside {
  readonly filename: string | null;
  readonly detail: string | null;
  /** The part that contains it. */
  readonly part: JsonObject;
}
