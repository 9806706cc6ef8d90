// The response object: the request's settings with the vendor's own defaults, around the output. Key for key as
// recorded.
import { asRecord, asText, recordsOf, type JsonRecord } from "../../json-record.ts";
import type { AnswerWish } from "../../vocabulary.ts";
import type { ModelTraits } from "../models.ts";
import { usualEffort } from "./read-prompt.ts";

export interface ResponseFacts {
  readonly id: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  readonly body: JsonRecord;
  readonly traits: ModelTraits;
}

export interface ResponseState {
  readonly status: string;
  readonly output: readonly JsonRecord[];
  readonly usage: JsonRecord | null;
  readonly completedAt?: number;
  readonly incompleteReason?: string;
  readonly error?: JsonRecord;
  /** Charged web searches. */
  readonly searches?: number;
}

export function responseObject({ id, createdAt, body, traits }: ResponseFacts, state: ResponseState): JsonRecord {
  const echo = (name: string): unknown => body[name] ?? usualValues[name] ?? null;
  const isOver = state.status !== "in_progress";
  const tier = asText(body["service_tier"]) ?? "auto";
  const text = asRecord(body["text"]) ?? {};
  return {
    id,
    object: "response",
    created_at: createdAt,
    status: state.status,
    background: false,
    completed_at: state.completedAt ?? null,
    error: state.error ?? null,
    frequency_penalty: 0,
    incomplete_details: state.incompleteReason === undefined ? null : { reason: state.incompleteReason },
    instructions: echo("instructions"),
    max_output_tokens: echo("max_output_tokens"),
    max_tool_calls: echo("max_tool_calls"),
    model: traits.servedAs,
    moderation: null,
    output: state.output,
    parallel_tool_calls: echo("parallel_tool_calls"),
    presence_penalty: 0,
    previous_response_id: echo("previous_response_id"),
    prompt_cache_key: echo("prompt_cache_key"),
    prompt_cache_retention: echo("prompt_cache_retention"),
    reasoning: reasoningOf(body, traits),
    safety_identifier: echo("safety_identifier"),
    service_tier: isOver && tier === "auto" ? "default" : tier,
    store: echo("store"),
    temperature: echo("temperature"),
    text: { format: formatOf(asRecord(text["format"])), verbosity: text["verbosity"] ?? "medium" },
    tool_choice: echo("tool_choice"),
    tools: recordsOf(body["tools"]).map(toolOf),
    ...(state.searches === undefined ? {} : { tool_usage: { web_search: { num_requests: state.searches } } }),
    top_logprobs: echo("top_logprobs"),
    top_p: echo("top_p"),
    truncation: echo("truncation"),
    usage: state.usage,
    user: echo("user"),
    metadata: echo("metadata"),
  };
}

/** The vendor's values for unset members; null for members that this simulator does not have. */
const usualValues: JsonRecord = {
  parallel_tool_calls: true,
  prompt_cache_retention: "in_memory",
  store: true,
  temperature: 1,
  tool_choice: "auto",
  top_logprobs: 0,
  top_p: 1,
  truncation: "disabled",
  metadata: {},
};

function reasoningOf(body: JsonRecord, traits: ModelTraits): JsonRecord {
  const summary = asRecord(body["reasoning"])?.["summary"] ?? null;
  return {
    effort: traits.reasons ? usualEffort(body, traits) : null,
    summary: summary === "auto" ? "detailed" : summary,
  };
}

function formatOf(format: JsonRecord | undefined): JsonRecord {
  if (format?.["type"] !== "json_schema") return format ?? { type: "text" };
  const { type, name, schema } = format;
  return { type, description: format["description"] ?? null, name, schema, strict: format["strict"] ?? true };
}

/** A function with unset strictness becomes strict, and its schema closed. */
function toolOf(tool: JsonRecord): JsonRecord {
  if (tool["type"] !== "function") return tool;
  const { type, name, ...others } = tool;
  const description = tool["description"] ?? null;
  const strict = tool["strict"] ?? true;
  const toolParameters = asRecord(tool["parameters"]);
  const parameters =
    toolParameters !== undefined && strict === true
      ? { ...toolParameters, additionalProperties: false }
      : (toolParameters ?? null);
  return { ...others, type, description, name, parameters, strict };
}

/** The end: status and reason, from the answer or a fault. */
export function endingOf(finish: string, wish: AnswerWish): { status: string; incompleteReason?: string } {
  const forcedReason = wish.finishReason ?? (wish.policyBlock === true ? "content_filter" : undefined);
  const reason = forcedReason ?? (finish === "length" ? "max_output_tokens" : "completed");
  if (["completed", "failed", "cancelled", "in_progress", "queued"].includes(reason)) return { status: reason };
  return { status: "incomplete", incompleteReason: reason };
}
