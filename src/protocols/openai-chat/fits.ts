// Whether a chat client's own bytes can go to a target of this protocol: a stand-in must not fail on what the primary
// took. Says no only where the target is known to refuse something; then the request is decoded and encoded anew, which
// leaves that out, reports it, or refuses the target. Of an unknown model nothing is known, and its bytes go untouched.
import { efforts } from "../../core/chat.ts";
import type { RawMembers, TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { effortsOf } from "./effort.ts";

type Check = (request: RawMembers, target: TargetFacts) => boolean;

const checks: readonly Check[] = [
  thinkingFits,
  samplingFits,
  lengthFits,
  choicesFit,
  toolsFit,
  formatFits,
  historyFits,
];

export function fits(request: RawMembers, target: TargetFacts): boolean {
  return checks.every((check) => check(request, target));
}

function thinkingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!request.has("reasoning_effort")) return true;
  if (facts.reasoning.style === "none" && !isKnown(facts)) return true;
  const effort = efforts.find((word) => word === request.read("reasoning_effort"));
  return effort === undefined || effortsOf(facts.reasoning).includes(effort);
}

function samplingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (facts.sampling === false && hasAny(request, ["temperature", "top_p", "top_k", "logit_bias"])) return false;
  if (facts.penalties === false && hasAny(request, ["presence_penalty", "frequency_penalty"])) return false;
  return facts.seed !== false || !request.has("seed");
}

function lengthFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const { outputTokens, maxTokensField, reasoning } = facts;
  // Models that think refuse the older name; all others take both.
  if (request.has("max_tokens") && maxTokensField === "max_completion_tokens" && reasoning.style !== "none")
    return false;
  if (outputTokens === null) return true;
  return ["max_tokens", "max_completion_tokens"].every((name) => {
    const limit = request.has(name) ? request.read(name) : null;
    return typeof limit !== "number" || limit <= outputTokens;
  });
}

function choicesFit(request: RawMembers, { facts }: TargetFacts): boolean {
  if (facts.logprobs === false && request.has("logprobs") && request.read("logprobs") === true) return false;
  if (facts.multipleChoices !== false || !request.has("n")) return true;
  const n = request.read("n");
  return typeof n !== "number" || n <= 1;
}

function toolsFit(request: RawMembers, { facts }: TargetFacts): boolean {
  return facts.tools !== false || !hasAny(request, ["tools", "functions"]);
}

function formatFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!request.has("response_format") || !request.mentions("response_format", "json_schema")) return true;
  if (facts.jsonSchema === false) return false;
  return facts.jsonWithTools !== false || !request.has("tools");
}

/** What other vendors' answers left in the history, and what the model cannot see or hear. */
function historyFits(request: RawMembers, { facts, model }: TargetFacts): boolean {
  const has = (word: string): boolean => request.mentions("messages", word);
  // A compatible endpoint of Gemini's own wants its signatures back.
  if (has("extra_content") && !model.includes("gemini")) return false;
  if (facts.reasoningField !== undefined && (has("reasoning_content") || has("reasoning_details"))) return false;
  if (facts.images === false && has("image_url")) return false;
  return facts.audio !== false || !has("input_audio");
}

function hasAny(request: RawMembers, names: readonly string[]): boolean {
  return names.some((name) => request.has(name));
}

function isKnown(facts: ModelFacts): boolean {
  return facts.contextTokens !== null || facts.outputTokens !== null || facts.tools !== null;
}
