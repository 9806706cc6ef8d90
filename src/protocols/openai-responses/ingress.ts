// The clients' side of Responses: their path, and what is read of a request before its codec looks at it.
import type { BodyMembers, Ingress } from "../../core/ingress.ts";
import { isObject } from "../shared/read.ts";

/** An object without an effort leaves it to the model, which may well think. */
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
  // Items of the input that offer tools. Quoted: such a word is never found inside a text, where quotes are escaped.
  toolOffers: { member: "input", words: ['"additional_tools"', '"tool_search_output"'] },
};
