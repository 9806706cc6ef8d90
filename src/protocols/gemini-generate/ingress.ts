// The client side of generateContent: the methods after a model's name in the path, and the fields that are read before
// the codec.
import type { BodyMembers, CloudPath, Ingress } from "../../core/ingress.ts";
import type { Json } from "../../core/json.ts";
import { isObject, membersOf } from "../shared/read.ts";
import { BATCH } from "./features/embeddings-client.ts";
import { models } from "./features/models.ts";

/** Clients of this protocol use either spelling of its members. */
function asksForReasoning(members: BodyMembers): boolean {
  const config = configIn(members);
  if (!isObject(config)) return false;
  const thinking = config["thinkingConfig"] ?? config["thinking_config"];
  if (thinking === undefined || thinking === null) return false;
  const settings = isObject(thinking) ? thinking : null;
  return Number(settings?.["thinkingBudget"] ?? settings?.["thinking_budget"] ?? -1) !== 0;
}

/** Pictures or sound. */
function makesMedia(members: BodyMembers): boolean {
  const config = membersOf(configIn(members));
  const modalities = config["responseModalities"] ?? config["response_modalities"];
  return /"(?:IMAGE|AUDIO)"/iu.test(JSON.stringify(modalities ?? null));
}

function configIn(members: BodyMembers): Json | undefined {
  const name = members.has("generationConfig") ? "generationConfig" : "generation_config";
  return members.has(name) ? members.read(name) : undefined;
}

/** The format without `alt=sse` in the query. */
function wantsArray(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return (parameters.get("alt") ?? parameters.get("$alt")) !== "sse";
}

/**
 * Vertex AI: with an account, or in express mode without one (cloud.google.com/vertex-ai/generative-ai/docs, model
 * reference). Its SDK writes the model `openai/gpt-4o` as a publisher and a model.
 */
const cloud: CloudPath = {
  pattern:
    /^(?:\/v1(?:beta1|beta)?)?(?:\/projects\/[^/]+\/locations\/[^/]+)?\/publishers\/(?<model>.+):(?<method>[A-Za-z]+)$/u,
  own: ({ model = "", method = "" }) => `/v1beta/models/${encodeURIComponent(model)}:${method}`,
  nameOf: (model) => model.replace(/^google\/models\/|(?<=^[^/]+\/)models\//u, ""),
};

export const ingress: Ingress = {
  paths: {},
  modelMethods: {
    generateContent: { task: "chat", stream: false },
    streamGenerateContent: { task: "chat", stream: true },
    countTokens: { task: "count", stream: false },
    embedContent: { task: "embeddings", stream: false },
    batchEmbedContents: { task: "embeddings", stream: false, variant: BATCH },
  },
  clouds: [cloud],
  alsoAnswers: /^\/v1(?:alpha|beta)(?:\/|$)|\/models\/.+:[A-Za-z]+$/u,
  // Its answers have an id from the vendor, or none.
  answerIdPrefix: "",
  conversationMember: "contents",
  asksForReasoning,
  makesMedia,
  wantsArray,
  models,
};
