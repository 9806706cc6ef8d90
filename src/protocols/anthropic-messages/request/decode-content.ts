// The content of a client's message into neutral parts. Strict about what is known, with the place in the error; a block
// that is not known is kept whole for targets of this protocol, since clients are newer than gateways.
import type { FilePart, ForeignPart, ImagePart, MediaSource, Part, ToolResultPart } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { readMarks } from "../../shared/cache-marks.ts";
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
import { tellCitations, unknownBlock } from "../../shared/unknown-block.ts";
import { decodeBlock } from "../response/decode-blocks.ts";
import { ownCitations } from "../features/citations.ts";
import { objectsOf, ownState, self } from "../features/own.ts";
import { foreignSearches, stepOf } from "../features/searches.ts";

/** A string is one text; an empty one is nothing. `said`: by the model. */
export function decodeContent(content: Json | undefined, place: string, said = false): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!isArray(content)) throw wrongKind(place, "a string or an array of blocks", content);
  const parts = content.map((block, index) => {
    const at = `${place}[${index}]`;
    return decodeRequestBlock(asObject(block, at), at, said);
  });
  return markSearches(parts, foreignSearches(objectsOf(content)));
}

/** Another vendor's came through this client, and would be refused. */
function markSearches(parts: Part[], foreign: ReadonlySet<string>): Part[] {
  if (foreign.size === 0) return parts;
  return parts.map((part) =>
    part.type === "foreign" && part.search !== undefined && foreign.has(part.search.id)
      ? { ...part, search: { ...part.search, seal: "none" } }
      : part,
  );
}

function decodeRequestBlock(block: JsonObject, place: string, said: boolean): Part {
  switch (requiredString(block, "type", place)) {
    case "text":
      requiredString(block, "text", place);
      return { ...decodeBlock(withOwnCitations(block)), ...tellCitations(block["citations"], `${place}.citations`) };
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
      return foreign(block, place, said);
  }
}

/** A file for a program, which the model knows of. */
function decodeUpload(block: JsonObject, place: string): ForeignPart {
  const state = { protocol: self, value: block };
  const source = fileAt(requiredString(block, "file_id", place), place);
  return { type: "foreign", state, instead: [{ type: "file", source, filename: null }] };
}

/** Everybody else is offered all tools from the beginning, so that an addition says nothing there, and a removal does. */
function decodeToolChange(block: JsonObject): ForeignPart {
  const state = { protocol: self, value: block };
  const { name } = membersOf(block["tool"]);
  if (block["type"] === "tool_addition" || typeof name !== "string") return { type: "foreign", state, instead: [] };
  return { type: "foreign", state, instead: [{ type: "text", text: `The tool ${name} must not be called any more.` }] };
}

/** Another vendor's came through this client, and would be refused. */
function withOwnCitations(block: JsonObject): JsonObject {
  const { citations, ...rest } = block;
  if (!isArray(citations)) return block;
  const own = ownCitations(citations);
  return own === null ? rest : { ...rest, citations: own };
}

function decodeImage(block: JsonObject, place: string): ImagePart | Part {
  const source = decodeSource(requiredObject(block, "source", place), placeOf(place, "source"));
  if (source === null) return foreign(block, place);
  return { type: "image", source, detail: null, ...readMarks(block), ...ownState(block, ["type", "source"]) };
}

function decodeDocument(block: JsonObject, place: string): FilePart | Part {
  const given = requiredObject(block, "source", place);
  const source = decodeSource(given, placeOf(place, "source"), "application/pdf");
  if (source === null) return foreign(block, place);
  const filename = optionalString(block, "title", place);
  const context = optionalString(block, "context", place);
  return {
    type: "file",
    source,
    filename,
    ...(context === null ? {} : { context }),
    ...readMarks(block),
    ...ownState(block, ["type", "source", "title", "context"]),
  };
}

function fileAt(id: string, place: string): MediaSource {
  return { kind: "file-id", id, protocol: self, place: placeOf(place, "file_id") };
}

/** Null for a kind of source that has no neutral form. `usual`: the type of what lies at an address. */
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

function foreign(block: JsonObject, place: string, said = false): ForeignPart {
  const part = unknownBlock({ protocol: self, value: block }, block, { place, said, media: readMedia });
  const search = areAllPages(block["content"]) ? stepOf(block) : undefined;
  return search === undefined ? part : { ...part, search };
}

/** Inside of a block that is not known; there a block of the wrong form is nobody's mistake. */
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
    ...readMarks(block),
    ...ownState(block, ["type", "tool_use_id", "is_error", "content"]),
  };
}

/** What stands in a turn of its own elsewhere (thoughts, calls) is here but a block with words. */
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

/** The functions among the tools' places stay null, the vendor's own tools stand as they came. */
export function foreignTools(tools: Json | undefined): readonly Json[] | null {
  const places = arrayOr<readonly Json[]>(tools, []).map((tool) => (isFunction(tool) ? null : tool));
  return places.some((tool) => tool !== null) ? places : null;
}

export function isFunction(tool: Json): boolean {
  return isObject(tool) && (tool["type"] === undefined || tool["type"] === null || tool["type"] === "custom");
}
