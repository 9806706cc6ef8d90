// Mistral has its own parts for documents and audio: a `document_url` with a name beside it, and the audio's bytes in
// place of an object (DocumentURLChunk and AudioChunk of docs.mistral.ai/openapi.yaml). The meaning is the same:
// nothing is reported.
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

export const ownMedia: Quirk = {
  name: "own-media",
  protocol: "openai-chat",
  fields: ["messages"],
  words: ["file_data", "input_audio"],
  request(body) {
    const { messages } = body;
    if (!Array.isArray(messages)) return unchanged(body);
    const changed = messages.map(withOwnParts);
    const isSame = changed.every((message, index) => message === messages[index]);
    return isSame ? unchanged(body) : { body: withFields(body, { messages: changed }), dropped: [], adapted: [] };
  },
};

function withOwnParts(message: Json): Json {
  if (!isObject(message) || !Array.isArray(message["content"])) return message;
  const parts: readonly Json[] = message["content"];
  const content = parts.map((part) => (isObject(part) ? ownPart(part) : part));
  return content.every((part, index) => part === parts[index]) ? message : { ...message, content };
}

function ownPart(part: JsonObject): JsonObject {
  const { type } = part;
  if (type !== "input_audio" && type !== "file") return part;
  const { [type]: media, ...others } = part;
  if (media === undefined || !isObject(media)) return part;
  if (type === "input_audio" && typeof media["data"] === "string")
    return { ...others, type, input_audio: media["data"] };
  const { file_data, filename } = media;
  if (type !== "file" || typeof file_data !== "string") return part;
  const name = typeof filename === "string" ? { document_name: filename } : {};
  return { ...others, type: "document_url", document_url: file_data, ...name };
}
