// Whether a client's own bytes can go to a target of this protocol. Says no only where the target is known to refuse
// something in them: what another vendor's answer left in the history, what the model does not take. Then the request is
// decoded and encoded anew, which mends that and reports it.
import type { Json, JsonObject } from "../../core/json.ts";
import type { RawMembers, TargetFacts } from "../../core/protocol.ts";
import { isObject, membersOf } from "../read.ts";
import { objectsOf } from "./own.ts";

export function fits(request: RawMembers, target: TargetFacts): boolean {
  return (
    samplingFits(request, target) && lengthFits(request, target) && signaturesFit(request) && thinkingFits(request)
  );
}

function samplingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (facts.sampling === false) return !["temperature", "top_p", "top_k"].some((name) => request.has(name));
  return facts.oneSampler !== true || !request.has("temperature") || !request.has("top_p");
}

function lengthFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const limit = request.read("max_tokens");
  return facts.outputTokens === null || typeof limit !== "number" || limit <= facts.outputTokens;
}

/** Thoughts of another vendor reach clients without a signature, its citations without an index: both would be refused. */
function signaturesFit(request: RawMembers): boolean {
  const has = (word: string): boolean => request.mentions("messages", word);
  if (has('"signature":""') || has('"signature": ""')) return false;
  return !has('"encrypted_index":""') && !has('"encrypted_index": ""');
}

/** With a budget to think, the steps of a turn that called tools must begin with thoughts; another vendor's do not. */
function thinkingFits(request: RawMembers): boolean {
  if (!request.has("thinking") || membersOf(request.read("thinking"))["type"] !== "enabled") return true;
  if (!request.mentions("messages", '"tool_result"')) return true;
  const messages = objectsOf(request.read("messages"));
  const start = messages.findLastIndex((message) => message["role"] === "user" && !holdsResult(message));
  return messages.slice(start + 1).every((message) => message["role"] !== "assistant" || beginsWithThoughts(message));
}

function holdsResult(message: JsonObject): boolean {
  return objectsOf(message["content"]).some((block) => block["type"] === "tool_result");
}

function beginsWithThoughts(message: JsonObject): boolean {
  const [first]: readonly Json[] = objectsOf(message["content"]);
  if (!isObject(first)) return true;
  return first["type"] === "thinking" || first["type"] === "redacted_thinking";
}
