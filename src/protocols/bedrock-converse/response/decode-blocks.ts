// Decodes the blocks of an answer. Lenient: an unknown block, and the calls and results of the service's own tools, become
// foreign parts.
import type { Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { readId } from "../../shared/identifiers.ts";
import { isObject, membersOf, stringOr } from "../../shared/read.ts";
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

function foreign(block: JsonObject): Part {
  return { type: "foreign", state: { protocol: self, value: block } };
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
