// The client side of Messages: its paths, and the fields that are read before the codec.
import type { BodyMembers, Ingress } from "../../core/ingress.ts";
import { isObject } from "../shared/read.ts";
import { models } from "./features/models.ts";

function asksForReasoning(members: BodyMembers): boolean {
  const thinking = members.has("thinking") ? members.read("thinking") : null;
  if (!isObject(thinking)) return false;
  return thinking["type"] === "enabled" || thinking["type"] === "adaptive";
}

export const ingress: Ingress = {
  paths: {
    "/messages": { task: "chat", stream: null },
    "/messages/count_tokens": { task: "count", stream: false },
  },
  alsoAnswers: /^(?:\/v1)?\/messages(?:\/|$)/u,
  answerIdPrefix: "msg_",
  requestIdHeader: "request-id",
  conversationMember: "messages",
  asksForReasoning,
  models,
};
