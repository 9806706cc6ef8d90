// Encodes function tools, the tool choice and the output format, which depend on each other here: only newer models
// combine JSON output with function tools, and only with free choice. Otherwise a synthetic tool takes the answer.
import { unsupported } from "../../shared/unsupported.ts";
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { asFunction } from "../../shared/free-text.ts";
import { membersOf } from "../../shared/read.ts";
import { answerTools } from "./names.ts";
import { isOwnState } from "../features/own-state.ts";
import type { Report } from "../../shared/report.ts";
import { forcesSearch } from "../../shared/web-search.ts";
import { type LoweredSchema, lowerParameters, lowerSchema } from "./schema.ts";

const most = 512;

type Structured = Exclude<OutputFormat, { readonly kind: "text" }>;

/** How this request combines tools and output format. */
interface Plan {
  readonly tools: readonly Tool[];
  /** JSON output with the protocol's own fields; null for text, or if a tool takes the answer. */
  readonly native: Structured | null;
  /** The answer comes through a synthetic tool. */
  readonly answer: Structured | null;
}

export interface ToolSection {
  readonly declarations: readonly JsonObject[];
  /** `functionCallingConfig`; null for the default. */
  readonly calling: JsonObject | null;
  /** Members of `generationConfig`. */
  readonly format: JsonObject;
}

export function encodeTools(request: ChatRequest, facts: ModelFacts, report: Report): ToolSection {
  if (request.tools.length > 0) checkTools(request, facts);
  if (request.parallelTools === false && request.tools.length > 0) report.drop("parallel_tool_calls");
  const plan = planTools(forcesSearch(request) ? searchAlone(request, report) : request, facts, report);
  const declarations = plan.tools.map((tool) => declare(tool, facts, report));
  if (plan.answer !== null) declarations.push(declareAnswer(plan.answer, facts, report));
  return {
    declarations,
    calling: declarations.length === 0 ? null : callingConfig(request, plan, facts),
    format: plan.native === null ? {} : nativeFormat(plan.native, facts, report),
  };
}

/** The search must be used, and the protocol can force only functions: so no function is offered. */
function searchAlone(request: ChatRequest, report: Report): ChatRequest {
  if (request.tools.length > 0) report.adapt("tools", "declared", "omitted");
  return { ...request, tools: [], toolChoice: null };
}

function checkTools(request: ChatRequest, facts: ModelFacts): void {
  if (facts.tools === false) throw unsupported("tools", "this model does not support tools");
  if (request.tools.length > most)
    throw unsupported("tools", `this target accepts at most ${most} tools, got ${request.tools.length}`);
  if (facts.forcedToolChoice === false && isForced(request.toolChoice))
    throw unsupported("tool_choice", "this model does not support a required tool call");
}

function isForced(choice: ToolChoice | null): boolean {
  if (choice === null) return false;
  return (
    choice.kind === "required" || choice.kind === "tool" || (choice.kind === "subset" && choice.mode === "required")
  );
}

function planTools(request: ChatRequest, facts: ModelFacts, report: Report): Plan {
  const output = request.output === null || request.output.kind === "text" ? null : request.output;
  const { tools, toolChoice } = request;
  if (output === null) return { tools, native: null, answer: null };
  const noSchema = facts.jsonSchema === false && output.kind === "json_schema" && facts.tools !== false;
  if (tools.length === 0)
    return noSchema ? { tools, native: null, answer: output } : { tools, native: output, answer: null };
  if (toolChoice?.kind === "none") {
    report.adapt("tools", "declared", "omitted");
    return noSchema ? { tools: [], native: null, answer: output } : { tools: [], native: output, answer: null };
  }
  if (isForced(toolChoice)) {
    // The turn ends in a call, so there is no text with a format.
    report.adapt("response_format", output.kind, "text");
    return { tools, native: null, answer: null };
  }
  if (noSchema || facts.jsonWithTools === false) {
    report.adapt("response_format", output.kind, "tool");
    return { tools, native: null, answer: output };
  }
  const names = toolChoice?.kind === "subset" ? toolChoice.names : null;
  return {
    tools: names === null ? tools : tools.filter((tool) => names.includes(tool.name)),
    native: output,
    answer: null,
  };
}

function declare(original: Tool, facts: ModelFacts, report: Report): JsonObject {
  const tool = asFunction(original, (field, from, to) => report.adapt(field, from, to));
  const { name } = tool;
  const declaration: MutableJson = isOwnState(original.state)
    ? { name, ...membersOf(original.state?.value) }
    : { name };
  if (tool.description !== null) declaration["description"] = tool.description;
  const lowered = tool.parameters === null ? null : lowerParameters(tool.parameters, facts);
  if (lowered !== null) {
    if (lowered.schema !== null) declaration["parametersJsonSchema"] = lowered.schema;
    reportLost(`tools.${name}`, lowered, report);
  }
  return declaration;
}

function reportLost(field: string, { notes }: Pick<LoweredSchema, "notes">, report: Report): void {
  for (const entry of notes.entries(field)) report.note(entry);
}

function declareAnswer(output: Structured, facts: ModelFacts, report: Report): JsonObject {
  const description =
    "Gives the final answer to the user. Call it exactly once, instead of writing text, when no other tool is needed.";
  if (output.kind === "json") {
    const text = { type: "string", description: "The answer: one valid JSON object, as text." };
    const schema = { type: "object", properties: { text }, required: ["text"] };
    return { name: answerTools.text, description, parametersJsonSchema: schema };
  }
  const described = [description, output.description].filter((part) => part !== null && part !== "").join(" ");
  if (isObjectSchema(output.schema)) {
    const lowered = lowerParameters(output.schema, facts);
    if (lowered.schema !== null) {
      reportLost("response_format", lowered, report);
      return { name: answerTools.whole, description: described, parametersJsonSchema: lowered.schema };
    }
  }
  const lowered = lowerSchema(output.schema, facts);
  reportLost("response_format", lowered, report);
  const { $defs, ...value } = lowered.schema;
  const schema = {
    type: "object",
    properties: { value },
    required: ["value"],
    ...($defs === undefined ? {} : { $defs }),
  };
  return { name: answerTools.value, description: described, parametersJsonSchema: schema };
}

function isObjectSchema(schema: JsonObject): boolean {
  const type = schema["type"];
  return typeof type === "string"
    ? type.toLowerCase() === "object"
    : type === undefined && schema["properties"] !== undefined;
}

/** Source: FunctionCallingConfig of `@google/genai` 3.1.0. Names go with ANY and VALIDATED only. */
function callingConfig(request: ChatRequest, plan: Plan, facts: ModelFacts): JsonObject | null {
  const choice = request.toolChoice;
  if (plan.answer !== null)
    return withNames("ANY", choice?.kind === "subset" ? [...choice.names, answerName(plan.answer, facts)] : null);
  if (choice?.kind === "none") return { mode: "NONE" };
  if (choice?.kind === "required") return { mode: "ANY" };
  if (choice?.kind === "tool") return withNames("ANY", [choice.name]);
  if (plan.native !== null) return choice === null ? null : { mode: "AUTO" };
  if (choice?.kind === "subset") return withNames(choice.mode === "required" ? "ANY" : "VALIDATED", choice.names);
  if (plan.tools.some((tool) => tool.strict === true)) return { mode: "VALIDATED" };
  return choice === null ? null : { mode: "AUTO" };
}

function answerName(output: Structured, facts: ModelFacts): string {
  if (output.kind === "json") return answerTools.text;
  return isObjectSchema(output.schema) && lowerParameters(output.schema, facts).schema !== null
    ? answerTools.whole
    : answerTools.value;
}

function withNames(mode: string, names: readonly string[] | null): JsonObject {
  return names === null ? { mode } : { mode, allowedFunctionNames: names as readonly Json[] };
}

function nativeFormat(output: Structured, facts: ModelFacts, report: Report): JsonObject {
  if (output.kind === "json") return { responseMimeType: "application/json" };
  const lowered = lowerSchema(output.schema, facts);
  reportLost("response_format", lowered, report);
  return { responseMimeType: "application/json", responseJsonSchema: lowered.schema };
}
