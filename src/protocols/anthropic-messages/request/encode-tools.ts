// Encodes tools and the tool choice. A forced choice that the model refuses becomes `auto` with the named tool alone,
// and is reported. The synthetic answer tool comes last, so that the caller's own tools remain a cached prefix.
import type { ChatRequest, Tool, ToolChoice } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { asFunction } from "../../shared/free-text.ts";
import { arrayOr, isObject } from "../../shared/read.ts";
import { answerTool } from "../features/answer-tool.ts";
import type { Report } from "../../shared/report.ts";
import { ownMembers, self, unsupported } from "../features/own-state.ts";
import { fitHostedTool } from "./refused-types.ts";
import { carrySearch } from "../../shared/vendor-tools.ts";
import { lostHints, type WebSearch } from "../../shared/web-search.ts";
import { anthropicDialect, anthropicStrictDialect } from "../../shared/tool-schema/dialects.ts";
import { getsPlainest, withoutRefused } from "../../shared/tool-schema/refused.ts";
import { lower, type Lowered } from "../../shared/tool-schema/lower.ts";

export interface EncodedTools {
  readonly tools: readonly Json[];
  readonly choice: JsonObject | null;
  /** The model must call something: with a budget, it may not think first. */
  readonly forced: boolean;
}

export interface ToolsContext {
  readonly facts: ModelFacts;
  readonly report: Report;
  /** The caller wrote for this vendor. */
  readonly own: boolean;
  /** The synthetic answer tool. */
  readonly answer: JsonObject | null;
}

export function encodeTools(request: ChatRequest, context: ToolsContext): EncodedTools {
  const choice = allowedChoice(request.toolChoice, context);
  const offered = request.tools.filter((tool) => choice.names === null || choice.names.includes(tool.name));
  const own = offered.map((tool) => encodeTool(tool, context));
  const tools = [...withForeign(own, request, context), ...encodeSearch(request, context)];
  if (context.answer !== null) tools.push(context.answer);
  if (tools.length === 0) return stubs(request);
  return { tools, ...encodeChoice(choice.type, request, context) };
}

/** The vendor's own search, in the version that all its models have. */
function encodeSearch(request: ChatRequest, context: ToolsContext): readonly JsonObject[] {
  if (request.extras.protocol === self) return [];
  const written = carrySearch(
    request,
    (field) => context.report.drop(field),
    (search) => writeSearch(search, request, context),
  );
  return written === null ? [] : [written];
}

function writeSearch(search: WebSearch, request: ChatRequest, { facts, report }: ToolsContext): JsonObject {
  if (facts.tools === false) throw unsupported("tools", "tools: this model does not support web search.");
  if (request.tools.some((tool) => tool.name === "web_search")) {
    throw unsupported("tools", "tools: a function called web_search clashes with this target's own web search.");
  }
  const { allowed, blocked, location, most } = search;
  if (allowed.length > 0 && blocked.length > 0) {
    throw unsupported(
      "blocked_domains",
      "blocked_domains: this target accepts allowed_domains or blocked_domains, not both.",
    );
  }
  for (const hint of lostHints(search, { size: false, most: true })) report.drop(hint);
  const narrowed: MutableJson = { type: "web_search_20250305", name: "web_search" };
  if (allowed.length > 0) narrowed["allowed_domains"] = allowed;
  if (blocked.length > 0) narrowed["blocked_domains"] = blocked;
  if (most !== null) narrowed["max_uses"] = most;
  if (location !== null) narrowed["user_location"] = { type: "approximate", ...location };
  return narrowed;
}

interface AllowedChoice {
  readonly type: JsonObject | null;
  /** The tools to offer; null for all. */
  readonly names: readonly string[] | null;
}

function allowedChoice(choice: ToolChoice | null, { facts, report }: ToolsContext): AllowedChoice {
  if (choice === null) return { type: null, names: null };
  if (choice.kind === "search") return searchOnly(choice, { facts, report });
  const names = choice.kind === "subset" ? choice.names : null;
  const mode = choice.kind === "subset" ? choice.mode : choice.kind;
  if (names !== null) report.adapt("tool_choice", "allowed_tools", facts.forcedToolChoice === false ? "auto" : mode);
  if (mode === "auto" || mode === "none") return { type: { type: mode }, names };
  if (facts.forcedToolChoice === false) {
    if (names === null) report.adapt("tool_choice", choice.kind === "tool" ? choice.name : "required", "auto");
    return { type: { type: "auto" }, names: choice.kind === "tool" ? [choice.name] : names };
  }
  return { type: choice.kind === "tool" ? { type: "tool", name: choice.name } : { type: "any" }, names };
}

function searchOnly(
  { name }: ToolChoice & { kind: "search" },
  { facts, report }: Pick<ToolsContext, "facts" | "report">,
): AllowedChoice {
  if (facts.forcedToolChoice !== false) return { type: { type: "tool", name: "web_search" }, names: null };
  report.adapt("tool_choice", name, "auto");
  return { type: { type: "auto" }, names: [] };
}

function encodeChoice(
  plainChoice: JsonObject | null,
  request: ChatRequest,
  { answer }: ToolsContext,
): Pick<EncodedTools, "choice" | "forced"> {
  const type = answer === null ? plainChoice : choiceWithAnswer(plainChoice, request);
  const single = request.parallelTools === false && type?.["type"] !== "none";
  const choice = single ? { ...(type ?? { type: "auto" }), disable_parallel_tool_use: true } : type;
  return { choice, forced: choice?.["type"] === "any" || choice?.["type"] === "tool" };
}

/** The model must end with the answer tool; it may call the caller's tools before, unless the choice excludes them. */
function choiceWithAnswer(plainChoice: JsonObject | null, request: ChatRequest): JsonObject {
  if (plainChoice?.["type"] === "tool") return plainChoice;
  const alone = request.tools.length === 0 || plainChoice?.["type"] === "none";
  return alone ? { type: "tool", name: answerTool } : { type: "any" };
}

function encodeTool(original: Tool, { facts, report, own }: ToolsContext): JsonObject {
  const tool = asFunction(original, (field, from, to) => report.adapt(field, from, to));
  const encoded: MutableJson = { name: tool.name };
  if (tool.description !== null) encoded["description"] = tool.description;
  const strict = tool.strict === true && facts.jsonSchema === true ? strictSchema(tool, facts, own) : null;
  // Its own clients decide about strictness themselves.
  const isOwnStrict = own && tool.strict === true && facts.jsonSchema === true && !getsPlainest(facts);
  const isStrict = strict !== null || isOwnStrict;
  if (tool.strict === true && !isStrict) report.drop("tools.function.strict");
  // The root must be an object, also for a tool without arguments.
  const parameters = tool.parameters ?? { type: "object", properties: {} };
  const { schema, notes } =
    strict ?? lower(parameters, withoutRefused(anthropicDialect, facts), { root: "object", own });
  for (const entry of notes.entries(`tools.${tool.name}`)) report.note(entry);
  encoded["input_schema"] = schema;
  if (isStrict) encoded["strict"] = true;
  return { ...encoded, ...tool.marks, ...ownMembersOf(tool) };
}

/** Other vendors take OpenAI's `type` on a tool of this protocol; the vendor knows `custom` alone. */
function ownMembersOf({ state }: Tool): JsonObject {
  const { type, ...others } = ownMembers(state);
  return type === undefined || type === "function" ? others : { type, ...others };
}

function strictSchema({ parameters }: Tool, facts: ModelFacts, own: boolean): Lowered | null {
  if (getsPlainest(facts)) return null;
  const fullParameters = parameters ?? { type: "object", properties: {}, additionalProperties: false };
  const lowered = lower(fullParameters, withoutRefused(anthropicStrictDialect, facts), { root: "object", own });
  return lowered.possible ? lowered : null;
}

/** The vendor's own tools, in their original positions: decoding left a null for each function. */
function withForeign(own: readonly JsonObject[], request: ChatRequest, context: ToolsContext): Json[] {
  if (request.extras.protocol !== self) return [...own];
  const rest = [...own];
  const ownTools = arrayOr<readonly Json[]>(request.extras.fields["tools"], []);
  const places = ownTools.flatMap((tool) => fitHostedTool(tool, request.toolChoice, context));
  const filled = places.map((one) => (isObject(one) ? one : (rest.shift() ?? null))).filter((one) => one !== null);
  return [...filled, ...rest];
}

const NO_TOOLS: EncodedTools = { tools: [], choice: null, forced: false };

/** A history with calls needs its tools declared, even if none may be called any more. */
function stubs(request: ChatRequest): EncodedTools {
  const names = new Set<string>();
  if (request.extras.protocol !== self)
    for (const { parts } of request.messages)
      for (const part of parts) if (part.type === "tool-call") names.add(part.name);
  if (names.size === 0) return NO_TOOLS;
  const tools = [...names].map((name) => ({ name, input_schema: { type: "object", properties: {} } }));
  return { tools, choice: { type: "none" }, forced: false };
}
