// The client side of Responses: its path, and the fields that are read before the codec.
import type { BodyMembers, Ingress } from "../../core/ingress.ts";
import { isObject } from "../shared/read.ts";

/** An object without an effort leaves it to the model, which may well reason. */
function asksForReasoning(members: BodyMembers): boolean {
  const reasoning = members.has("reasoning") ? members.read("reasoning") : null;
  if (reasoning === null || reasoning === undefined) return false;
  return !isObject(reasoning) || reasoning["effort"] !== "none";
}

export const ingress: Ingress = {
  paths: { "/responses": { task: "chat", stream: null } },
  alsoAnswers: /^(?:\/v1)?\/responses(?:\/|$)/u,
  answerIdPrefix: "resp_",
  conversationMember: "input",
  asksForReasoning,
  storesAnswer: (members) => members.read("store") !== false,
  // Input items that offer tools. Quoted: such a word never matches inside a string, because quotes are escaped there.
  toolOffers: { member: "input", words: ['"additional_tools"', '"tool_search_output"'] },
};
