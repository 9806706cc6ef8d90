// Perplexity takes user and assistant turns by turns only, so turns of the same side are joined into one.
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const strictAlternation: Quirk = {
  name: "strict-alternation",
  fields: ["messages"],
  request(body) {
    const messages = body["messages"];
    if (!Array.isArray(messages)) return unchanged(body);
    const joined: JsonObject[] = [];
    for (const message of messages as readonly JsonObject[]) {
      const last = joined.at(-1);
      if (last === undefined || last["role"] !== message["role"]) joined.push(message);
      else joined[joined.length - 1] = { ...last, content: joinContent(last["content"], message["content"]) };
    }
    if (joined.length === messages.length) return unchanged(body);
    return { body: withFields(body, { messages: joined }), dropped: [], adapted: [] };
  },
};

function joinContent(first: Json | undefined, second: Json | undefined): Json {
  if (typeof first === "string" && typeof second === "string") return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

function partsOf(content: Json | undefined): readonly Json[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? (content as readonly Json[]) : [];
}
