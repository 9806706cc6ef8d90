// Encodes tools and the tool choice. A history with calls needs its tools declared, even if none may be historyNames any more.
// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import type { ChatRequest, Tool, ToolChoice } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { asFunction } from "../../shared/free-text.ts";
import type { Report } from "../../shared/report.ts";
import { anthropicDialect } from "../../shared/tool-schema/dialects.ts";
import { lower } from "../../shared/tool-schema/lower.ts";
import { withoutRefused } from "../../shared/tool-schema/refused.ts";
import { carrySearch } from "../../shared/vendor-tools.ts";
import { unsupported } from "../features/own.ts";

export interface ToolsContext {
  readonly facts: ModelFacts;
  readonly report: Report;
}

/** Null if there are no tools. */
export function encodeTools(request: ChatRequest, context: ToolsContext): JsonObject | null {
  const { report } = context;
  carrySearch(
    request,
    (field) => report.drop(field),
    () => {
      throw unsupported("tools", "tools: this target does not search the web.");
    },
  );
  const historyNames = namesInHistory(request);
  const { choice, names } = encodeChoice(request.toolChoice, context);
  const offeredTools = request.tools.filter(({ name }) => names === null || names.includes(name));
  // There is no `none`: without calls in the history, no tools are the same.
  const isOff = request.toolChoice?.kind === "none" || names?.length === 0;
  if (isOff && historyNames.length === 0) return null;
  const own = isOff && offeredTools.length === 0 ? [] : offeredTools;
  const specs = own.length > 0 ? own.map((tool) => encodeTool(tool, context)) : historyNames.map(stub);
  if (specs.length === 0) return null;
  if (isOff && own.length > 0) report.adapt("tool_choice", "none", "auto");
  if (request.parallelTools === false) report.drop("parallel_tool_calls");
  return { tools: specs, ...(choice === null || own.length === 0 ? {} : { toolChoice: choice }) };
}

interface EncodedChoice {
  readonly choice: JsonObject | null;
  /** The tools to offer; null for all. */
  readonly names: readonly string[] | null;
}

function encodeChoice(choice: ToolChoice | null, { facts, report }: ToolsContext): EncodedChoice {
  if (choice === null || choice.kind === "none") return { choice: null, names: null };
  if (choice.kind === "search") throw unsupported("tool_choice", "tool_choice: this target does not search the web.");
  const names = choice.kind === "subset" ? choice.names : null;
  const mode = choice.kind === "subset" ? choice.mode : choice.kind;
  if (names !== null) report.adapt("tool_choice", "allowed_tools", facts.forcedToolChoice === false ? "auto" : mode);
  if (mode === "auto") return { choice: { auto: {} }, names };
  if (facts.forcedToolChoice === false) {
    if (names === null) report.adapt("tool_choice", choice.kind === "tool" ? choice.name : "required", "auto");
    return { choice: { auto: {} }, names: choice.kind === "tool" ? [choice.name] : names };
  }
  return { choice: choice.kind === "tool" ? { tool: { name: choice.name } } : { any: {} }, names };
}

function encodeTool(original: Tool, { facts, report }: ToolsContext): JsonObject {
  const tool = asFunction(original, (field, from, to) => report.adapt(field, from, to));
  if (tool.strict === true) report.drop("tools.function.strict");
  if (tool.marks !== undefined) for (const mark of Object.keys(tool.marks)) report.drop(mark);
  const parameters = tool.parameters ?? { type: "object", properties: {} };
  const { schema, notes } = lower(parameters, withoutRefused(anthropicDialect, facts), { root: "object" });
  for (const entry of notes.entries(`tools.${tool.name}`)) report.note(entry);
  const spec: MutableJson = { name: tool.name };
  // A blank description is refused.
  if (tool.description !== null && tool.description.trim() !== "") spec["description"] = tool.description;
  spec["inputSchema"] = { json: schema };
  return { toolSpec: spec };
}

function stub(name: string): JsonObject {
  return { toolSpec: { name, inputSchema: { json: { type: "object", properties: {} } } } };
}

function namesInHistory({ messages }: ChatRequest): readonly string[] {
  const calls = messages.flatMap(({ parts }) => parts).filter((part) => part.type === "tool-call");
  return [...new Set(calls.map(({ name }) => name))];
}
