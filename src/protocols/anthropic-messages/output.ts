// How an answer in JSON is asked for: by the native format where the model has it, else by a forced synthetic tool whose
// input is the answer, else in words. Decides only; who encodes the request puts it into place.
import type { ChatRequest, OutputFormat } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { answerTool, answerToolDescription } from "./answer-tool.ts";
import type { Report } from "../report.ts";
import { unsupported } from "./own.ts";
import { lowerSchema } from "./schema.ts";

export interface OutputPlan {
  /** For `output_config.format`. */
  readonly format: JsonObject | null;
  /** The synthetic tool. */
  readonly tool: JsonObject | null;
  /** For the system prompt. */
  readonly instruction: string | null;
}

const nothing: OutputPlan = { format: null, tool: null, instruction: null };
const bare = "Your answer must be one valid JSON object and nothing else: no prose around it, no code fences.";

export function planOutput(request: ChatRequest, facts: ModelFacts, report: Report): OutputPlan {
  const { output } = request;
  if (output === null || output.kind === "text") return nothing;
  if (output.kind === "json") {
    report.adapt("response_format", "json_object", "instruction");
    return { ...nothing, instruction: bare };
  }
  return planFormat(output, facts, report) ?? planTool(output, facts, report) ?? planWords(output, report);
}

type SchemaFormat = Extract<OutputFormat, { kind: "json_schema" }>;

function planFormat(output: SchemaFormat, facts: ModelFacts, report: Report): OutputPlan | null {
  const lowered = facts.jsonSchema === true ? lowerSchema(output.schema) : null;
  if (lowered === null) return null;
  for (const keyword of lowered.described) report.adapt("response_format.json_schema", keyword, "description");
  return { ...nothing, format: { type: "json_schema", schema: lowered.schema } };
}

function planTool(output: SchemaFormat, facts: ModelFacts, report: Report): OutputPlan | null {
  const { type } = output.schema;
  const forceable = facts.tools !== false && facts.forcedToolChoice !== false;
  if (!forceable || (type !== undefined && type !== "object")) return null;
  report.adapt("response_format", "json_schema", "tool");
  const said = output.description === null ? "" : ` The answer: ${output.description}`;
  const schema = { ...output.schema, type: "object" };
  return { ...nothing, tool: { name: answerTool, description: answerToolDescription + said, input_schema: schema } };
}

function planWords(output: SchemaFormat, report: Report): OutputPlan {
  if (output.strict === true) {
    throw unsupported("response_format", "This model cannot be held to this JSON schema, and the request is strict.");
  }
  report.adapt("response_format", "json_schema", "instruction");
  return { ...nothing, instruction: `${bare}\nIt must match this JSON Schema:\n${JSON.stringify(output.schema)}` };
}
