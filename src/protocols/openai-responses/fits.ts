// Whether a Responses client's own bytes can go to a target of this protocol. Says no only where the target is known to
// refuse something, or where the history carries another vendor's state, which no vendor may see; then the request is
// decoded and encoded anew, which leaves that out and reports it, or refuses the target.
import { efforts } from "../../core/chat.ts";
import type { RawMembers, TargetFacts } from "../../core/protocol.ts";
import { effortsOf, neverThinks } from "../effort.ts";
import { membersOf } from "../read.ts";
import { carriedMark, freeCall, sealedThoughts } from "./own.ts";

type Check = (request: RawMembers, target: TargetFacts) => boolean;

/** The history comes last: it is the only one that is searched byte by byte. */
const checks: readonly Check[] = [thinkingFits, samplingFits, toolsFit, formatFits, inputFits];

export function fits(request: RawMembers, target: TargetFacts): boolean {
  return checks.every((check) => check(request, target));
}

function thinkingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (neverThinks(facts) && request.mentions("include", `"${sealedThoughts}"`)) return false;
  if (!request.has("reasoning")) return true;
  const { effort: word } = membersOf(request.read("reasoning"));
  if (neverThinks(facts)) return false;
  if (facts.reasoning.style === "none") return true;
  const effort = efforts.find((one) => one === word);
  return effort === undefined || effortsOf(facts.reasoning).includes(effort);
}

function samplingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const limit = request.has("max_output_tokens") ? request.read("max_output_tokens") : null;
  if (typeof limit === "number" && facts.outputTokens !== null && limit > facts.outputTokens) return false;
  // Models that can be told not to think take these then.
  if (membersOf(request.has("reasoning") ? request.read("reasoning") : null)["effort"] === "none") return true;
  return facts.sampling !== false || !(request.has("temperature") || request.has("top_p"));
}

function toolsFit(request: RawMembers, { facts }: TargetFacts): boolean {
  if (request.has("tools")) {
    if (facts.tools === false) return false;
    if (facts.promptCache === "key" && request.mentions("tools", '"cache_control":')) return false;
  }
  const has = (...words: readonly string[]): boolean =>
    words.some((word) => request.mentions("tools", `"${word}"`) || request.mentions("input", `"${word}"`));
  if (facts.customTools === false && has("custom", freeCall)) return false;
  return facts.toolSearch !== false || !has("namespace", "tool_search", "additional_tools");
}

function formatFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!request.has("text") || !request.mentions("text", '"json_schema"')) return true;
  return facts.jsonSchema !== false && (facts.jsonWithTools !== false || !request.has("tools"));
}

/** With its quotes a word is never found inside of a text, where quotes are escaped. */
function inputFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const has = (word: string): boolean => request.mentions("input", `"${word}`);
  if (facts.images === false && has('input_image"')) return false;
  if (facts.pdf === false && has('input_file"')) return false;
  if (neverThinks(facts) && has('reasoning"')) return false;
  if (facts.promptCache === "key" && has('cache_control"')) return false;
  return !has(carriedMark) && !has('extra_content"');
}
