// The members that OpenAI-compatible hosts take, if they publish them, as data: a table per host. Requests that were
// written for another vendor are checked against it; a host's own clients are not. Some hosts refuse other members, some
// ignore them in silence: the check removes them for both, so that the caller learns of it.
import type { MemberTable, Shape } from "../core/member-shape.ts";
import { kindsBy, memberTable, oneOf, orWords, shape } from "../domain/member-table.ts";

const called = { function: shape("name arguments") };
const declared = { function: shape("name description parameters strict") };
/** Tools of the host's own are not checked. */
const tools = kindsBy("type", { function: shape("type", declared) });
const namedTool = shape("type", { function: shape("name") });
const chosen = kindsBy("type", { function: namedTool }, true);
const image = shape("type", { image_url: shape("url detail") });
const text = shape("type text");
const namedSchema = shape("name description schema strict");
const forms = { text: shape("type"), json_object: shape("type") };
const schemaForm = shape("type", { json_schema: namedSchema });
const answers: Shape = kindsBy("type", { ...forms, json_schema: schemaForm }, true);

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

const marked = { cache_control: shape("type ttl"), prompt_cache_breakpoint: shape("mode") };

/**
 * docs.x.ai/developers/rest-api-reference/inference/chat-completions; types by role as in the descriptions made from
 * that reference. It ignores other members.
 */
export const xaiMembers: MemberTable = tableOf({
  top: [
    "model deferred frequency_penalty logit_bias logprobs max_completion_tokens max_tokens n parallel_tool_calls",
    "presence_penalty prompt_cache_key reasoning_effort search_parameters seed service_tier stop stream temperature",
    "top_logprobs top_p user web_search_options",
  ],
  below: { tool_choice: orWords("auto none required", chosen) },
  messageMembers: "role name",
  assistantMembers: "role name reasoning_content",
  result: "role tool_call_id",
  call: "id type index",
  parts: { text, image_url: image, file: shape("type", { file: shape("file_id filename file_data") }) },
});

/**
 * ChatCompletionRequest in https://github.com/togethercomputer/openapi; `stream_options`, `top_logprobs` and `user` it
 * takes as OpenAI does (docs.together.ai/reference/chat-completions-1). It ignores other members.
 */
export const togetherMembers: MemberTable = tableOf({
  top: [
    "model chat_template_kwargs compliance context_length_exceeded_behavior echo frequency_penalty function_call functions",
    "logit_bias logprobs max_tokens min_p n presence_penalty reasoning reasoning_effort repetition_penalty safety_model",
    "seed stop stream temperature top_k top_logprobs top_p user",
  ],
  below: {
    tool_choice: orWords("auto none required", chosen),
    response_format: kindsBy(
      "type",
      {
        text: shape("type"),
        json_object: shape("type schema"),
        json_schema: shape("type schema", { json_schema: namedSchema }),
      },
      true,
    ),
  },
  messageMembers: "role name",
  assistantMembers: "role name function_call reasoning reasoning_content",
  result: "role tool_call_id name",
  call: "id type index",
  parts: {
    text,
    image_url: image,
    video_url: shape("type", { video_url: shape("url") }),
    audio_url: shape("type", { audio_url: shape("url") }),
    input_audio: shape("type", { input_audio: shape("data format") }),
  },
});

/**
 * api-docs.deepseek.com/api/create-chat-completion, with the beta members `prefix` and `strict`. Penalties are read and
 * have no effect. It ignores other members.
 */
export const deepseekMembers: MemberTable = tableOf({
  top: [
    "model frequency_penalty logprobs max_tokens presence_penalty reasoning_effort stop stream temperature thinking",
    "top_logprobs top_p user_id",
  ],
  below: {
    tool_choice: orWords("auto none required", chosen),
    response_format: kindsBy("type", forms, true),
  },
  messageMembers: "role name",
  assistantMembers: "role name prefix reasoning_content",
  result: "role tool_call_id",
  call: "id type index",
  parts: { text, image_url: image, file: shape("type", { file: shape("file_id filename file_data") }) },
});

/**
 * ChatRequest in https://github.com/OpenRouterTeam/typescript-sdk, and the members of openrouter.ai/docs/api/reference
 * that it lacks: older ones, and some of vendors' own that are passed to them. It ignores other members.
 */
export const openrouterMembers: MemberTable = tableOf({
  top: [
    "model cache_control debug frequency_penalty image_config include_reasoning logit_bias logprobs max_completion_tokens",
    "max_tokens metadata min_p modalities models parallel_tool_calls plugins prediction presence_penalty preset",
    "prompt_cache_key prompt_cache_options provider raw_mode reasoning reasoning_effort repetition_penalty route safe_prompt",
    "seed service_tier session_id stop stop_server_tools_when stream structured_outputs temperature top_a top_k",
    "top_logprobs top_p trace transforms usage user verbosity web_search_options",
  ],
  below: {
    tool_choice: orWords("auto none required", kindsBy("type", { function: namedTool })),
    tools: kindsBy("type", { function: shape("type", { cache_control: shape("type ttl"), ...declared }) }),
    response_format: kindsBy(
      "type",
      { ...forms, json_schema: schemaForm, grammar: shape("type grammar"), python: shape("type") },
      true,
    ),
  },
  messageMembers: "role name",
  assistantMembers: "role name audio images model reasoning reasoning_content reasoning_details refusal annotations",
  result: "role tool_call_id name",
  call: "id type index",
  parts: {
    text: shape("type text", marked),
    image_url: shape("type", { ...marked, image_url: shape("url detail") }),
    file: shape("type", { ...marked, file: shape("filename file_data file_id") }),
    input_audio: shape("type", { ...marked, input_audio: shape("data format") }),
    video_url: shape("type", { video_url: shape("url") }),
    input_video: shape("type", { video_url: shape("url") }),
    refusal: shape("type refusal"),
  },
});
