// Encodes a neutral request as a Messages request. It must never drop something silently: fields that it cannot
// translate are in `dropped` or `adapted`, and if one changes the question, the target is refused.
import type { ChatRequest } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { fitMarks, marksOffBlanks } from "../../shared/cache-marks.ts";
import { carryWords } from "../../shared/carried-words.ts";
import { demandsRegion, isNeeded, lossOf, regionMember } from "../../shared/needed.ts";
import { membersOf } from "../../shared/read.ts";
import { retellSearchHistory } from "../../shared/search-history.ts";
import { strayMembersLost } from "../../shared/stray-members.ts";
import { withTextGaps } from "../../shared/text-gaps.ts";
import { searchIn } from "../../shared/web-search.ts";
import { fitToolNames, type NameShape, plainNames } from "../../shared/tool-names.ts";
import { withoutVendorTools } from "../../shared/vendor-tools.ts";
import { answerTool } from "../features/answer-tool.ts";
import { encodeText } from "../response/encode-blocks.ts";
import { holdsPlainWordsAlone } from "../../shared/plain-words.ts";
import { withoutOrphanedDependents } from "./dependents.ts";
import { createReport, type Report } from "../../shared/report.ts";
import { encodeOwnThinking, ownThinking } from "./own-thinking.ts";
import { self, unsupported, without } from "../features/own-state.ts";
import { fitEditTypes, refuseCompaction } from "./refused-types.ts";
import { planOutput } from "./output.ts";
import { compactContent } from "./encode-parts.ts";
import { encodeLimit, encodeSampling, refuseUnsupported } from "./encode-sampling.ts";
import { encodeThinking } from "./encode-thinking.ts";
import { type EncodedThinking, noThinking, type ThinkingContext } from "./thinking-effort.ts";
import { encodeTools } from "./encode-tools.ts";
import { barsThinking, type Conversation, encodeConversation, encodeTurn, isPrefill } from "./turns.ts";

/** No tool of the caller may have the synthetic tool's name, by which the decoder recognizes it. */
const nameShape: NameShape = { ...plainNames, reserved: new Set([answerTool]) };

export function encodeRequest(source: ChatRequest, target: TargetFacts): EncodedRequest {
  const original = source.extras.protocol === self ? source : withTextGaps(source);
  const report = createReport();
  const { facts } = target;
  const marked = holdsPlainWordsAlone(original) ? original : markedFor(carried(original, report), target, report);
  const { request, names, adapted } = fitToolNames(marked, nameShape);
  refuseUnsupported(request);
  refuseCompaction(request, facts);
  const extras = fitEditTypes(encodeExtras(request, facts, report), { facts, report });
  for (const member of strayMembersLost(original, self)) report.drop(member);
  // A request that was written for another vendor must fit what this one takes.
  const own = request.extras.protocol === self && target.isStandIn !== true;
  const output = planOutput(request, { facts, report, own });
  const encodedConversation = encodeConversation(request, facts, report);
  const conversation = endsFor(target, encodedConversation, { report, native: request.extras.protocol === self });
  const { tools, choice, forced } = encodeTools(request, { facts, report, own, answer: output.tool });
  const barred = barsThinking(conversation.turns);
  const requestedThinking = thinkingFor(request, { facts, report, barred, forced });
  const limit = encodeLimit(request, { facts, report, thinking: requestedThinking });
  const thinking = fitBudget(requestedThinking, limit, report);
  const system = instruct(conversation.system, output.instruction);
  const config = { ...membersOf(extras["output_config"]), ...configOf(thinking.effort, output.format) };
  const body: MutableJson = { ...extras, model: target.model, max_tokens: limit };
  if (system.length > 0) body["system"] = compactContent(system);
  body["messages"] = conversation.turns.map(encodeTurn);
  if (tools.length > 0) body["tools"] = tools;
  if (choice !== null) body["tool_choice"] = choice;
  if (thinking.thinking !== null) body["thinking"] = thinking.thinking;
  if (Object.keys(config).length > 0) body["output_config"] = config;
  Object.assign(body, encodeSampling(request, { facts, report, thinking }));
  if (request.stream) body["stream"] = true;
  const standing = withoutOrphanedDependents(body, report);
  return { body: standing, dropped: report.dropped, adapted: [...adapted, ...report.adapted], names };
}

/** Content that only the caller's protocol knows, as text if it has some. */
function carried(original: ChatRequest, report: Report): ChatRequest {
  const drop = (field: string): void => report.drop(field);
  const withSearchText = retellSearchHistory(original, self, report);
  const portable = original.extras.protocol === self ? withSearchText : withoutVendorTools(withSearchText, drop);
  return carryWords(portable, { self, namesFiles: true, hasContext: true, drop });
}

function thinkingFor(request: ChatRequest, context: ThinkingContext): EncodedThinking {
  const own = ownThinking(request);
  if (own === null) return encodeThinking(request, context);
  const { facts, report } = context;
  const isFree = request.sampling.maxTokens === null;
  const most = isFree ? facts.outputTokens : encodeLimit(request, { facts, report, thinking: noThinking });
  return encodeOwnThinking(own, { ...context, most: most ?? Infinity });
}

function markedFor(request: ChatRequest, { facts, isStandIn }: TargetFacts, report: Report): ChatRequest {
  const drop = (field: string): void => report.drop(field);
  const moved = marksOffBlanks(request, drop);
  if (request.extras.protocol === self && isStandIn !== true) return moved;
  return fitMarks(moved, { takes: "blocks", facts, drop, adapt: (...change) => report.adapt(...change) }).request;
}

interface Ending {
  readonly report: Report;
  /** The client speaks this protocol, in which a last assistant turn asks for its continuation. */
  readonly native: boolean;
}

/**
 * A model without prefill needs a user's turn at the end. At other vendors a history may end with the assistant, which
 * then answers with a turn of its own: opencode's last step ends so (anomalyco/opencode#37685).
 */
function endsFor({ facts }: TargetFacts, conversation: Conversation, { report, native }: Ending): Conversation {
  const last = conversation.turns.at(-1);
  if (facts.prefill !== false || last === undefined) return conversation;
  if (!isPrefill({ role: last.role, content: last.blocks })) return conversation;
  // A strict caller gets a target that continues the turn itself.
  if (native) report.drop("messages.prefill");
  report.adapt("messages", "assistant last", "user turn");
  const words = native ? CONTINUE : "Go on.";
  return { ...conversation, turns: [...conversation.turns, { role: "user", blocks: [encodeText(words, {})] }] };
}

const CONTINUE =
  "Continue your last message exactly where it stops. Do not repeat any of it, and say nothing before it.";

/** A budget must stay below the limit. */
function fitBudget(requestedThinking: EncodedThinking, limit: number, report: Report): EncodedThinking {
  if (requestedThinking.thinking === null || requestedThinking.budget === 0 || requestedThinking.budget < limit)
    return requestedThinking;
  if (limit > 1024) {
    const budget = limit - 1;
    return { ...requestedThinking, budget, thinking: { ...requestedThinking.thinking, budget_tokens: budget } };
  }
  report.drop("reasoning_effort");
  return noThinking;
}

function instruct(system: readonly JsonObject[], instruction: string | null): readonly JsonObject[] {
  return instruction === null ? system : [...system, encodeText(instruction, {})];
}

function configOf(effort: string | null, format: JsonObject | null): JsonObject {
  return { ...(effort === null ? {} : { effort }), ...(format === null ? {} : { format }) };
}

/**
 * The caller's other fields: its own protocol's are sent; another one's are reported, or refused if they are necessary.
 */
function encodeExtras(request: ChatRequest, facts: ModelFacts, report: Report): JsonObject {
  const { protocol, fields } = request.extras;
  if (protocol === self) return without(keepRegion(fields, facts), ["tools", "thinking"]);
  for (const [field, value] of Object.entries(searchIn(request.extras).fields)) {
    if (field === "thinking" && ownThinking(request) !== null) continue;
    if (isNeeded(field, value, facts)) throw unsupported(field, `${field}: this target has no equivalent.`);
    const loss = lossOf(field, value);
    if (loss !== null) report.drop(loss);
  }
  return {};
}

/** Models before 4.6 refuse a region: "Requests with inference_geo on legacy models return a 400 error". */
function keepRegion(fields: JsonObject, facts: ModelFacts): JsonObject {
  const region = fields[regionMember];
  if (facts.takesRegion !== false || region === undefined) return fields;
  if (demandsRegion(region, facts))
    throw unsupported(regionMember, `${regionMember}: this model cannot be told where to run.`);
  return without(fields, [regionMember]);
}
