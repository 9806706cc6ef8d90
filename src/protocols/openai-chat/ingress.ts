// The client side of Chat Completions: its paths, and the fields that are read before the codec. The older completions
// share it, except for their own paths and ids.
import type { BodyMembers, CloudPath, Ingress } from "../../core/ingress.ts";
import { borrowedForm } from "./request/borrowed-form.ts";
import { models } from "./features/models.ts";

/** The effort decides, and the equivalent fields of the many hosts that copied this protocol. */
export function asksForReasoning(members: BodyMembers): boolean {
  const effort = members.has("reasoning_effort") ? members.read("reasoning_effort") : null;
  if (typeof effort === "string") return effort !== "none";
  return members.has("reasoning") || members.has("thinking");
}

/**
 * Azure OpenAI's deployments and v1 paths, the models of Azure AI Foundry (learn.microsoft.com/azure/ai-foundry/openai), and
 * open models at Vertex AI. All of the vendor's protocols have them.
 */
const clouds: readonly CloudPath[] = [
  {
    pattern:
      /^(?:\/openai(?:\/v1)?|\/v1)?\/deployments\/(?<model>.+?)(?<rest>\/(?:(?:chat\/)?completions|embeddings|images\/[a-z]+|audio\/[a-z]+))$/u,
    own: ({ rest = "" }) => `/v1${rest}`,
  },
  { pattern: /^\/openai(?:\/v1)?(?<rest>\/(?!deployments\/|v\d).+)$/u, own: ({ rest = "" }) => `/v1${rest}` },
  { pattern: /^\/models(?<rest>\/(?:chat\/completions|embeddings))$/u, own: ({ rest = "" }) => `/v1${rest}` },
  {
    pattern: /^(?:\/v1(?:beta1)?)?\/projects\/[^/]+\/locations\/[^/]+\/endpoints\/[^/]+\/chat\/completions$/u,
    own: () => "/v1/chat/completions",
  },
];

export const ingress: Ingress = {
  paths: {
    "/chat/completions": { task: "chat", stream: null },
    "/embeddings": { task: "embeddings", stream: false },
    "/rerank": { task: "rerank", stream: false },
  },
  clouds,
  isFallback: true,
  answerIdPrefix: "chatcmpl-",
  conversationMember: "messages",
  asksForReasoning,
  storesAnswer: (members) => members.has("store") && members.read("store") === true,
  borrowed: borrowedForm,
  models,
};
