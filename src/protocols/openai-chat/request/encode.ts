// Encodes a neutral request as a chat completion request for one target. It never invents a value. It drops and reports
// what the target cannot take; if dropping it would change the content of the answer, it refuses the target.
import type { ChatRequest, ForeignPart } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import { type FittedMarks, fitMarks } from "../../shared/cache-marks.ts";
import { carryWords } from "../../shared/carried-words.ts";
import { isDefault, isNeeded, lossOf } from "../../shared/needed.ts";
import { holdsPlainWordsAlone } from "../../shared/plain-words.ts";
import { arrayOr, membersOf, stringOr } from "../../shared/read.ts";
import { strayMembersLost } from "../../shared/stray-members.ts";
import { withTextGaps } from "../../shared/text-gaps.ts";
import { shortenNames } from "../../shared/member-lengths.ts";
import { fitMetadata } from "../../shared/metadata.ts";
import { bookOf, listOf } from "../../shared/report.ts";
import { retellSearchHistory } from "../../shared/search-history.ts";
import { beyond, lostHints, searchIn, type WebSearch } from "../../shared/web-search.ts";
import { asGiven, fitToolNames, plainNames } from "../../shared/tool-names.ts";
import { carrySearch, withoutVendorTools } from "../../shared/vendor-tools.ts";
import { effortsOf, effortToThink, fitEffort, neverThinks, wishedEffort, takesSampling } from "../../shared/effort.ts";
import { beside, type Encoding, startEncoding, unsupported, withFreeTools } from "./encoding.ts";
import { encodeMessages } from "./encode-messages.ts";
import { isReasoningSaid, isSchemaSaid, lacksSwitch, withWords, wordsTaken } from "./host-words.ts";
import { orderMessages } from "./message-order.ts";
import { maxStops } from "./own-shape.ts";
import { withPlainContents } from "./plain-content.ts";
import { withSingleCalls } from "./single-calls.ts";
import { isExact, rewordedFields } from "./strangers.ts";
import { withinTable } from "./within-table.ts";
import { self } from "../features/vendor-state.ts";
import { encodeOutput, encodeTools } from "./encode-tools.ts";

/** The vendor's other protocol, which shares its file ids. */
const kinFiles = ["openai-responses"] as const;
const kin: ReadonlySet<string> = new Set([self, "openai-responses"]);

export function encodeRequest(source: ChatRequest, target: TargetFacts): EncodedRequest {
  const original = source.extras.protocol === self ? source : withTextGaps(source);
  const started = startEncoding(original, target);
  const drop = (field: string): void => void started.dropped.add(field);
  const marked = holdsPlainWordsAlone(original)
    ? { request: original, key: null }
    : markedFor(carried(original, started), started);
  const fit = started.ownShape ? asGiven(marked.request) : fitToolNames(marked.request, plainNames);
  const { request, names, adapted } = fit;
  const encoding = withFreeTools(started, request);
  refuseWhatCannotBe(request, encoding);
  const words = wordsTaken(request, encoding);
  const output = isSchemaSaid(words) ? NO_FORMAT : encodeOutput(request, encoding);
  const encodedMessages = encodeMessages(request, encoding);
  if (output.instruction !== null)
    encodedMessages.unshift({ role: target.facts.systemRole, content: output.instruction });
  const ordered = orderMessages(encodedMessages, target.facts, encoding.adapted);
  const single = withSingleCalls(ordered, target.facts, encoding.adapted);
  const messages = withPlainContents(single, target.facts, encoding);
  const body: MutableJson = { ...withWords(encodeExtras(request, encoding), words), model: target.model, messages };
  if (request.stream) {
    body["stream"] = true;
    body["stream_options"] = { ...membersOf(body["stream_options"]), include_usage: true };
  } else if (!encoding.ownShape && body["stream_options"] !== undefined) {
    const loss = lossOf("stream_options", body["stream_options"]);
    if (loss !== null) drop(loss);
    delete body["stream_options"];
  }
  if (output.format !== null) body["response_format"] = output.format;
  Object.assign(body, encodeTools(request, encoding), encodeSampling(request, encoding));
  const effort = isReasoningSaid(words) || lacksSwitch(request, encoding) ? null : encodeEffort(request, encoding);
  if (effort !== null) body["reasoning_effort"] = effort;
  if (request.user !== null) body["user"] = request.user;
  if (marked.key !== null) body["prompt_cache_key"] ??= marked.key;
  shortenNames(body, target, { isNative: encoding.native, adapted: encoding.adapted });
  fitMetadata(body, { target, needsStore: true }, encoding);
  const whole = beside(body, request, encoding);
  for (const member of strayMembersLost(original, self, encoding.placedStrays)) drop(member);
  const sent = encoding.table === null ? whole : withinTable(whole, encoding.table, encoding);
  return { body: sent, dropped: listOf(encoding.dropped), adapted: listOf(encoding.adapted, adapted), names };
}

const NO_FORMAT = { format: null, instruction: null };

/** Content that only the caller's protocol knows, as text if it has some. */
function carried(original: ChatRequest, encoding: Encoding): ChatRequest {
  const drop = (field: string): void => void encoding.dropped.add(field);
  const foreign = (part: ForeignPart): boolean => isUnknownTo(encoding, part);
  const withSearchText = retellSearchHistory(original, self, { ...bookOf(encoding), foreign });
  // Hosts may have tools of their own.
  const portable =
    encoding.native && !isExact(encoding.facts) ? withSearchText : withoutVendorTools(withSearchText, drop);
  // OpenAI gets content of other hosts as text, like a target of another protocol. Files of its other protocol can be
  // used by id; images cannot.
  const reads = { images: [], files: isExact(encoding.facts) ? kinFiles : [] };
  const readsOwn = !encoding.standsIn;
  return carryWords(portable, { self, foreign, namesFiles: true, hasContext: false, readsOwn, reads, drop });
}

/** A part or a call of a kind that is not in the target's table. Members beside the content are checked later. */
function isUnknownTo({ table }: Encoding, { state, search }: ForeignPart): boolean {
  if (table === null || search !== undefined) return false;
  const { type, tool_call: call } = membersOf(state.value);
  if (call !== undefined) return !table.types.has(stringOr(membersOf(call)["type"], ""));
  return typeof type === "string" && !table.types.has(type);
}

/** A host's own clients mark as it likes; OpenAI refuses other vendors' marks. */
function markedFor(request: ChatRequest, encoding: Encoding): FittedMarks {
  const { facts, native, dropped, adapted } = encoding;
  const exact = isExact(facts);
  if (native && !exact) return { request, key: null };
  const isKin = facts.cacheBreakpoints !== false && kin.has(request.extras.protocol);
  const takes = exact && isKin ? "same" : "facts";
  return fitMarks(request, {
    takes,
    facts,
    drop: (field) => void dropped.add(field),
    adapt: (field, from, to) => void adapted.add(`${field}:${from}>${to}`),
  });
}

/** Features that clients rely on, or that change the meaning of the answer. */
function refuseWhatCannotBe({ sampling, reasoning }: ChatRequest, { facts, model }: Encoding): void {
  if (sampling.logprobs === true && (facts.logprobs === false || !takesSampling(reasoning, facts))) {
    throw unsupported("logprobs", `${model} does not return log probabilities`);
  }
  if ((sampling.n ?? 1) > 1 && facts.multipleChoices === false) {
    throw unsupported("n", `${model} returns one choice only`);
  }
  if (sampling.logitBias !== null && Object.keys(sampling.logitBias).length > 0 && facts.sampling === false) {
    throw unsupported("logit_bias", `${model} does not support a logit bias`);
  }
}

/** The code for tools handles `tools` and `tool_choice` in the extras. */
function encodeExtras(request: ChatRequest, encoding: Encoding): JsonObject {
  const { fields } = request.extras;
  if (encoding.native) {
    if (encoding.facts.webSearch === false && (fields["web_search_options"] ?? null) !== null) {
      throw unsupported("web_search_options", `${encoding.model} does not support web search`);
    }
    const { tools: _tools, tool_choice: _choice, ...others } = fields;
    if (!isExact(encoding.facts)) return others;
    if (encoding.standsIn) refuseOtherForms(others, encoding);
    return rewordFields(request, encoding);
  }
  const { fields: rest } = searchIn(request.extras);
  const drop = (field: string): void => void encoding.dropped.add(field);
  const search = carrySearch(request, drop, (one) => encodeSearch(one, encoding));
  const members: MutableJson = search === null ? {} : { web_search_options: search };
  const kindred = request.extras.protocol === "openai-responses" && isExact(encoding.facts);
  for (const [key, value] of Object.entries(rest)) {
    if (isNeeded(key, value, encoding.facts)) throw unsupported(key, "this target has no equivalent");
    if (kindred && shared.has(key)) members[key] = value;
    else if (kindred && key === "text") Object.assign(members, encodeText(membersOf(value), encoding));
    else {
      const loss = lossOf(key, value);
      if (loss !== null) encoding.dropped.add(loss);
    }
  }
  return members;
}

/** Another output modality would be another answer. */
function refuseOtherForms({ modalities, response_format }: JsonObject, { model }: Encoding): void {
  if (response_format !== undefined) throw unsupported("response_format", `${model} does not support this modality`);
  if (arrayOr(modalities, []).some((one) => one !== "text" && one !== "audio"))
    throw unsupported("modalities", `${model} returns text and audio only`);
}

/** The fields with the same name and meaning in the vendor's other protocol. */
const shared: ReadonlySet<string> = new Set([
  "metadata",
  "service_tier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "safety_identifier",
]);

function encodeText({ verbosity, ...others }: JsonObject, encoding: Encoding): JsonObject {
  if (Object.keys(others).length > 0) encoding.dropped.add("text");
  return verbosity === undefined ? {} : { verbosity };
}

/** Only some models search here; all others would answer without searching. */
function encodeSearch(search: WebSearch, { facts, model, dropped }: Encoding): JsonObject {
  if (facts.webSearch !== true) throw unsupported("tools", `${model} does not support web search`);
  const unsupportedFilter = beyond(search);
  if (unsupportedFilter !== null)
    throw unsupported(unsupportedFilter, "this target does not support this search filter");
  for (const hint of lostHints(search, { size: true, most: false })) dropped.add(hint);
  const { location, contextSize } = search;
  return {
    ...(contextSize === null ? {} : { search_context_size: contextSize }),
    ...(location === null ? {} : { user_location: { type: "approximate", approximate: location } }),
  };
}

function rewordFields({ extras }: ChatRequest, encoding: Encoding): JsonObject {
  const { tools: _tools, tool_choice: _choice, ...fields }: MutableJson = { ...extras.fields };
  for (const name of rewordedFields) {
    if (fields[name] === undefined) continue;
    delete fields[name];
    // The effort expresses `thinking`.
    if (name !== "thinking") encoding.dropped.add(name);
  }
  return fields;
}

function encodeSampling(request: ChatRequest, encoding: Encoding): JsonObject {
  const { sampling } = request;
  const { facts, native } = encoding;
  const body: MutableJson = {};
  const put = (name: string, value: MutableJson[string] | null, isSupported: boolean): void => {
    if (value === null || value === undefined) return;
    if (isSupported) body[name] = value;
    else if (!isDefault(name, value)) encoding.dropped.add(name);
  };
  const free = takesSampling(request.reasoning, facts);
  put(facts.maxTokensField, clampTokens(sampling.maxTokens, encoding), true);
  put("temperature", sampling.temperature, free);
  put("top_p", sampling.topP, free);
  put("top_k", sampling.topK, native && free && !isExact(facts));
  put("presence_penalty", sampling.presencePenalty, facts.penalties !== false);
  put("frequency_penalty", sampling.frequencyPenalty, facts.penalties !== false);
  put("seed", sampling.seed, facts.seed !== false);
  if (facts.multipleChoices !== false) put("n", sampling.n, true);
  put("stop", encodeStop(sampling.stop, encoding), true);
  const hasLogprobs = facts.logprobs !== false;
  if (hasLogprobs) put("logprobs", sampling.logprobs, true);
  // OpenAI refuses their number without `logprobs`.
  const takesNumber = sampling.logprobs === true || encoding.ownShape || !isExact(facts);
  put("top_logprobs", sampling.topLogprobs, hasLogprobs && takesNumber);
  put("logit_bias", sampling.logitBias, free);
  return body;
}

function clampTokens(limit: number | null, encoding: Encoding): number | null {
  const { outputTokens, maxTokensField } = encoding.facts;
  if (limit === null || outputTokens === null || limit <= outputTokens) return limit;
  encoding.adapted.add(`${maxTokensField}:${limit}>${outputTokens}`);
  return outputTokens;
}

function encodeStop(stop: readonly string[], encoding: Encoding): string[] | null {
  const words = stop.filter((word) => word !== "");
  if (words.length === 0) return null;
  const takesMore = encoding.native && !(encoding.standsIn && isExact(encoding.facts));
  if (words.length <= maxStops || takesMore) return words;
  encoding.adapted.add(`stop:${words.length}>${maxStops}`);
  return words.slice(0, maxStops);
}

function encodeEffort(request: ChatRequest, encoding: Encoding): string | null {
  const { facts, native } = encoding;
  const levels = effortsOf(facts.reasoning);
  const requestedEffort = wishedEffort(request.reasoning) ?? effortToThink(request.reasoning, facts);
  if (requestedEffort === null || isSetByThinking(request, encoding)) return null;
  if (native && facts.reasoning.style === "none" && !neverThinks(facts)) return requestedEffort;
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

/** A native client's own `thinking` is sent unchanged, so its meaning is not sent a second time. */
function isSetByThinking({ reasoning, extras }: ChatRequest, { facts, table }: Encoding): boolean {
  if (extras.fields["thinking"] === undefined || isExact(facts)) return false;
  if (table !== null && !table.shape.members.has("thinking")) return false;
  return reasoning?.effort === null || reasoning?.effort === "none";
}
