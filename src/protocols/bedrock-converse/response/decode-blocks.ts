// Decodes the blocks of an answer. Lenient: an unknown block, and the calls and results of the service's own tools, become
// foreign parts.
import type { ForeignPart, Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { completeBlock, lostAside, lostBeside, unknownAnswerBlock } from "../../shared/answer-blocks.ts";
import { readId } from "../../shared/identifiers.ts";
import { isObject, membersOf, placeOf, stringOr } from "../../shared/read.ts";
import { lostBlock } from "../../shared/unknown-block.ts";
import { objectsOf, self } from "../features/own.ts";

export function decodeBlock(block: JsonObject): Part {
  const { text, toolUse, reasoningContent, image, citationsContent } = block;
  if (typeof text === "string") return { type: "text", text };
  if (isObject(toolUse) && !isServerTool(toolUse)) return decodeCall(toolUse);
  if (isObject(reasoningContent)) return decodeReasoning(reasoningContent);
  if (isObject(image)) return decodeImage(image) ?? foreign(block);
  if (isObject(citationsContent)) return decodeCited(citationsContent);
  return foreign(block);
}

/** A block is named by its only member. */
function foreign(block: JsonObject): Part {
  const state = { protocol: self, value: block } as const;
  const [name = ""] = Object.keys(block);
  const inner = block[name];
  const place = placeOf(PLACE, name);
  if (sources.has(name)) return lostAside(self, [place]);
  if (ownTools.has(name)) return lostBlock(state, place);
  return unknownAnswerBlock(state, isObject(inner) ? inner : block, isObject(inner) ? place : PLACE);
}

/** The parts of a block that came in pieces: sources beside a text, or an unknown block. */
export function decodePieces(pieces: readonly JsonObject[]): readonly Part[] {
  const names = new Set(pieces.flatMap((piece) => Object.keys(piece)));
  return [...names].map((name) => {
    const inner = pieces.map((piece) => piece[name]).filter(isObject);
    const block = inner.length === 0 ? completeBlock({}, pieces) : { [name]: completeBlock({}, inner) };
    return foreign(block);
  });
}

/** How the report names the blocks of an answer. */
export const PLACE = "answer.content";

const ownTools: ReadonlySet<string> = new Set(["toolUse", "toolResult"]);
/** In the caller's own documents, which have no address. */
const sources: ReadonlySet<string> = new Set(["citation", "citations"]);

const blockMembers: ReadonlySet<string> = new Set(["text", "toolUse", "reasoningContent", "image", "citationsContent"]);

/** What a known block has beside its content. */
export function lostInBlock(block: JsonObject): readonly ForeignPart[] {
  if (!Object.keys(block).some((name) => blockMembers.has(name))) return [];
  const { citations, ...cited } = membersOf(block["citationsContent"]);
  const lostSources = citations === undefined ? [] : [lostAside(self, [placeOf(PLACE, "citations")])];
  return [
    ...lostBeside(block, { protocol: self, names: blockMembers, place: PLACE }),
    ...lostBeside(cited, { protocol: self, names: new Set(["content"]), place: placeOf(PLACE, "citationsContent") }),
    ...lostSources,
  ];
}

/** The service runs it itself. */
export function isServerTool({ type }: JsonObject): boolean {
  return type === "server_tool_use";
}

function decodeCall(toolUse: JsonObject): Part {
  const { input } = toolUse;
  return {
    type: "tool-call",
    id: readId(stringOr(toolUse["toolUseId"], "")),
    name: stringOr(toolUse["name"], ""),
    arguments: typeof input === "string" ? input : isObject(input) ? writeJson(input) : "{}",
  };
}

/** With its seal, it goes back to the model unchanged. */
function decodeReasoning({ reasoningText, redactedContent }: JsonObject): Part {
  if (typeof redactedContent === "string")
    return { type: "reasoning", text: "", state: { protocol: self, value: { redactedContent } } };
  const { text, signature } = membersOf(reasoningText);
  const words = stringOr(text, "");
  return typeof signature === "string" && signature !== ""
    ? { type: "reasoning", text: words, state: { protocol: self, value: { signature } } }
    : { type: "reasoning", text: words };
}

function decodeImage({ format, source }: JsonObject): Part | null {
  const { bytes } = membersOf(source);
  if (typeof bytes !== "string") return null;
  const mediaType = `image/${stringOr(format, "png")}`;
  return { type: "image", source: { kind: "data", mediaType, data: bytes }, detail: null };
}

/** Text with sources in the caller's own documents, which have no address: the text alone. */
function decodeCited({ content }: JsonObject): Part {
  const text = objectsOf(content)
    .map((one) => stringOr(one["text"], ""))
    .join("");
  return { type: "text", text };
}
