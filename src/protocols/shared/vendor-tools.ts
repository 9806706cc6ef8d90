// Tools that the caller's own vendor runs, for a target that does not have them. One rule for every protocol and every
// kind of tool, known or unknown: drop and report them, and send the request without them. The target is refused only
// if the caller's tool choice requires such a tool.
import type { ChatRequest, Tool, ToolChoice } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { clientToolFunction } from "../anthropic-messages/features/client-tools.ts";
import { arrayOr, isObject, membersOf, stringOr } from "./read.ts";
import { searchIn, type WebSearch } from "./web-search.ts";

/** Called with the dropped tool's name for the report: `tools.image_generation`. */
type Drop = (field: string) => void;

/**
 * Another protocol's request with its functions only, and with its web search if that has the plain form. Throws
 * GatewayFailure(`unsupported`).
 */
export function withoutVendorTools(original: ChatRequest, drop: Drop): ChatRequest {
  if (original.extras.fields["tools"] === undefined) return original;
  const request = withClientTools(original);
  const { extras } = request;
  const all = toolsIn(extras.fields);
  const { search, fields } = searchIn(extras);
  const remainingTools = toolsIn(fields);
  const choice = withoutChoiceOf(request, { remainingTools, searches: search !== null });
  if (remainingTools.length === 0) return request;
  for (const tool of remainingTools) drop(`tools.${labelOf(tool)}`);
  const { tools: _tools, ...others } = extras.fields;
  const gone = new Set(remainingTools);
  const keptTools = all.filter((tool) => !gone.has(tool));
  const rest: JsonObject = keptTools.length === 0 ? others : { ...others, tools: keptTools };
  return { ...request, ...choice, extras: { ...extras, fields: choice === null ? rest : withoutChoice(rest) } };
}

/**
 * The request of the vendor's own client without those tools that this model refuses, in any member. Throws
 * GatewayFailure(`unsupported`) if the tool choice requires one of them.
 */
export function withoutRefusedTools(request: ChatRequest, refused: ReadonlySet<JsonObject>, drop: Drop): ChatRequest {
  const { extras } = request;
  for (const tool of refused) drop(`tools.${labelOf(tool)}`);
  const { tools: _tools, ...others } = extras.fields;
  const keptTools = toolsIn(extras.fields).filter((tool) => !refused.has(tool));
  const choice = choiceWithout(request, { refused: new Set([...refused].map(nameOf)), keptCount: keptTools.length });
  const fields: JsonObject = { ...others, ...choice, ...(keptTools.length === 0 ? {} : { tools: keptTools }) };
  return { ...request, extras: { ...extras, fields } };
}

/** If the choice allowed several tools, the remaining ones. */
function choiceWithout(
  request: ChatRequest,
  { refused, keptCount }: { readonly refused: ReadonlySet<string>; readonly keptCount: number },
): JsonObject {
  const choice = statedChoice(request);
  if (choice?.kind === "required" && request.tools.length === 0 && keptCount === 0) throw insisted("required");
  if (choice?.kind === "named" && request.toolChoice?.kind !== "tool" && refused.has(undated(choice.name)))
    throw insisted(choice.name);
  const stated = request.extras.fields["tool_choice"];
  if (choice?.kind !== "allowed" || !isObject(stated)) return {};
  const tools = toolsIn(stated).filter((tool) => !refused.has(nameOf(tool)));
  if (tools.length === 0) throw insisted("allowed_tools");
  return { tool_choice: { ...stated, tools } };
}

/** The name in a tool choice. */
function nameOf(tool: JsonObject): string {
  return calledBy(tool) ?? undated(stringOr(tool["type"], ""));
}

/** A tool that the client runs becomes a function if its arguments are known. */
function withClientTools(request: ChatRequest): ChatRequest {
  const { extras, tools } = request;
  if (extras.protocol !== "anthropic-messages") return request;
  const names = new Set(tools.map((tool) => tool.name));
  const functions = new Map<JsonObject, Tool>();
  for (const tool of toolsIn(extras.fields)) {
    const clientTool = clientToolFunction(tool);
    if (clientTool === null || names.has(clientTool.name)) continue;
    names.add(clientTool.name);
    functions.set(tool, clientTool);
  }
  if (functions.size === 0) return request;
  const { tools: _tools, ...others } = extras.fields;
  const remainingTools = toolsIn(extras.fields).filter((tool) => !functions.has(tool));
  const fields = remainingTools.length === 0 ? others : { ...others, tools: remainingTools };
  return { ...request, tools: [...tools, ...functions.values()], extras: { ...extras, fields } };
}

function toolsIn(fields: JsonObject): readonly JsonObject[] {
  return arrayOr<readonly Json[]>(fields["tools"], []).filter(isObject);
}

function withoutChoice({ tool_choice: _choice, ...fields }: JsonObject): JsonObject {
  return fields;
}

interface Leaving {
  readonly remainingTools: readonly JsonObject[];
  /** Keep a web search, which the target may support. */
  readonly searches: boolean;
}

/** The choice among the remaining tools; null if it does not change. */
function withoutChoiceOf(request: ChatRequest, leaving: Leaving): Pick<ChatRequest, "toolChoice"> | null {
  const choice = statedChoice(request);
  if (choice === null || leaving.remainingTools.length === 0) return null;
  const callable = new Set(request.tools.map((tool) => tool.name));
  if (choice.kind === "required") {
    if (callable.size === 0 && !leaving.searches) throw insisted("required");
    return null;
  }
  if (choice.kind === "named") {
    if (callable.has(choice.name) || (leaving.searches && isSearchName(choice.name))) return null;
    throw insisted(choice.name);
  }
  const names = choice.names.filter((name) => callable.has(name));
  if (names.length === choice.names.length && request.toolChoice !== null) return null;
  if (names.length === 0 && !(leaving.searches && choice.names.some(isSearchName))) throw insisted("allowed_tools");
  return names.length === 0 ? null : { toolChoice: { kind: "subset", mode: choice.mode, names } };
}

type Stated =
  | { readonly kind: "required" }
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "allowed"; readonly mode: "auto" | "required"; readonly names: readonly string[] };

/** A choice that requires some tool, with or without a neutral form; null for a free choice. */
function statedChoice({ toolChoice, extras }: ChatRequest): Stated | null {
  if (toolChoice !== null) return statedNeutral(toolChoice);
  const choice = extras.fields["tool_choice"];
  if (!isObject(choice)) return null;
  const type = stringOr(choice["type"], "");
  if (type === "auto" || type === "none") return null;
  if (type === "required") return { kind: "required" };
  if (type !== "allowed_tools") return { kind: "named", name: calledBy(choice) ?? type };
  const allowed = isObject(choice["allowed_tools"]) ? choice["allowed_tools"] : choice;
  const names = toolsIn(allowed).map((tool) => calledBy(tool) ?? stringOr(tool["type"], ""));
  return { kind: "allowed", mode: allowed["mode"] === "required" ? "required" : "auto", names };
}

function statedNeutral(choice: ToolChoice): Stated | null {
  switch (choice.kind) {
    case "auto":
    case "none":
      return null;
    case "required":
      return { kind: "required" };
    case "tool":
    case "search":
      return { kind: "named", name: choice.name };
    case "subset":
      return { kind: "allowed", mode: choice.mode, names: choice.names };
  }
}

/** The name of a tool: in itself, or in the member named after its type. */
function calledBy(tool: JsonObject): string | null {
  const inner = membersOf(tool[stringOr(tool["type"], "")]);
  return stringOr(tool["name"], null) ?? stringOr(inner["name"], null);
}

const date = /_(?:\d{8}|\d{4}_\d{2}_\d{2})$/u;

function undated(type: string): string {
  return type.replace(date, "");
}

/** Its type without a date, or the member in its place; for a namespace, the type of the tool in it. */
function labelOf(tool: JsonObject): string {
  const [namedTool = tool] = tool["type"] === "namespace" ? toolsIn(tool) : [];
  const type = stringOr(namedTool["type"], "") || Object.keys(namedTool)[0] || "unknown";
  // Headers contain ASCII without whitespace.
  return undated(type)
    .slice(0, 40)
    .replaceAll(/[^\x21-\x7e]|[,;:]/gu, "?");
}

const searchName = /^web_search(?:_preview)?$/u;

function isSearchName(name: string): boolean {
  return searchName.test(undated(name));
}

function insisted(name: string): GatewayFailure {
  const message = `tool_choice: "${name}" asks for a tool that this target does not have`;
  return new GatewayFailure(message, { code: "unsupported", status: 400, param: "tool_choice" });
}

/**
 * The result of `write` for the caller's search. Null if there is none, or if `write` refuses it and the caller does
 * not require it: then it is dropped and reported, like every other vendor tool.
 */
export function carrySearch<Written>(
  request: ChatRequest,
  drop: Drop,
  write: (search: WebSearch) => Written,
): Written | null {
  const { search } = searchIn(request.extras);
  if (search === null) return null;
  try {
    return write(search);
  } catch (error) {
    if (!(error instanceof GatewayFailure) || error.code !== "unsupported" || insistsOnSearch(request)) throw error;
    drop(request.extras.protocol === "openai-chat" ? "web_search_options" : "tools.web_search");
    return null;
  }
}

function insistsOnSearch(request: ChatRequest): boolean {
  const choice = statedChoice(request);
  if (choice === null) return false;
  if (choice.kind === "required") return request.tools.length === 0;
  const callable = new Set(request.tools.map((tool) => tool.name));
  const names = choice.kind === "named" ? [choice.name] : choice.names;
  return names.every((name) => isSearchName(name) && !callable.has(name));
}
