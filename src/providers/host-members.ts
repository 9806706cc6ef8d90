// The members that OpenAI-compatible hosts take, if they publish them and are known to refuse others, as data: a table
// per host. Requests that were written for another vendor are checked against it; a host's own clients are not. Hosts
// that ignore unknown members need no table.
import type { MemberTable, Shape } from "../core/member-shape.ts";
import { kindsBy, memberTable, oneOf, orWords, shape } from "../domain/member-table.ts";

const called = { function: shape("name arguments") };
const declared = { function: shape("name description parameters strict") };
/** Tools of the host's own are not checked. */
const tools = kindsBy("type", { function: shape("type", declared) });
const chosen = kindsBy("type", { function: shape("type", { function: shape("name") }) }, true);
const image = shape("type", { image_url: shape("url detail") });
const text = shape("type text");
const namedSchema = shape("name description schema strict");
const answers: Shape = kindsBy("type", {
  text: shape("type"),
  json_object: shape("type"),
  json_schema: shape("type", { json_schema: namedSchema }),
});

const stream_options = shape("include_usage");

/** The top-level members, those of a message by its role, and the kinds of parts. */
interface Host {
  readonly top: readonly string[];
  readonly below: Readonly<Record<string, Shape>>;
  readonly messageMembers: string;
  readonly assistantMembers: string;
  readonly result: string;
  readonly call: string;
  readonly parts: Readonly<Record<string, Shape>>;
}

function tableOf({ top, below, messageMembers, assistantMembers, result, call, parts }: Host): MemberTable {
  const content = kindsBy("type", parts, true);
  const say = shape(messageMembers, { content });
  const messages = kindsBy("role", {
    system: say,
    developer: say,
    user: say,
    assistant: shape(assistantMembers, { content, tool_calls: kindsBy("type", { function: shape(call, called) }) }),
    tool: shape(result, { content }),
  });
  return memberTable(shape(top.join(" "), { messages, tools, response_format: answers, stream_options, ...below }));
}

/**
 * `additionalProperties: false` throughout (docs.mistral.ai/openapi.yaml); 422 `extra_forbidden`
 * (mistralai/platform-docs-public#7, charmbracelet/crush#1590). Its quirks convert `seed`, `max_completion_tokens`,
 * `required`, `stream_options`, files with their data and audio objects.
 */
export const mistralMembers: MemberTable = tableOf({
  top: [
    "model temperature top_p max_tokens max_completion_tokens stream stop random_seed seed metadata presence_penalty",
    "frequency_penalty n parallel_tool_calls reasoning_effort prompt_mode guardrails prompt_cache_key service_tier",
    "safe_prompt",
  ],
  below: {
    tool_choice: orWords("auto none any required", chosen),
    prediction: shape("type content"),
  },
  messageMembers: "role",
  assistantMembers: "role prefix",
  result: "role tool_call_id name",
  call: "id type index",
  parts: {
    text,
    image_url: image,
    document_url: shape("type document_url document_name"),
    file: shape("type file_id", { file: shape("filename file_data") }),
    reference: shape("type reference_ids"),
    thinking: shape("type thinking signature closed"),
    input_audio: shape("type", { input_audio: shape("data format") }),
  },
});

/**
 * `property 'store' is unsupported` (fanenr/chatbot#21), and in messages (run-llama/llama_index#14701); by name: `logprobs`,
 * `logit_bias`, `top_logprobs`, `messages[].name`, any `n` but 1 (console.groq.com/docs/openai). Members as in groq-python.
 */
export const groqMembers: MemberTable = tableOf({
  top: [
    "model citation_options compound_custom disable_tool_validation documents exclude_domains frequency_penalty function_call",
    "functions include_domains include_reasoning max_completion_tokens max_tokens metadata n parallel_tool_calls",
    "presence_penalty reasoning_effort reasoning_format search_settings seed stop store stream temperature",
    "top_p user",
  ],
  below: {
    tool_choice: orWords("auto none required", chosen),
    service_tier: oneOf("auto on_demand flex performance"),
  },
  messageMembers: "role",
  assistantMembers: "role function_call reasoning",
  result: "role tool_call_id",
  call: "id type",
  parts: { text, image_url: image },
});

/**
 * `body.store: property 'body.store' is unsupported`, and `messages.1.assistant.reasoning_content` (egoist/chatwise-releases#1442,
 * huggingface/huggingface.js#2268); by name: penalties and `logit_bias` (inference-docs.cerebras.ai). Members as in its SDK.
 */
export const cerebrasMembers: MemberTable = tableOf({
  top: [
    "model clear_thinking disable_reasoning logprobs max_completion_tokens max_tokens min_completion_tokens min_tokens n",
    "parallel_tool_calls reasoning_effort reasoning_format seed service_tier stop stream temperature top_logprobs top_p user",
  ],
  below: {
    tool_choice: orWords("auto none required", chosen),
    prediction: shape("type content"),
  },
  messageMembers: "role name",
  assistantMembers: "role name reasoning",
  result: "role tool_call_id name",
  call: "id type",
  parts: { text, image_url: image, image: shape("type image") },
});

/**
 * `Extra inputs are not permitted, field: 'messages[1].agent'`, also of parts and calls (web-infra-dev/midscene#1322,
 * FlowiseAI/Flowise#2866). Members as in its SDK; `stream_options` it takes today.
 */
export const fireworksMembers: MemberTable = tableOf({
  top: [
    "model context_length_exceeded_behavior echo echo_last frequency_penalty function_call functions ignore_eos logit_bias",
    "logprobs max_completion_tokens max_tokens metadata min_p mirostat_lr mirostat_target n parallel_tool_calls",
    "perf_metrics_in_response prediction presence_penalty prompt_cache_isolation_key prompt_cache_key prompt_truncate_len",
    "raw_output reasoning_effort reasoning_history repetition_penalty return_token_ids safe_tokenization seed service_tier",
    "speculation stop stream temperature thinking top_k top_logprobs top_p typical_p user",
  ],
  below: {
    tool_choice: orWords("auto none any required", chosen),
    response_format: shape("type grammar json_schema schema"),
  },
  messageMembers: "role",
  assistantMembers: "role reasoning_content",
  result: "role tool_call_id",
  call: "id type",
  parts: {
    text,
    image_url: image,
    video_url: shape("type", { video_url: shape("url detail max_frames sample_fps spatial_limit") }),
  },
});
