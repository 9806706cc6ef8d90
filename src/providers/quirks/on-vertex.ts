// Bodies at Vertex AI: Claude's has a version in place of a model, which is in the path (docs.claude.com, "Claude on Vertex AI");
// Gemini's calls have no ids, which only the Gemini API knows.
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

const VERSION = "vertex-2023-10-16";

export const claudeOnVertex: Quirk = {
  name: "claude-on-vertex",
  protocol: "anthropic-messages",
  fields: ["model", "messages"],
  request(body) {
    if (body["model"] === undefined && body["messages"] === undefined) return unchanged(body);
    const version = body["anthropic_version"] ?? VERSION;
    const changed = withFields(body, { model: undefined, anthropic_version: version });
    return { body: changed, dropped: [], adapted: [] };
  },
};

export const noCallIdsOnVertex: Quirk = {
  name: "no-call-ids",
  protocol: "gemini-generate",
  fields: ["contents"],
  words: ["functionCall", "functionResponse", "function_call", "function_response"],
  request(body) {
    const { contents } = body;
    if (!Array.isArray(contents)) return unchanged(body);
    const changed = contents.map(withoutIds);
    const isSame = changed.every((content, index) => content === contents[index]);
    return isSame ? unchanged(body) : { body: withFields(body, { contents: changed }), dropped: [], adapted: [] };
  },
};

const members = ["functionCall", "functionResponse", "function_call", "function_response"] as const;

function withoutIds(content: Json): Json {
  if (!isObject(content) || !Array.isArray(content["parts"])) return content;
  const parts: readonly Json[] = content["parts"];
  const changed = parts.map((part) => (isObject(part) ? withoutId(part) : part));
  return changed.every((part, index) => part === parts[index]) ? content : { ...content, parts: changed };
}

function withoutId(part: JsonObject): JsonObject {
  const member = members.find((name) => part[name] !== undefined);
  const call = member === undefined ? undefined : part[member];
  if (member === undefined || call === undefined || !isObject(call) || call["id"] === undefined) return part;
  return { ...part, [member]: withFields(call, { id: undefined }) };
}
