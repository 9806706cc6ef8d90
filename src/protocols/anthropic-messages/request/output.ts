// How to ask for a JSON answer: with the native format if the model has it, otherwise with a forced synthetic tool
// whose input is the answer, otherwise by instruction. It only decides; the encoder writes it.
import type { ChatRequest, OutputFormat } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { answerTool, answerToolDescription } from "../features/answer-tool.ts";
import type { Report } from "../../shared/report.ts";
import { unsupported } from "../features/own-state.ts";
import { anthropicDialect, anthropicStrictDialect } from "../../shared/tool-schema/dialects.ts";
import { getsPlainest, withoutRefused } from "../../shared/tool-schema/refused.ts";
import { lower } from "../../shared/tool-schema/lower.ts";

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

export function planOutput({ output }: ChatRequest, plan: Plan): OutputPlan {
  const { report } = plan;
  if (output === null || output.kind === "text") return nothing;
  if (output.kind === "json") {
    report.adapt("response_format", "json_object", "instruction");
    return { ...nothing, instruction: bare };
  }
  return planFormat(output, plan) ?? planTool(output, plan) ?? planWords(output, report);
}

type SchemaFormat = Extract<OutputFormat, { kind: "json_schema" }>;

export interface Plan {
  readonly facts: ModelFacts;
  readonly report: Report;
  /** The caller wrote for this vendor. */
  readonly own: boolean;
}

function planFormat(output: SchemaFormat, { facts, report, own }: Plan): OutputPlan | null {
  if (facts.jsonSchema !== true || getsPlainest(facts)) return null;
  const dialect = withoutRefused(anthropicStrictDialect, facts);
  const { schema, possible, notes } = lower(output.schema, dialect, { root: "any", own });
  // Its own clients decide about strictness themselves.
  if (!possible && !own) return null;
  for (const entry of possible ? notes.entries("response_format.json_schema") : []) report.note(entry);
  return { ...nothing, format: { type: "json_schema", schema: possible ? schema : output.schema } };
}

/** The answer is a tool's input, so it must be an object. */
function planTool(output: SchemaFormat, { facts, report }: Plan): OutputPlan | null {
  if (facts.tools === false || facts.forcedToolChoice === false) return null;
  const { schema, possible, notes } = lower(output.schema, withoutRefused(anthropicDialect, facts), { root: "answer" });
  if (!possible) return null;
  for (const entry of notes.entries("response_format.json_schema")) report.note(entry);
  report.adapt("response_format", "json_schema", "tool");
  const description = output.description === null ? "" : ` The answer: ${output.description}`;
  return {
    ...nothing,
    tool: { name: answerTool, description: answerToolDescription + description, input_schema: schema },
  };
}

function planWords(output: SchemaFormat, report: Report): OutputPlan {
  if (output.strict === true) {
    throw unsupported("response_format", "This model does not support this JSON schema, and the request is strict.");
  }
  report.adapt("response_format", "json_schema", "instruction");
  return { ...nothing, instruction: `${bare}\nIt must match this JSON Schema:\n${JSON.stringify(output.schema)}` };
}
