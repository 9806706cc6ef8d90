// A neutral request as a Responses request for one target. Never invents a value; what the target cannot take is left out
// and reported, and where leaving it out would change what the caller gets, the target is refused instead. A caller of
// another protocol keeps its history itself, so nothing of it is stored at the vendor.
import type { ChatRequest, ForeignPart, ProtocolName } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import { effortsOf, fitEffort, neverThinks, takesSampling, wishedEffort } from "../../shared/effort.ts";
import { type FittedMarks, fitMarks } from "../../shared/cache-marks.ts";
import { carryWords } from "../../shared/carried-words.ts";
import { isDefault, isNeeded, lossOf } from "../../shared/needed.ts";
import { holdsPlainWordsAlone } from "../../shared/plain-words.ts";
import { arrayOr, membersOf, stringOr } from "../../shared/read.ts";
import { strayMembersLost } from "../../shared/stray-members.ts";
import { withTextGaps } from "../../shared/text-gaps.ts";
import { shortenNames } from "../../shared/member-lengths.ts";
import { fitMetadata } from "../../shared/metadata.ts";
import { isOpenAI } from "../../shared/tool-schema/fit.ts";
import { bookOf } from "../../shared/report.ts";
import { retellSearchHistory } from "../../shared/search-history.ts";
import { isSearch, searchIn } from "../../shared/web-search.ts";
import { asGiven, type FittedNames, fitToolNames, plainNames } from "../../shared/tool-names.ts";
import { withoutVendorTools } from "../../shared/vendor-tools.ts";
import { takesForms, withoutAdded } from "../features/forms.ts";
import { isRefusedItem, withoutRefusedTools } from "../features/refused-tools.ts";
import { closedItems } from "./decode-input.ts";
import { encodeInput } from "./encode-input.ts";
import {
  addedTools,
  type Encoding,
  FEWEST_TOKENS,
  foundPages,
  includable,
  logprobs,
  sealedThoughts,
  searchDetails,
  self,
  unsupported,
  without,
} from "../features/own-state.ts";
import { encodeOutput, encodeTools } from "./encode-tools.ts";

/** The vendor's other protocol, which shares its file ids. */
const kin: readonly ProtocolName[] = ["openai-chat"];

export function encodeRequest(source: ChatRequest, target: TargetFacts): EncodedRequest {
  const native = source.extras.protocol === self;
  const original = native ? source : withTextGaps(source);
  const encoding: Encoding = {
    model: target.model,
    facts: target.facts,
    native,
    standsIn: target.isStandIn === true,
    kindred: original.extras.protocol === "openai-chat",
    forms: native && keepsForms(original, target),
    dropped: new Set(),
    adapted: new Set(),
  };
  const marked = holdsPlainWordsAlone(original)
    ? { request: original, key: null }
    : markedFor(carried(original, encoding), encoding);
  const { request, names, adapted } = fitTools(marked.request, encoding);
  refuseWhatCannotBe(request, encoding);
  for (const member of strayMembersLost(original, self)) encoding.dropped.add(member);
  const output = encodeOutput(request, encoding);
  const { instructions, input } = encodeInput(request, encoding);
  const extras = encodeExtras(request, encoding);
  // A stored prompt names the model itself.
  const body: MutableJson = target.model === "" ? { ...extras } : { ...extras, model: target.model };
  if (instructions !== null) body["instructions"] = instructions;
  const instructed = output.instruction === null || mentionsJson(request, input, encoding);
  const fullInput = instructed ? input : [instruct(output.instruction ?? "", encoding), ...input];
  if (fullInput.length > 0 || !encoding.native) body["input"] = fullInput;
  if (request.stream) body["stream"] = true;
  if (output.format !== null) body["text"] = { ...membersOf(extras["text"]), format: output.format };
  const tools = encodeTools(request, encoding);
  Object.assign(body, tools, encodeSampling(request, encoding));
  const searches = arrayOr<readonly Json[]>(tools["tools"], []).some((tool) => isSearch(membersOf(tool)));
  const reasoning = encodeReasoning(request, encoding, searches);
  if (reasoning !== null) body["reasoning"] = reasoning;
  const include = encodeInclude(request, { encoding, hasReasoning: reasoning !== null, searches });
  if (include.length > 0) body["include"] = include;
  if (request.user !== null) body["user"] = request.user;
  if (!encoding.native) body["store"] = false;
  if (marked.key !== null) body["prompt_cache_key"] ??= marked.key;
  shortenNames(body, target, { isNative: native, adapted: encoding.adapted });
  fitMetadata(body, { target, needsStore: false }, encoding);
  return { body, dropped: [...encoding.dropped], adapted: [...adapted, ...encoding.adapted], names };
}

/** Tools of this protocol's own kinds stay unchanged, including their names; a stand-in may need other names. */
function keepsForms(request: ChatRequest, { facts, isStandIn = false }: TargetFacts): boolean {
  if (!takesForms(request, facts)) return false;
  return (
    !isStandIn || request.tools.every(({ name }) => name.length <= plainNames.max && plainNames.pattern.test(name))
  );
}

/** Content that only the caller's protocol knows, as text if it has some. */
function carried(original: ChatRequest, encoding: Encoding): ChatRequest {
  const drop = (field: string): void => void encoding.dropped.add(field);
  const foreign = (part: ForeignPart): boolean => isRefusedItem(part, encoding.facts);
  const withSearchText = retellSearchHistory(original, self, { ...bookOf(encoding), foreign });
  const portable = encoding.native
    ? withoutRefusedTools(withSearchText, encoding, drop)
    : withoutVendorTools(withSearchText, drop);
  const reads = { images: kin, files: kin };
  return carryWords(portable, { self, foreign, namesFiles: true, hasContext: false, reads, drop });
}

/** Its own clients and those of its other protocol use this vendor's marks. */
function markedFor(request: ChatRequest, { facts, native, kindred, dropped, adapted }: Encoding): FittedMarks {
  const takesMarks = facts.cacheBreakpoints !== false;
  if (native && takesMarks && facts.promptCache !== "key") return { request, key: null };
  return fitMarks(request, {
    takes: (native || kindred) && takesMarks ? "same" : "facts",
    facts,
    drop: (field) => void dropped.add(field),
    adapt: (field, from, to) => void adapted.add(`${field}:${from}>${to}`),
  });
}

/** With functions in place of the kinds of tools that this target does not take. */
function fitTools(request: ChatRequest, { native, forms }: Encoding): FittedNames {
  if (forms) return asGiven(request);
  return fitToolNames(native ? withoutAdded(request) : request, plainNames);
}

/**
 * A caller of the vendor's other protocol has said the word JSON; if it did so in its instructions, that does not count
 * here.
 */
function mentionsJson({ output }: ChatRequest, input: readonly JsonObject[], { kindred }: Encoding): boolean {
  return kindred && output?.kind === "json" && /json/iu.test(JSON.stringify(input));
}

/** In the input, because OpenAI looks for the word JSON there. */
function instruct(words: string, encoding: Encoding): JsonObject {
  return { type: "message", role: encoding.facts.systemRole, content: words };
}

/** Features that clients rely on, or that change the meaning of the answer. */
function refuseWhatCannotBe({ sampling, reasoning }: ChatRequest, { facts, model }: Encoding): void {
  if (sampling.logprobs === true && (facts.logprobs === false || !takesSampling(reasoning, facts))) {
    throw unsupported("logprobs", `${model} does not return log probabilities`);
  }
  if ((sampling.n ?? 1) > 1) throw unsupported("n", `${model} returns one choice only`);
  if (sampling.logitBias !== null && Object.keys(sampling.logitBias).length > 0) {
    throw unsupported("logit_bias", `${model} does not support a logit bias`);
  }
}

/** The fields with the same name and meaning in the vendor's other protocol. */
const shared: ReadonlySet<string> = new Set([
  "metadata",
  "service_tier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "safety_identifier",
]);

/** Extras that other code writes. */
const elsewhere: ReadonlySet<string> = new Set([
  "tools",
  addedTools,
  "tool_choice",
  "include",
  "reasoning",
  ...closedItems,
]);

const ofStreams: ReadonlySet<string> = new Set(["stream_options"]);

function encodeExtras(request: ChatRequest, encoding: Encoding): JsonObject {
  const { fields } = request.extras;
  if (encoding.native) {
    const own = without(fields, elsewhere);
    // Options of a stream, on a request without one.
    return encoding.standsIn && !request.stream ? without(own, ofStreams) : own;
  }
  const members: MutableJson = {};
  for (const [key, value] of Object.entries(searchIn(request.extras).fields)) {
    if (isNeeded(key, value, encoding.facts)) throw unsupported(key, "this target has no equivalent");
    if (encoding.kindred && shared.has(key)) members[key] = value;
    else if (encoding.kindred && key === "verbosity") members["text"] = { verbosity: value };
    else {
      const loss = lossOf(key, value);
      if (loss !== null) encoding.dropped.add(loss);
    }
  }
  return members;
}

function encodeSampling({ sampling, reasoning }: ChatRequest, encoding: Encoding): JsonObject {
  const body: MutableJson = {};
  const put = (name: string, value: Json | null, isSupported: boolean): void => {
    if (value === null) return;
    if (isSupported) body[name] = value;
    else if (!isDefault(name, value)) encoding.dropped.add(name);
  };
  const free = takesSampling(reasoning, encoding.facts);
  put("max_output_tokens", fitTokens(sampling.maxTokens, encoding), true);
  put("temperature", sampling.temperature, free);
  put("top_p", sampling.topP, free);
  put("top_logprobs", sampling.topLogprobs, free && encoding.facts.logprobs !== false);
  put("top_k", sampling.topK, false);
  put("seed", sampling.seed, false);
  put("presence_penalty", sampling.presencePenalty, false);
  put("frequency_penalty", sampling.frequencyPenalty, false);
  put("stop", sampling.stop.length === 0 ? null : sampling.stop, false);
  return body;
}

function fitTokens(limit: number | null, { native, standsIn, facts, adapted }: Encoding): number | null {
  if (limit === null) return null;
  const fewest = native && !standsIn ? 0 : FEWEST_TOKENS;
  const fitted = Math.min(Math.max(limit, fewest), facts.outputTokens ?? Number.POSITIVE_INFINITY);
  if (fitted !== limit) adapted.add(`max_output_tokens:${limit}>${fitted}`);
  return fitted;
}

/** `reasoning: {effort, summary}`; null if there is nothing to set. */
function encodeReasoning(request: ChatRequest, encoding: Encoding, searches: boolean): JsonObject | null {
  const { native, facts } = encoding;
  const reasoning: MutableJson = native ? { ...membersOf(request.extras.fields["reasoning"]) } : {};
  const effort = encodeEffort(request, encoding, searches);
  if (effort !== null) reasoning["effort"] = effort;
  const hasReasoning = facts.reasoning.style !== "none";
  if (!native && request.reasoning?.visible === true && hasReasoning) reasoning["summary"] = "auto";
  if (native && neverThinks(facts) && Object.keys(reasoning).length > 0) {
    encoding.dropped.add("reasoning");
    return null;
  }
  return Object.keys(reasoning).length === 0 ? null : reasoning;
}

function encodeEffort(request: ChatRequest, encoding: Encoding, searches: boolean): string | null {
  const requestedEffort = wishedEffort(request.reasoning);
  const { facts, native } = encoding;
  if (requestedEffort === null) return null;
  if (native && facts.reasoning.style === "none" && !neverThinks(facts)) return requestedEffort;
  // "The following tools cannot be used with reasoning.effort 'minimal': web_search."
  const levels = effortsOf(facts.reasoning).filter((effort) => effort !== "minimal" || !searches);
  const fitted = fitEffort(requestedEffort, levels);
  if (fitted === null) {
    if (requestedEffort !== "none") encoding.dropped.add("reasoning_effort");
    return null;
  }
  if (fitted !== requestedEffort) encoding.adapted.add(`reasoning_effort:${requestedEffort}>${fitted}`);
  const budget = request.reasoning?.effort === null ? request.reasoning.budget : null;
  if (budget !== null) encoding.adapted.add(`reasoning_budget:${budget}>${fitted}`);
  return fitted;
}

function encodeInclude(
  request: ChatRequest,
  context: { encoding: Encoding; hasReasoning: boolean; searches: boolean },
): string[] {
  const { encoding, hasReasoning, searches } = context;
  const include = encoding.native
    ? arrayOr(request.extras.fields["include"], [])
        .map((word) => stringOr(word, ""))
        .filter((word) => isIncluded(word, encoding))
    : [];
  if (!encoding.native && searches) include.push(foundPages);
  if (request.sampling.logprobs === true) include.push(logprobs);
  if (!encoding.native && (hasReasoning || encoding.facts.reasoning.style !== "none")) {
    include.push(sealedThoughts);
  }
  return include;
}

function isIncluded(word: string, { facts, standsIn, dropped }: Encoding): boolean {
  const refused =
    (word === sealedThoughts && neverThinks(facts)) ||
    (word.startsWith(searchDetails) && facts.webSearch === false) ||
    (standsIn && isOpenAI(facts) && !includable.has(word));
  if (!refused) return true;
  dropped.add("include");
  return false;
}
