// The response object: what was asked, said back with the vendor's own defaults, around what came out. Key for key as
// recorded.
import { asRecord, asText, recordsOf, type JsonRecord } from "../../json-reading.ts";
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
  /** Searches of the web that are charged. */
  readonly searches?: number;
}

export function responseObject({ id, createdAt, body, traits }: ResponseFacts, state: ResponseState): JsonRecord {
  const isOver = state.status !== "in_progress";
  const tier = asText(body["service_tier"]) ?? "auto";
  const text = asRecord(body["text"]) ?? {};
  const reasoning = asRecord(body["reasoning"]) ?? {};
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
    instructions: body["instructions"] ?? null,
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: body["max_tool_calls"] ?? null,
    model: traits.servedAs,
    moderation: null,
    output: state.output,
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    presence_penalty: 0,
    previous_response_id: body["previous_response_id"] ?? null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    prompt_cache_retention: body["prompt_cache_retention"] ?? "in_memory",
    reasoning: {
      effort: traits.reasons ? usualEffort(body, traits) : null,
      summary: reasoning["summary"] === "auto" ? "detailed" : (reasoning["summary"] ?? null),
    },
    safety_identifier: body["safety_identifier"] ?? null,
    service_tier: isOver && tier === "auto" ? "default" : tier,
    store: body["store"] ?? true,
    temperature: body["temperature"] ?? 1,
    text: { format: formatOf(asRecord(text["format"])), verbosity: text["verbosity"] ?? "medium" },
    tool_choice: body["tool_choice"] ?? "auto",
    tools: recordsOf(body["tools"]).map(toolOf),
    ...(state.searches === undefined ? {} : { tool_usage: { web_search: { num_requests: state.searches } } }),
    top_logprobs: body["top_logprobs"] ?? 0,
    top_p: body["top_p"] ?? 1,
    truncation: body["truncation"] ?? "disabled",
    usage: state.usage,
    user: body["user"] ?? null,
    metadata: body["metadata"] ?? {},
  };
}

function formatOf(format: JsonRecord | undefined): JsonRecord {
  if (format?.["type"] !== "json_schema") return format ?? { type: "text" };
  const { type, name, schema } = format;
  return { type, description: format["description"] ?? null, name, schema, strict: format["strict"] ?? true };
}

/** A function whose strictness is left open is made strict, and its schema closed. */
function toolOf(tool: JsonRecord): JsonRecord {
  if (tool["type"] !== "function") return tool;
  const { type, name, ...others } = tool;
  const description = tool["description"] ?? null;
  const strict = tool["strict"] ?? true;
  const given = asRecord(tool["parameters"]);
  const parameters =
    given !== undefined && strict === true ? { ...given, additionalProperties: false } : (given ?? null);
  return { ...others, type, description, name, parameters, strict };
}

/** How it ends: status and reason, as the answer or a fault has it. */
export function endingOf(finish: string, wish: AnswerWish): { status: string; incompleteReason?: string } {
  const asked = wish.finishReason ?? (wish.policyBlock === true ? "content_filter" : undefined);
  const reason = asked ?? (finish === "length" ? "max_output_tokens" : "completed");
  if (["completed", "failed", "cancelled", "in_progress", "queued"].includes(reason)) return { status: reason };
  return { status: "incomplete", incompleteReason: reason };
}
