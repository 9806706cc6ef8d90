// Decodes the content of a client's message. It is strict about known blocks, with the path in the error; an unknown
// block is kept whole for targets of this protocol, because clients are newer than gateways.
import type { FilePart, ForeignPart, ImagePart, MediaSource, Part, ToolResultPart } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { readCacheMarks } from "../../shared/cache-marks.ts";
import { inlineData, textToBase64 } from "../../shared/data-url.ts";
import { readId } from "../../shared/identifiers.ts";
import {
  arrayOr,
  asArray,
  asObject,
  isArray,
  isObject,
  membersOf,
  optionalBoolean,
  optionalString,
  placeOf,
  requiredObject,
  requiredString,
  wrongKind,
} from "../../shared/read.ts";
import { areAllPages } from "../../shared/searches.ts";
import { describeCitations, unknownBlock } from "../../shared/unknown-block.ts";
import { decodeBlock } from "../response/decode-blocks.ts";
import { ownCitations } from "../features/citations.ts";
import { objectsOf, ownState, self } from "../features/own-state.ts";
import { foreignSearches, stepOf } from "../features/searches.ts";

/** A string is one text; an empty one is nothing. `said`: by the model. */
export function decodeContent(content: Json | undefined, place: string, fromAssistant = false): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!isArray(content)) throw wrongKind(place, "a string or an array of blocks", content);
  const parts = content.map((block, index) => {
    const at = `${place}[${index}]`;
    return decodeRequestBlock(asObject(block, at), at, fromAssistant);
  });
  return markSearches(parts, foreignSearches(objectsOf(content)));
}

/** Another vendor's search that came through this client: Anthropic would refuse it. */
function markSearches(parts: Part[], foreign: ReadonlySet<string>): Part[] {
  if (foreign.size === 0) return parts;
  return parts.map((part) =>
    part.type === "foreign" && part.search !== undefined && foreign.has(part.search.id)
      ? { ...part, search: { ...part.search, seal: "none" } }
      : part,
  );
}

function decodeRequestBlock(block: JsonObject, place: string, fromAssistant: boolean): Part {
  switch (requiredString(block, "type", place)) {
    case "text":
      requiredString(block, "text", place);
      return {
        ...decodeBlock(withOwnCitations(block)),
        ...describeCitations(block["citations"], `${place}.citations`),
      };
    case "thinking":
      requiredString(block, "thinking", place);
      return decodeBlock(block);
    case "tool_use":
      requiredString(block, "id", place);
      requiredString(block, "name", place);
      requiredObject(block, "input", place);
      return decodeBlock(block);
    case "image":
      return decodeImage(block, place);
    case "document":
      return decodeDocument(block, place);
    case "tool_result":
      return decodeResult(block, place);
    case "redacted_thinking":
      return decodeBlock(block);
    case "container_upload":
      return decodeUpload(block, place);
    case "tool_addition":
    case "tool_removal":
      return decodeToolChange(block);
    default:
      return foreign(block, place, fromAssistant);
  }
}

/** A file for a program; the model knows that it exists. */
function decodeUpload(block: JsonObject, place: string): ForeignPart {
  const state = { protocol: self, value: block };
  const source = fileAt(requiredString(block, "file_id", place), place);
  return { type: "foreign", state, instead: [{ type: "file", source, filename: null }] };
}

/** Other protocols offer all tools from the beginning, so an addition means nothing there, but a removal does. */
function decodeToolChange(block: JsonObject): ForeignPart {
  const state = { protocol: self, value: block };
  const { name } = membersOf(block["tool"]);
  if (block["type"] === "tool_addition" || typeof name !== "string") return { type: "foreign", state, instead: [] };
  return { type: "foreign", state, instead: [{ type: "text", text: `The tool ${name} must not be called any more.` }] };
}

/** Another vendor's citation that came through this client: Anthropic would refuse it. */
function withOwnCitations(block: JsonObject): JsonObject {
  const { citations, ...rest } = block;
  if (!isArray(citations)) return block;
  const own = ownCitations(citations);
  return own === null ? rest : { ...rest, citations: own };
}

function decodeImage(block: JsonObject, place: string): ImagePart | Part {
  const source = decodeSource(requiredObject(block, "source", place), placeOf(place, "source"));
  if (source === null) return foreign(block, place);
  return { type: "image", source, detail: null, ...readCacheMarks(block), ...ownState(block, ["type", "source"]) };
}

function decodeDocument(block: JsonObject, place: string): FilePart | Part {
  const sourceBlock = requiredObject(block, "source", place);
  const source = decodeSource(sourceBlock, placeOf(place, "source"), "application/pdf");
  if (source === null) return foreign(block, place);
  const filename = optionalString(block, "title", place);
  const context = optionalString(block, "context", place);
  return {
    type: "file",
    source,
    filename,
    ...(context === null ? {} : { context }),
    ...readCacheMarks(block),
    ...ownState(block, ["type", "source", "title", "context"]),
  };
}

function fileAt(id: string, place: string): MediaSource {
  return { kind: "file-id", id, protocol: self, place: placeOf(place, "file_id") };
}

/** Null for a kind of source without a neutral form. `usual`: the default type for an address. */
function decodeSource(source: JsonObject, place: string, usual: string | null = null): MediaSource | null {
  switch (requiredString(source, "type", place)) {
    case "base64":
      return {
        kind: "data",
        ...inlineData(requiredString(source, "media_type", place), requiredString(source, "data", place)),
      };
    case "url":
      return { kind: "url", url: requiredString(source, "url", place), mediaType: usual };
    case "file":
      return fileAt(requiredString(source, "file_id", place), place);
    case "text":
      return { kind: "data", mediaType: "text/plain", data: textToBase64(requiredString(source, "data", place)) };
    default:
      return null;
  }
}

function foreign(block: JsonObject, place: string, fromAssistant = false): ForeignPart {
  const part = unknownBlock({ protocol: self, value: block }, block, { place, fromAssistant, media: readMedia });
  const search = areAllPages(block["content"]) ? stepOf(block) : undefined;
  return search === undefined ? part : { ...part, search };
}

/** Inside an unknown block, where an invalid one is not an error. */
function readMedia(block: JsonObject, place: string): ImagePart | FilePart | null {
  if (block["type"] !== "image" && block["type"] !== "document") return null;
  try {
    const part = decodeRequestBlock(block, place, false);
    return part.type === "image" || part.type === "file" ? part : null;
  } catch (error) {
    if (error instanceof GatewayFailure) return null;
    throw error;
  }
}

function decodeResult(block: JsonObject, place: string): ToolResultPart {
  return {
    type: "tool-result",
    id: readId(requiredString(block, "tool_use_id", place)),
    name: null,
    parts: decodeResultContent(block["content"], placeOf(place, "content")),
    isError: optionalBoolean(block, "is_error", place) ?? false,
    ...readCacheMarks(block),
    ...ownState(block, ["type", "tool_use_id", "is_error", "content"]),
  };
}

/** Blocks that belong in a turn of their own (thinking, calls) are only text here. */
function decodeResultContent(content: Json | undefined, place: string): ToolResultPart["parts"] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!isArray(content)) throw wrongKind(place, "a string or an array of blocks", content);
  return content.map((value, index) => {
    const at = `${place}[${index}]`;
    const block = asObject(value, at);
    const part = inResults.has(requiredString(block, "type", at)) ? decodeRequestBlock(block, at, false) : null;
    return part !== null && isOfResults(part) ? part : foreign(block, at);
  });
}

const inResults: ReadonlySet<string> = new Set(["text", "image", "document", "container_upload"]);

function isOfResults(part: Part): part is ToolResultPart["parts"][number] {
  return part.type === "text" || part.type === "image" || part.type === "file" || part.type === "foreign";
}

/** `system`, a string or text blocks. */
export function decodeSystem(system: Json | undefined): Part[] {
  if (system === undefined || system === null) return [];
  if (typeof system === "string") return decodeContent(system, "system");
  const blocks = asArray(system, "system");
  return decodeContent(blocks, "system");
}

/** Null for each function's position; the vendor's own tools unchanged. */
export function foreignTools(tools: Json | undefined): readonly Json[] | null {
  const places = arrayOr<readonly Json[]>(tools, []).map((tool) => (isFunction(tool) ? null : tool));
  return places.some((tool) => tool !== null) ? places : null;
}

/** Some clients write OpenAI's type on a tool that is this protocol's otherwise. */
export function isFunction(tool: Json): boolean {
  if (!isObject(tool)) return false;
  const { type = null, input_schema: schema } = tool;
  return type === null || type === "custom" || (type === "function" && isObject(schema));
}
