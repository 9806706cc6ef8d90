// Bedrock's guardrail beside a message of Claude's: the message itself ends as usual, with the guardrail's words as its text.
// Source: the response of InvokeModel in docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke.html
import type { JsonObject } from "../../../core/json.ts";
import { interventionIn, type GuardrailMembers } from "../../shared/assessment.ts";

const members: GuardrailMembers = { action: "amazon-bedrock-guardrailAction", trace: "amazon-bedrock-trace" };

/** Null: none intervened. */
export function guardrailIn(body: JsonObject): ReturnType<typeof interventionIn> {
  return interventionIn(body, members);
}
