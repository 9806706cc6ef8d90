// The client side of Chat Completions: its paths, and the fields that are read before the codec. The older completions
// share it, except for their own paths and ids.
import type { BodyMembers, Ingress } from "../../core/ingress.ts";
import { borrowedForm } from "./request/borrowed-form.ts";
import { models } from "./features/models.ts";

/** The effort decides, and the equivalent fields of the many hosts that copied this protocol. */
export function asksForReasoning(members: BodyMembers): boolean {
  const effort = members.has("reasoning_effort") ? members.read("reasoning_effort") : null;
  if (typeof effort === "string") return effort !== "none";
  return members.has("reasoning") || members.has("thinking");
}

export const ingress: Ingress = {
  paths: {
    "/chat/completions": { task: "chat", stream: null },
    "/embeddings": { task: "embeddings", stream: false },
  },
  isFallback: true,
  answerIdPrefix: "chatcmpl-",
  conversationMember: "messages",
  asksForReasoning,
  storesAnswer: (members) => members.has("store") && members.read("store") === true,
  borrowed: borrowedForm,
  models,
};
