// Encodes a neutral request as a request of Converse. It must never drop something silently: fields that it cannot translate
// are in `dropped` or `adapted`, and if one changes the question, the target is refused.
import type { ChatRequest } from "../../../core/chat.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import type { MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { fitMarks, marksOffBlanks } from "../../shared/cache-marks.ts";
import { carryWords } from "../../shared/carried-words.ts";
import { isNeeded, lossOf } from "../../shared/needed.ts";
import { createReport, type Report } from "../../shared/report.ts";
import { retellSearchHistory } from "../../shared/search-history.ts";
import { strayMembersLost } from "../../shared/stray-members.ts";
import { withTextGaps } from "../../shared/text-gaps.ts";
import { fitToolNames, plainNames } from "../../shared/tool-names.ts";
import { withoutVendorTools } from "../../shared/vendor-tools.ts";
import { searchIn } from "../../shared/web-search.ts";
import { self, unsupported } from "../features/own.ts";
import { DocumentNames } from "./documents.ts";
import { encodeInference, encodeModelFields, encodeOutput, refuseUnsupported } from "./encode-settings.ts";
import { encodeTools } from "./encode-tools.ts";
import { encodeConversation } from "./turns.ts";

export function encodeRequest(source: ChatRequest, target: TargetFacts): EncodedRequest {
  const original = withTextGaps(source);
  const report = createReport();
  const { facts } = target;
  const { request, names, adapted } = fitToolNames(markedFor(carried(original, report), facts, report), plainNames);
  refuseUnsupported(request);
  reportExtras(request, facts, report);
  for (const member of strayMembersLost(original, self)) report.drop(member);
  if (request.user !== null) report.drop("user");
  const settings = { target, report };
  const output = encodeOutput(request, settings);
  const conversation = encodeConversation(request, { report, names: new DocumentNames() });
  const system =
    output.instruction === null ? conversation.system : [...conversation.system, { text: output.instruction }];
  const inference = encodeInference(request, settings);
  const tools = encodeTools(request, { facts, report });
  const fields = encodeModelFields(request, settings);
  const body: MutableJson = { messages: conversation.turns.map(({ role, content }) => ({ role, content })) };
  if (system.length > 0) body["system"] = system;
  if (Object.keys(inference).length > 0) body["inferenceConfig"] = inference;
  if (tools !== null) body["toolConfig"] = tools;
  if (Object.keys(fields).length > 0) body["additionalModelRequestFields"] = fields;
  if (output.config !== null) body["outputConfig"] = output.config;
  return { body, dropped: report.dropped, adapted: [...adapted, ...report.adapted], names };
}

/** Content that only the caller's protocol knows, as text if it has some. */
function carried(original: ChatRequest, report: Report): ChatRequest {
  const drop = (field: string): void => report.drop(field);
  const portable = withoutVendorTools(retellSearchHistory(original, self, report), drop);
  return carryWords(portable, { self, namesFiles: true, hasContext: true, drop });
}

function markedFor(request: ChatRequest, facts: ModelFacts, report: Report): ChatRequest {
  const drop = (field: string): void => report.drop(field);
  const moved = marksOffBlanks(request, drop);
  return fitMarks(moved, { takes: "facts", facts, drop, adapt: (...change) => report.adapt(...change) }).request;
}

/** The caller's other fields have no place here. */
function reportExtras({ extras }: ChatRequest, facts: ModelFacts, report: Report): void {
  for (const [field, value] of Object.entries(searchIn(extras).fields)) {
    if (isNeeded(field, value, facts)) throw unsupported(field, `${field}: this target has no equivalent.`);
    const loss = lossOf(field, value);
    if (loss !== null) report.drop(loss);
  }
}
