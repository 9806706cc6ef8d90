// Encodes a neutral request in this protocol. It reports what it dropped and changed, and throws if the target cannot
// serve the request. The order of members is fixed, because the vendor caches by prefix.
import { unsupported } from "../../shared/unsupported.ts";
import type { ChatRequest, Part } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { EncodedRequest } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { fitMarks } from "../../shared/cache-marks.ts";
import { carryWords } from "../../shared/carried-words.ts";
import { detailOfLevel, levelForAll } from "../../shared/image-detail.ts";
import { isNeeded, lossOf } from "../../shared/needed.ts";
import { arrayOr, isArray, isObject, membersOf } from "../../shared/read.ts";
import {
  beyond,
  forcesSearch,
  locationWords,
  lostHints,
  searchIn,
  searchWords,
  type WebSearch,
} from "../../shared/web-search.ts";
import { retellSearchHistory } from "../../shared/search-history.ts";
import { strayMembersLost } from "../../shared/stray-members.ts";
import { withTextGaps } from "../../shared/text-gaps.ts";
import { fitToolNames } from "../../shared/tool-names.ts";
import { carrySearch, withoutVendorTools } from "../../shared/vendor-tools.ts";
import { encodeContents } from "./encode-contents.ts";
import { encodeGeneration } from "./encode-generation.ts";
import { nameShape } from "./names.ts";
import { holdsPlainWordsAlone } from "../../shared/plain-words.ts";
import { type Report, createReport } from "../../shared/report.ts";
import { searchTool } from "../features/search-tool.ts";
import { showCallsBeside, withCallsShown, withoutServerTools } from "./server-tools.ts";
import { encodeTools } from "./encode-tools.ts";

export function encodeRequest(source: ChatRequest, target: TargetFacts): EncodedRequest {
  const report = createReport();
  const native = source.extras.protocol === "gemini-generate";
  const original = native ? source : withTextGaps(source);
  const marked = holdsPlainWordsAlone(original) ? original : markedFor(original, target.facts, report);
  const { request, names, adapted } = fitToolNames(marked, nameShape);
  const detail = detailOfLevel(request.extras.fields["generationConfig.mediaResolution"]);
  const { system, instructed, contents } = encodeContents(request.messages, { ...target, native, detail }, report);
  // Its own callers' members beside text and media stay.
  if (!native) for (const member of strayMembersLost(original, "gemini-generate")) report.drop(member);
  const tools = encodeTools(request, target.facts, report);
  const generation = Object.assign(encodeGeneration(request, target.facts, report), tools.format);
  if (!native || target.facts.mediaDetail === false) Object.assign(generation, encodeDetail(request, report));
  const body: MutableJson = {};
  if (system.length > 0) body["systemInstruction"] = { parts: system, ...instructed };
  body["contents"] = contents.map(({ role, parts, others }) => ({ role, parts, ...others }));
  if (tools.declarations.length > 0) body["tools"] = [{ functionDeclarations: tools.declarations }];
  if (tools.calling !== null) body["toolConfig"] = { functionCallingConfig: tools.calling };
  if (Object.keys(generation).length > 0) body["generationConfig"] = generation;
  if (request.user !== null) report.drop("user");
  if (!native) addSearch(body, request, { facts: target.facts, report });
  addExtras(body, request, { facts: target.facts, report });
  if (native) showCallsBeside(body, { facts: target.facts, report });
  return { body, dropped: report.dropped, adapted: [...adapted, ...report.adapted], names };
}

/** Content that only the caller's protocol knows, as text if it has some, and cache marks in the target's form. */
function markedFor(original: ChatRequest, facts: ModelFacts, report: Report): ChatRequest {
  const drop = (field: string): void => report.drop(field);
  const native = original.extras.protocol === "gemini-generate";
  const withSearchText = retellSearchHistory(original, "gemini-generate", report);
  const portable = native ? withoutServerTools(withSearchText, facts, drop) : withoutVendorTools(withSearchText, drop);
  const carried = carryWords(portable, { self: "gemini-generate", namesFiles: false, hasContext: false, drop });
  const adapt = (...change: Parameters<Report["adapt"]>): void => report.adapt(...change);
  return fitMarks(carried, { takes: "facts", facts, drop, adapt }).request;
}

function encodeDetail({ messages }: ChatRequest, report: Report): JsonObject {
  if (!messages.some(({ parts }) => parts.some(({ type }) => type === "image" || type === "tool-result"))) return {};
  const parts = messages.flatMap((message) => message.parts);
  const { level, exact } = levelForAll([...parts, ...parts.flatMap(within)]);
  if (!exact) report.adapt("image_url.detail", "each", level === null ? "default" : (detailOfLevel(level) ?? level));
  return level === null ? {} : { mediaResolution: level };
}

function within(part: Part): readonly Part[] {
  return part.type === "tool-result" ? part.parts : [];
}

/** Its own search, which older models take only alone, and newer ones beside functions if its calls are shown. */
function addSearch(body: MutableJson, request: ChatRequest, context: { facts: ModelFacts; report: Report }): void {
  if (request.toolChoice?.kind === "none") return;
  const { facts, report } = context;
  const functions = arrayOr<readonly Json[]>(body["tools"], []);
  const written = carrySearch(
    request,
    (field) => report.drop(field),
    (search) => writeSearch(search, request, { facts, report, body }),
  );
  if (written === null) return;
  body["tools"] = [...functions, written];
  if (functions.length > 0) body["toolConfig"] = withCallsShown(membersOf(body["toolConfig"]));
}

/** Options without a setting become text. */
function writeSearch(
  search: WebSearch,
  request: ChatRequest,
  { facts, report, body }: { facts: ModelFacts; report: Report; body: MutableJson },
): JsonObject {
  const unsupportedFilter = beyond(search);
  if (unsupportedFilter !== null)
    throw unsupported(unsupportedFilter, "this target does not support this search filter");
  if (facts.tools === false) throw unsupported("tools", "this model does not support web search");
  if (facts.jsonWithTools === false && body["tools"] !== undefined)
    throw unsupported("tools", "this model does not support functions together with web search");
  if (facts.jsonWithTools === false && membersOf(body["generationConfig"])["responseMimeType"] !== undefined)
    throw unsupported("response_format", "this model does not support JSON output together with web search");
  for (const hint of lostHints(search, { size: false, most: false })) report.drop(hint);
  const words: JsonObject[] = [];
  if (search.location !== null) {
    report.adapt("web_search.user_location", "setting", "instruction");
    words.push({ text: locationWords(search.location) });
  }
  if (forcesSearch(request)) {
    report.adapt("tool_choice", "web_search", "instruction");
    words.push({ text: searchWords });
  }
  if (words.length > 0) {
    const system = arrayOr<readonly Json[]>(membersOf(body["systemInstruction"])["parts"], []);
    body["systemInstruction"] = { parts: [...system, ...words] };
  }
  return searchTool;
}

function addExtras(body: MutableJson, request: ChatRequest, target: Taking): void {
  const { protocol } = request.extras;
  const { fields } = protocol === "gemini-generate" ? request.extras : searchIn(request.extras);
  for (const [path, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (protocol === "gemini-generate") addOwn(body, path, value);
    else if (value !== null) addForeign(path, value, target);
  }
  // A choice of no tools does not stop the vendor's own ones.
  const serverTools = request.toolChoice?.kind === "none" && isArray(body["tools"]);
  if (serverTools)
    body["tools"] = (body["tools"] as readonly Json[]).filter(
      (tool) => isObject(tool) && "functionDeclarations" in tool,
    );
}

/** `generationConfig.responseModalities` is a nested member; lists are joined. */
function addOwn(body: MutableJson, path: string, value: Json): void {
  const [head = "", ...rest] = path.split(".");
  const before = body[head];
  if (rest.length === 0) {
    body[head] = isArray(before) && isArray(value) ? [...value, ...before] : (before ?? value);
    return;
  }
  const inner: MutableJson = { ...(isObject(before) ? before : {}) };
  addOwn(inner, rest.join("."), value);
  body[head] = inner;
}

interface Taking {
  readonly facts: ModelFacts;
  readonly report: Report;
}

function addForeign(field: string, value: Json, { facts, report }: Taking): void {
  if (isNeeded(field, value, facts)) throw unsupported(field, "this target has no equivalent");
  const loss = lossOf(field, value);
  if (loss !== null) report.drop(loss);
}
