// Whether a client's own bytes can go to a target of this protocol. It says no only if the target is known to refuse
// something in them: traces of another vendor's answer in the history, features of another model generation, members
// that conflict. Then the request is decoded and encoded, which corrects and reports it.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { neverThinks } from "../../shared/effort.ts";
import { regionMember } from "../../shared/needed.ts";
import { isObject, membersOf, stringOr } from "../../shared/read.ts";
import { anthropicDialect, anthropicStrictDialect } from "../../shared/tool-schema/dialects.ts";
import { mayHoldRefused } from "../../shared/tool-schema/refused.ts";
import { type OwnSchema, schemasTaken } from "../../shared/tool-schema/own.ts";
import { standsAlone } from "./dependents.ts";
import { LONGEST_USER } from "./encode-sampling.ts";
import { objectsOf } from "../features/own-state.ts";
import { threadRules } from "../features/threads.ts";
import { ownShapeFits } from "./own-shape.ts";
import { isPrefill } from "./turns.ts";

type Check = (request: RawMembers, facts: ModelFacts) => boolean;

/** Small members first; the history comes last, since it is searched byte by byte. */
const checks: readonly Check[] = [
  samplingFits,
  userFits,
  regionFits,
  lengthFits,
  thinkingFits,
  effortFits,
  formatFits,
  toolsFit,
  editsFit,
  (request) =>
    standsAlone(
      (name) => request.has(name),
      (name) => readMember(request, name),
    ),
  rolesFit,
  signaturesFit,
  textsFit,
  callsFit,
  thoughtsFit,
];

export function fits(request: RawMembers, target: TargetFacts): boolean {
  const { facts } = target;
  return (
    checks.every((check) => check(request, facts)) &&
    budgetFits(request, target) &&
    schemasFit(request, target) &&
    ownShapeFits(request, target)
  );
}

function readMember(request: RawMembers, name: string): Json | undefined {
  return request.has(name) ? request.read(name) : undefined;
}

function schemasFit(request: RawMembers, target: TargetFacts): boolean {
  if (mayHoldRefused(request, target, ["tools", "output_config", "output_format"])) return false;
  const { facts, isStandIn: isForeign = false } = target;
  const question = isForeign ? "anthropic-messages schemas for another vendor" : "anthropic-messages schemas";
  const holdsStrict = isForeign && facts.jsonSchema === true;
  return (
    schemasTaken(request, { question, member: "tools" }, (tools) => toolSchemas(tools, isForeign)) &&
    (!holdsStrict ||
      (schemasTaken(request, { question, member: "output_config" }, (config) =>
        formatSchemas(membersOf(config)["format"]),
      ) &&
        schemasTaken(request, { question, member: "output_format" }, formatSchemas)))
  );
}

/** A tool of the vendor's own has no schema of the caller's. Its own clients decide about strictness themselves. */
function* toolSchemas(tools: Json | undefined, isForeign: boolean): Generator<OwnSchema> {
  for (const { type, strict, input_schema: schema } of objectsOf(tools)) {
    if ((type !== undefined && type !== null && type !== "custom") || !isObject(schema)) continue;
    const dialect = isForeign && strict === true ? anthropicStrictDialect : anthropicDialect;
    yield { schema, dialect, root: "object", isForeign };
  }
}

function* formatSchemas(format: Json | undefined): Generator<OwnSchema> {
  const { schema } = membersOf(format);
  if (isObject(schema)) yield { schema, dialect: anthropicStrictDialect, root: "any", isForeign: true };
}

function samplingFits(request: RawMembers, facts: ModelFacts): boolean {
  if (facts.sampling === false) return !["temperature", "top_p", "top_k"].some((name) => request.has(name));
  const topK = readMember(request, "top_k");
  if (typeof topK === "number" && (topK < 0 || !Number.isInteger(topK))) return false;
  const temperature = readMember(request, "temperature");
  if (typeof temperature === "number" && (temperature < 0 || temperature > 1)) return false;
  return facts.oneSampler !== true || !request.has("temperature") || !request.has("top_p");
}

function userFits(request: RawMembers): boolean {
  const { user_id: user } = membersOf(readMember(request, "metadata"));
  return typeof user !== "string" || user.length <= LONGEST_USER;
}

/** The target would refuse it, or could run anywhere. */
function regionFits(request: RawMembers, { takesRegion }: ModelFacts): boolean {
  return takesRegion !== false || (readMember(request, regionMember) ?? null) === null;
}

function lengthFits(request: RawMembers, facts: ModelFacts): boolean {
  const limit = request.read("max_tokens");
  return facts.outputTokens === null || typeof limit !== "number" || limit <= facts.outputTokens;
}

function thinkingFits(request: RawMembers, facts: ModelFacts): boolean {
  const { reasoning } = facts;
  const kind = membersOf(readMember(request, "thinking"))["type"];
  if (kind === undefined) return true;
  switch (reasoning.style) {
    case "budget":
      return kind === "enabled" || kind === "disabled";
    case "adaptive":
      if (kind === "enabled") return reasoning.budgets === true;
      if (kind === "disabled") return reasoning.off;
      return kind !== "between_tools" || reasoning.betweenTools === true;
    default:
      return !neverThinks(facts) || kind === "disabled";
  }
}

/**
 * A budget stays below the limit, except with the beta of thinking between calls, where it counts for the whole turn.
 * Source: "Extended thinking" of the vendor's documentation, "Budget tokens with interleaved thinking".
 */
function budgetFits(request: RawMembers, { facts, headers, isStandIn = false }: TargetFacts): boolean {
  const { type, budget_tokens: budget } = membersOf(readMember(request, "thinking"));
  if (type !== "enabled") return true;
  const { reasoning } = facts;
  const counts = reasoning.style === "budget" || (reasoning.style === "adaptive" && reasoning.budgets === true);
  if (!counts) return true;
  if (typeof budget !== "number" || (isStandIn && budget < LEAST_BUDGET)) return !isStandIn;
  const limit = readMember(request, "max_tokens");
  return typeof limit !== "number" || budget < limit || (headers?.["anthropic-beta"]?.includes(interleaved) ?? false);
}

const LEAST_BUDGET = 1024;
const interleaved = "interleaved-thinking-";

function effortFits(request: RawMembers, facts: ModelFacts): boolean {
  const effort = membersOf(readMember(request, "output_config"))["effort"];
  if (typeof effort !== "string") return true;
  const { reasoning } = facts;
  if (reasoning.style === "budget") return includes(reasoning.efforts ?? [], effort);
  if (reasoning.style !== "adaptive") return !neverThinks(facts);
  if (!includes(reasoning.efforts, effort)) return false;
  const isOff = membersOf(readMember(request, "thinking"))["type"] === "disabled";
  return !isOff || reasoning.strongestOff !== "high" || (effort !== "xhigh" && effort !== "max");
}

function includes(words: readonly string[], word: string): boolean {
  return words.includes(word);
}

function formatFits(request: RawMembers, facts: ModelFacts): boolean {
  if (facts.jsonSchema !== false) return true;
  return !request.has("output_format") && membersOf(readMember(request, "output_config"))["format"] == null;
}

function toolsFit(request: RawMembers, facts: ModelFacts): boolean {
  if (!request.has("tools")) return true;
  const has = (word: string): boolean => request.mentions("tools", word);
  if (facts.refusedTypes?.some((type) => has(`"${type}`)) === true) return false;
  if (facts.jsonSchema === false && has('"strict"')) return false;
  if (
    isRepeated(request.texts("tools", "name")) &&
    isRepeated(objectsOf(request.read("tools")).map(({ name }) => name))
  )
    return false;
  const choice = facts.forcedToolChoice === false ? membersOf(readMember(request, "tool_choice"))["type"] : undefined;
  return choice !== "any" && choice !== "tool";
}

function isRepeated(names: readonly (Json | undefined)[]): boolean {
  return new Set(names).size < names.length;
}

function editsFit(request: RawMembers, facts: ModelFacts): boolean {
  if (!request.has("context_management")) return true;
  return facts.refusedTypes?.some((type) => request.mentions("context_management", `"${type}`)) !== true;
}

/** The user comes first. Also checks instructions between turns and a prefill, if the model takes none. */
function rolesFit(request: RawMembers, facts: ModelFacts): boolean {
  const roles = request.texts("messages", "role");
  if (roles[0] === "assistant") return false;
  const mayInstruct = roles[0] === "system" || (facts.laterSystem === false && roles.includes("system"));
  const mayBegin = facts.prefill === false && roles.at(-1) === "assistant";
  if (!mayInstruct && !mayBegin) return true;
  const messages = objectsOf(request.read("messages"));
  // The opening instructions are separate from the conversation.
  const instructed = facts.laterSystem === false ? messages : messages.slice(0, 1);
  if (mayInstruct && instructed.some(({ role }) => role === "system")) return false;
  return !mayBegin || request.has("fallback_credit_token") || !isPrefill(messages.at(-1));
}

/** Signs of another vendor: thinking without a signature, citations without an index, pages without a seal. */
const unsealed: readonly string[] = ["signature", "encrypted_index", "encrypted_content"];

/** Anthropic would refuse each of them. */
function signaturesFit(request: RawMembers): boolean {
  const has = (word: string): boolean => request.mentions("messages", word);
  return unsealed.every((name) => !has(`"${name}":""`) && !has(`"${name}": ""`));
}

/** Empty texts, which other vendors take. */
function textsFit(request: RawMembers): boolean {
  return !request.mentions("messages", '"text":""') && !request.mentions("messages", '"text": ""');
}

const idShape = /^[a-zA-Z0-9_-]+$/;

/**
 * Calls of another vendor in the history: their ids may repeat in each turn, or have a form that Anthropic refuses.
 * Also, each call needs its result: if the order of turns and blocks leaves that open, the history is parsed. A request
 * that continues a stored conversation may begin with results.
 */
function callsFit(request: RawMembers): boolean {
  if (threadRules.previousIn(request) !== null) return true;
  const answeredIds = request.texts("messages", "tool_use_id");
  if (answeredIds.length === 0 && !request.mentions("messages", '"tool_use"')) return true;
  if (new Set(answeredIds).size < answeredIds.length || !answeredIds.every((id) => idShape.test(id))) return false;
  const areSure = inTurns(request.texts("messages", "role")) && inGroups(request.texts("messages", "type"));
  return areSure || isPaired(objectsOf(request.read("messages")));
}

function inTurns(roles: readonly string[]): boolean {
  return roles.every((role, index) => role !== roles[index - 1]);
}

/** As many results as calls, before the next call. */
function inGroups(kinds: readonly string[]): boolean {
  let [open, isClosing] = [0, false];
  for (const kind of kinds) {
    if (kind === "tool_use") {
      if (isClosing && open > 0) return false;
      open += 1;
      isClosing = false;
    } else if (kind === "tool_result") {
      if (open === 0) return false;
      open -= 1;
      isClosing = true;
    }
  }
  return open === 0;
}

/** In the next message, and nowhere else. */
function isPaired(messages: readonly JsonObject[]): boolean {
  let open = new Set<Json | undefined>();
  for (const message of messages) {
    const blocks = objectsOf(message["content"]);
    for (const block of blocks) if (block["type"] === "tool_result" && !open.delete(block["tool_use_id"])) return false;
    if (open.size > 0) return false;
    open = new Set(blocks.flatMap((block) => (block["type"] === "tool_use" ? [block["id"]] : [])));
  }
  return open.size === 0;
}

/** With a budget, each step of a turn with tool calls must begin with thinking; another vendor's steps do not. */
function thoughtsFit(request: RawMembers): boolean {
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
  const type = stringOr(first["type"], "");
  return type === "thinking" || type === "redacted_thinking";
}
