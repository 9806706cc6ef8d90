// Whether a chat client's own bytes can go to a target of this protocol: a stand-in must not fail on something that the
// primary took. It says no only if the target is known to refuse something; then the request is decoded and encoded,
// which drops and reports it, or refuses the target. Nothing is known about an unknown model, so its bytes go
// untouched.
import { mayHoldRefused } from "../../shared/tool-schema/refused.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { memberLengthsFit, toolCountFits } from "../../shared/member-lengths.ts";
import { metadataFits } from "../../shared/metadata.ts";
import { isAddress } from "../../shared/data-url.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";
import { hostSchema, openaiSchema, type OwnSchema, schemasTaken } from "../../shared/tool-schema/own.ts";
import { effortsOf, neverThinks } from "../../shared/effort.ts";
import { shapesFit } from "./shape-fits.ts";
import { rolesFit, takesAnyOrder } from "./message-order.ts";
import { ownIds, shapeFits } from "./own-shape.ts";
import { contentsFit } from "./plain-content.ts";
import { areCallsSingle } from "./single-calls.ts";
import { holdsOwnOnly, isExact, markStrangers, messageStrangers, messageOnlyMembers } from "./strangers.ts";

type Check = (request: RawMembers, target: TargetFacts) => boolean;

/** The history comes last: it is searched byte by byte, and parsed only if the target stands in for another vendor. */
const checks: readonly Check[] = [
  holdsOwnOnly,
  memberLengthsFit,
  (request, target) => metadataFits(request, target, true),
  thinkingFits,
  samplingFits,
  lengthFits,
  choicesFit,
  shapesFit,
  toolsFit,
  toolCountFits,
  formatFits,
  schemasFit,
  mediaFit,
  historyFits,
  shapeFits,
  (request, { facts }) => contentsFit(request, facts) && areCallsSingle(request, facts),
];

export function fits(request: RawMembers, target: TargetFacts): boolean {
  for (const check of checks) if (!check(request, target)) return false;
  return true;
}

function thinkingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!request.has("reasoning_effort")) return true;
  if (facts.reasoning.style === "none" && !neverThinks(facts)) return true;
  const effort = efforts.find((word) => word === request.read("reasoning_effort"));
  return effort === undefined || effortsOf(facts.reasoning).includes(effort);
}

function samplingFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (facts.seed === false && request.has("seed")) return false;
  // Models that can turn reasoning off take these then.
  if (request.has("reasoning_effort") && request.read("reasoning_effort") === "none") return true;
  if (facts.sampling === false && hasAny(request, ["temperature", "top_p", "top_k", "logit_bias"])) return false;
  return facts.penalties !== false || !hasAny(request, ["presence_penalty", "frequency_penalty"]);
}

function lengthFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const { outputTokens, maxTokensField, reasoning } = facts;
  // Reasoning models refuse the older name; all others take both.
  if (request.has("max_tokens") && maxTokensField === "max_completion_tokens" && reasoning.style !== "none")
    return false;
  if (outputTokens === null) return true;
  return ["max_tokens", "max_completion_tokens"].every((name) => {
    const limit = request.has(name) ? request.read(name) : null;
    return typeof limit !== "number" || limit <= outputTokens;
  });
}

function choicesFit(request: RawMembers, { facts }: TargetFacts): boolean {
  if (request.has("logprobs") && request.read("logprobs") === true) {
    const isFree = facts.sampling !== false || request.read("reasoning_effort") === "none";
    if (facts.logprobs === false || !isFree) return false;
  }
  if (facts.multipleChoices !== false || !request.has("n")) return true;
  const n = request.read("n");
  return typeof n !== "number" || n <= 1;
}

function toolsFit(request: RawMembers, { facts }: TargetFacts): boolean {
  if (facts.webSearch === false && request.has("web_search_options")) return false;
  if (facts.tools === false) return !hasAny(request, ["tools", "functions"]);
  if (!request.has("tools")) return true;
  if (isExact(facts) && markStrangers.some((name) => request.mentions("tools", `"${name}":`))) return false;
  const isFree = request.mentions("tools", '"custom"');
  if (isFree && facts.customTools === false) return false;
  return !isExact(facts) || (!isFree && areFunctions(request)) || areTold(request.read("tools"));
}

/** By the bytes: the only types there are those of functions and of their schemas. */
function areFunctions(request: RawMembers): boolean {
  if (!request.mentions("tools", '"function":')) return false;
  const types = request.texts("tools", "type");
  return types.every((type) => type === "function" || schemaTypes.has(type));
}

const schemaTypes: ReadonlySet<string> = new Set(["object", "string", "array", "number", "integer", "boolean", "null"]);

/** OpenAI knows two kinds of tools, each with a nested object. */
function areTold(tools: Json | undefined): boolean {
  return arrayOr(tools, []).every((tool) => {
    const { type, ...members } = membersOf(tool);
    return (type === "function" || type === "custom") && isObject(members[type]);
  });
}

function formatFits(request: RawMembers, { facts }: TargetFacts): boolean {
  if (!request.has("response_format") || !request.mentions("response_format", '"json_schema"')) return true;
  if (facts.jsonSchema === false || (isExact(facts) && !isNamed(request))) return false;
  return facts.jsonWithTools !== false || !request.has("tools");
}

/** A schema needs a name, which some hosts do not require. */
function isNamed(request: RawMembers): boolean {
  return typeof membersOf(membersOf(request.read("response_format"))["json_schema"])["name"] === "string";
}

/** OpenAI's rules are known. Other hosts vary, but a stand-in must not fail on a request written for another vendor. */
function schemasFit(request: RawMembers, target: TargetFacts): boolean {
  const { facts, isStandIn = false } = target;
  if (!hasAny(request, ["tools", "functions", "response_format"])) return true;
  if (mayHoldRefused(request, target, ["tools", "functions", "response_format"])) return false;
  const exact = isExact(facts);
  if (!exact && !isStandIn) return true;
  const question = exact ? "openai-chat schemas" : "openai-chat schemas at another host";
  const read: ReadSchema = exact ? openaiSchema : (schema, _strict, root) => hostSchema(schema, root);
  return (
    schemasTaken(request, { question, member: "tools" }, (value) => toolSchemas(value, "function", read)) &&
    schemasTaken(request, { question, member: "functions" }, (value) => toolSchemas(value, null, read)) &&
    schemasTaken(request, { question, member: "response_format" }, (value) => formatSchemas(value, read))
  );
}

type ReadSchema = typeof openaiSchema;

function* toolSchemas(tools: Json | undefined, inside: "function" | null, read: ReadSchema): Generator<OwnSchema> {
  for (const tool of arrayOr<readonly Json[]>(tools, [])) {
    const declared = inside === null ? membersOf(tool) : membersOf(membersOf(tool)[inside]);
    const { parameters, strict } = declared;
    if (isObject(parameters)) yield read(parameters, strict, "object");
  }
}

function* formatSchemas(format: Json | undefined, read: ReadSchema): Generator<OwnSchema> {
  const { schema, strict } = membersOf(membersOf(format)["json_schema"]);
  if (isObject(schema)) yield read(schema, strict, "answer");
}

/** Media that the model cannot see or hear, or not at this detail; and marks that came with later models. */
function mediaFit(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  const has = (word: string): boolean => request.mentions("messages", `"${word}"`);
  if (facts.cacheBreakpoints === false && has("prompt_cache_breakpoint")) return false;
  const takesOriginal = facts.originalDetail ?? (isExact(facts) || !isStandIn);
  if (!takesOriginal && has("image_url") && request.texts("messages", "detail").includes("original")) return false;
  if (facts.images === false && has("image_url")) return false;
  if (facts.pdf === false && has("file_data")) return false;
  // A file at the vendor for which this target stands in.
  if (isStandIn && has("file_id")) return false;
  if (isExact(facts) && !addressesFit(request, isStandIn)) return false;
  return facts.audio !== false || !has("input_audio");
}

/** OpenAI takes the bytes of files and sounds only. */
function addressesFit(request: RawMembers, isStandIn: boolean): boolean {
  const has = (name: string): boolean => request.mentions("messages", `"${name}"`);
  if (has("video_url") || has("document_url")) return false;
  if (!isStandIn) return true;
  return !["file_data", "data"].some((name) => has(name) && request.texts("messages", name).some(isAddress));
}

const strangers = [...messageStrangers, ...markStrangers].map((name) => `"${name}":`);

/**
 * Members of other vendors' answers in the history, and a role that most hosts do not know. A quoted name never matches
 * inside a string, because quotes are escaped there.
 */
function historyFits(request: RawMembers, target: TargetFacts): boolean {
  const { facts, model } = target;
  const has = (word: string): boolean => request.mentions("messages", `"${word}"`);
  const exact = isExact(facts);
  if (!orderFits(request, facts)) return false;
  if (!exact && facts.systemRole === "system" && has("developer")) return false;
  // With their colons, since a user may have such a name.
  if (exact && strangers.some((word) => request.mentions("messages", word))) return false;
  if (!has("assistant") && !has("tool")) return true;
  if (facts.customTools === false && has("custom")) return false;
  if (!callsFit(request, longestId(target))) return false;
  // Gemini's compatible endpoint needs its signatures back. Our own state in the same member is only for us.
  if (has("extra_content") && (!model.includes("gemini") || has("understudy"))) return false;
  if (exact && has("thinking")) return false;
  return facts.reasoningField === undefined || thoughtsFit(request, facts.reasoningField);
}

/** No host is known to take more. */
const LONGEST_ID = 64;

function longestId({ facts, isStandIn = false }: TargetFacts): number {
  return isExact(facts) && isStandIn ? ownIds.max : LONGEST_ID;
}

/**
 * Whether each call's result follows it, each result has its call, and parts are valid. Roles and ids in the bytes
 * decide; the history is parsed only if they do not match.
 */
function callsFit(request: RawMembers, longest: number): boolean {
  const answeredIds = request.texts("messages", "tool_call_id");
  if (answeredIds.length === 0 && !request.mentions("messages", '"tool_calls"')) {
    if (!request.mentions("messages", '"annotations":') || inTurns(request.texts("messages", "role"))) return true;
    return arePartsOwn(request.read("messages"));
  }
  if (answeredIds.some((id) => id.length > longest)) return false;
  const ids = new Set(request.texts("messages", "id"));
  const addUp = ids.size === answeredIds.length && new Set(answeredIds).size === ids.size;
  const areSure = addUp && answeredIds.every((id) => ids.has(id)) && inTurns(request.texts("messages", "role"));
  if (areSure) return true;
  const messages = request.read("messages");
  return isPaired(messages) && arePartsOwn(messages);
}

/**
 * No part has members that only messages have. A part with a role looks like a second assistant message in a row, so it
 * is parsed.
 */
function arePartsOwn(messages: Json | undefined): boolean {
  return arrayOr<readonly Json[]>(messages, []).every((message) =>
    arrayOr<readonly Json[]>(membersOf(message)["content"], []).every((part) => {
      for (const name in membersOf(part)) if (messageOnlyMembers.has(name)) return false;
      return true;
    }),
  );
}

/**
 * Results follow the assistant, and assistant messages are not adjacent: so results belong to the message with calls.
 */
function inTurns(roles: readonly string[]): boolean {
  return roles.every((role, index) => {
    const before = roles[index - 1];
    return role === "tool" ? before === "assistant" || before === "tool" : role !== "assistant" || before !== role;
  });
}

function isPaired(messages: Json | undefined): boolean {
  let open = new Set<Json | undefined>();
  for (const message of arrayOr(messages, []).map(membersOf)) {
    if (message["role"] === "tool") {
      if (!open.delete(message["tool_call_id"])) return false;
      continue;
    }
    if (open.size > 0) return false;
    const calls = arrayOr(message["tool_calls"], []).map((call) => membersOf(call)["id"]);
    open = new Set(calls);
    if (open.size < calls.length) return false;
  }
  return open.size === 0;
}

/** The roles are compared one by one only if they could be out of order. */
function orderFits(request: RawMembers, facts: ModelFacts): boolean {
  if (takesAnyOrder(facts)) return true;
  const roles = request.texts("messages", "role");
  // An answer that the host is asked to continue.
  const isOpen = roles.at(-1) === "assistant" && request.mentions("messages", '"prefix"');
  return rolesFit(isOpen ? roles.slice(0, -1) : roles, facts);
}

/** One search for all spellings, since most histories have none. */
function thoughtsFit(request: RawMembers, takenField: ModelFacts["reasoningField"]): boolean {
  if (!request.mentions("messages", '"reasoning')) return true;
  const unwanted = ["reasoning_content", "reasoning", "reasoning_details"].filter((field) => field !== takenField);
  return !unwanted.some((field) => request.mentions("messages", `"${field}"`));
}

function hasAny(request: RawMembers, names: readonly string[]): boolean {
  for (const name of names) if (request.has(name)) return true;
  return false;
}
