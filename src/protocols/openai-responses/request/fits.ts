// Whether a Responses client's own bytes can go to a target of this protocol. It says no only if the target is known to
// refuse something, or if the history contains another vendor's state, which no vendor may see. Then the request is
// decoded and encoded, which drops and reports it, or refuses the target.
import { mayHoldRefused } from "../../shared/tool-schema/refused.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { effortsOf, neverThinks } from "../../shared/effort.ts";
import { memberLengthsFit, toolCountFits } from "../../shared/member-lengths.ts";
import { metadataFits } from "../../shared/metadata.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";
import { isOpenAI } from "../../shared/tool-schema/fit.ts";
import { isSearch } from "../../shared/web-search.ts";
import { hostSchema, openaiSchema, type OwnSchema, schemasTaken } from "../../shared/tool-schema/own.ts";
import { ownShapeFits } from "./own-shape.ts";
import { carriedMark, freeCall, logprobs, sealedThoughts, searchCall, searchDetails } from "../features/own-state.ts";

type Check = (request: RawMembers, target: TargetFacts) => boolean;

/** The history comes last: only it is searched byte by byte. */
const checks: readonly Check[] = [
  memberLengthsFit,
  (request, target) => metadataFits(request, target, false),
  thinkingFits,
  samplingFits,
  toolsFit,
  toolCountFits,
  formatFits,
  schemasFit,
  inputFits,
  callsFit,
  ownShapeFits,
];

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
  if (facts.logprobs === false && request.mentions("include", `"${logprobs}"`)) return false;
  const limit = request.has("max_output_tokens") ? request.read("max_output_tokens") : null;
  if (typeof limit === "number" && facts.outputTokens !== null && limit > facts.outputTokens) return false;
  // Models that can turn reasoning off take these then.
  if (membersOf(request.has("reasoning") ? request.read("reasoning") : null)["effort"] === "none") return true;
  if (facts.sampling !== false) return true;
  if (request.has("temperature") || request.has("top_p")) return false;
  return !request.mentions("include", `"${logprobs}"`) && (request.read("top_logprobs") ?? 0) === 0;
}

function toolsFit(request: RawMembers, { facts }: TargetFacts): boolean {
  if (request.has("tools")) {
    if (facts.tools === false) return false;
    if (facts.promptCache === "key" && request.mentions("tools", '"cache_control":')) return false;
  }
  const has = (...words: readonly string[]): boolean =>
    words.some((word) => request.mentions("tools", `"${word}"`) || request.mentions("input", `"${word}"`));
  if (facts.webSearch === false && searches(request)) return false;
  if (facts.customTools === false && has("custom", freeCall)) return false;
  return facts.toolSearch !== false || !has(...amongTools);
}

const amongTools = ["namespace", "tool_search", "tool_search_call", "tool_search_output", "additional_tools"] as const;

/** A search is offered, or its calls shall report their results. A tool may only have such a name. */
function searches(request: RawMembers): boolean {
  if (request.mentions("include", `"${searchDetails}`) || request.mentions("input", `"${searchCall}"`)) return true;
  const offered = (name: string): boolean =>
    request.mentions(name, '"web_search') && request.texts(name, "type").some((type) => isSearch({ type }));
  return offered("tools") || offered("input");
}

function formatFits(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  // OpenAI requires the word in the input.
  const needsWord = isStandIn && isOpenAI(facts) && request.has("text") && request.mentions("text", '"json_object"');
  if (needsWord && !["json", "JSON", "Json"].some((word) => request.mentions("input", word))) return false;
  if (!request.has("text") || !request.mentions("text", '"json_schema"')) return true;
  return facts.jsonSchema !== false && (facts.jsonWithTools !== false || !request.has("tools"));
}

/** OpenAI's rules are known. Other hosts vary: one that stands in gets what all of them are known to take. */
function schemasFit(request: RawMembers, target: TargetFacts): boolean {
  const { facts, isStandIn = false } = target;
  if (mayHoldRefused(request, target, ["tools", "text"])) return false;
  const exact = isOpenAI(facts);
  if (!exact && !isStandIn) return true;
  const question = exact ? "openai-responses schemas" : "openai-responses schemas at another host";
  const read: ReadSchema = exact ? openaiSchema : (schema, _strict, root) => hostSchema(schema, root);
  return (
    schemasTaken(request, { question, member: "tools" }, (value) => toolSchemas(value, read)) &&
    schemasTaken(request, { question, member: "text" }, (value) => formatSchemas(value, read))
  );
}

type ReadSchema = typeof openaiSchema;

/** A tool that does not say whether it is strict is so where its schema allows it, and nowhere else. */
function* toolSchemas(tools: Json | undefined, read: ReadSchema): Generator<OwnSchema> {
  const own = arrayOr<readonly Json[]>(tools, []).map(membersOf);
  const spaced = own.flatMap(({ type, tools: inner }) =>
    type === "namespace" ? arrayOr<readonly Json[]>(inner, []) : [],
  );
  for (const { type, parameters, strict } of [...own, ...spaced.map(membersOf)])
    if (type === "function" && isObject(parameters)) yield read(parameters, strict, "object");
}

function* formatSchemas(text: Json | undefined, read: ReadSchema): Generator<OwnSchema> {
  const { schema, strict } = membersOf(membersOf(text)["format"]);
  if (isObject(schema)) yield read(schema, strict, "answer");
}

/** With its quotes a word is never found inside of a text, where quotes are escaped. */
function inputFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const has = (word: string): boolean => request.mentions("input", `"${word}`);
  if (facts.images === false && has('input_image"')) return false;
  if (facts.cacheBreakpoints === false && has('prompt_cache_breakpoint"')) return false;
  if (facts.originalDetail === false && has('input_image"') && request.texts("input", "detail").includes("original"))
    return false;
  if (facts.pdf === false && has('input_file"')) return false;
  if (neverThinks(facts) && has('reasoning"')) return false;
  if (facts.promptCache === "key" && has('cache_control"')) return false;
  return !has(carriedMark) && !has('extra_content"');
}

/** OpenAI's limit. */
const LONGEST_ID = 64;
const calls: ReadonlySet<Json | undefined> = new Set(["function_call", freeCall]);
const outputs: ReadonlySet<Json | undefined> = new Set(["function_call_output", `${freeCall}_output`]);

/**
 * Whether each call has its result, and each result its call, where nothing is kept at the vendor. The ids tell, in the
 * bytes; only where they do not add up is the history read.
 */
function callsFit(request: RawMembers): boolean {
  const ids = request.texts("input", "call_id");
  if (ids.some((id) => id.length > LONGEST_ID)) return false;
  if (request.has("previous_response_id") || request.has("conversation") || request.has("prompt")) return true;
  // Calls may be named by what the vendor stores.
  if (request.mentions("input", '"item_reference"')) return true;
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const kinds = request.texts("input", "type");
  if (endsOnReasoning(kinds)) return false;
  const addUp = [...counts.values()].every((count) => count === 2) && inBalance(kinds);
  return addUp || isPaired(request.read("input"));
}

/** Agents keep the reasoning of an answer that broke off; OpenAI refuses reasoning that nothing follows. */
function endsOnReasoning(kinds: readonly string[]): boolean {
  return kinds.findLast((kind) => kind !== "summary_text" && kind !== "reasoning_text") === "reasoning";
}

/** No more results than calls up to any place, and as many at the end. */
function inBalance(kinds: readonly string[]): boolean {
  let open = 0;
  for (const kind of kinds) {
    if (calls.has(kind)) open += 1;
    else if (outputs.has(kind)) open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** Wherever they stand, the call first. */
function isPaired(input: Json | undefined): boolean {
  const open = new Set<Json | undefined>();
  const called = new Set<Json | undefined>();
  for (const item of arrayOr(input, []).map(membersOf)) {
    const { type, call_id: id } = item;
    if (calls.has(type)) {
      if (called.has(id)) return false;
      called.add(id);
      open.add(id);
    } else if (outputs.has(type) && !open.delete(id)) return false;
  }
  return open.size === 0;
}
