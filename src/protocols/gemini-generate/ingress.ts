// The clients' side of generateContent: the methods behind a model's name in the path, and what is read of a request before
// its codec looks at it.
import type { BodyMembers, Ingress } from "../../core/ingress.ts";
import { isObject } from "../shared/read.ts";
import { BATCH } from "./features/embeddings-client.ts";
import { models } from "./features/models.ts";

/** Clients of this protocol write its members in either case. */
function asksForReasoning(members: BodyMembers): boolean {
  const name = members.has("generationConfig") ? "generationConfig" : "generation_config";
  const config = members.has(name) ? members.read(name) : null;
  if (!isObject(config)) return false;
  const thinking = config["thinkingConfig"] ?? config["thinking_config"];
  if (thinking === undefined || thinking === null) return false;
  const said = isObject(thinking) ? thinking : null;
  return Number(said?.["thinkingBudget"] ?? said?.["thinking_budget"] ?? -1) !== 0;
}

/** What the protocol gives where the query wants no events. */
function wantsArray(query: string): boolean {
  const asked = new URLSearchParams(query);
  return (asked.get("alt") ?? asked.get("$alt")) !== "sse";
}

export const ingress: Ingress = {
  paths: {},
  modelMethods: {
    generateContent: { task: "chat", stream: false },
    streamGenerateContent: { task: "chat", stream: true },
    countTokens: { task: "count", stream: false },
    embedContent: { task: "embeddings", stream: false },
    batchEmbedContents: { task: "embeddings", stream: false, variant: BATCH },
  },
  alsoAnswers: /^\/v1(?:alpha|beta)(?:\/|$)|\/models\/.+:[A-Za-z]+$/u,
  // Its answers carry an id of the vendor's, or none.
  answerIdPrefix: "",
  conversationMember: "contents",
  asksForReasoning,
  wantsArray,
  models,
};
