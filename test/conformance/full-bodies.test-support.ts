// A body of each protocol with nearly every member that there is, and what a request is about and therefore never goes without. Not a
// test.
import type { JsonObject } from "../../src/core/json.ts";
import type { Four } from "./protocols.test-support.ts";

export interface Full {
  readonly protocol: Four;
  readonly target: string;
  readonly body: JsonObject;
}

const responses: JsonObject = {
  input: [
    { role: "user", content: [{ type: "input_text", text: "h", prompt_cache_breakpoint: { mode: "explicit" } }] },
    {
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: "completed",
      phase: "commentary",
      content: [{ type: "output_text", text: "x", annotations: [], logprobs: [] }],
    },
    {
      type: "function_call",
      id: "fc_1",
      call_id: "c",
      name: "f",
      arguments: "{}",
      status: "completed",
      namespace: "n",
    },
    { type: "function_call_output", call_id: "c", output: "o", status: "completed" },
    { role: "user", content: "g" },
  ],
  instructions: "i",
  reasoning: { effort: "low", context: "all_turns", mode: "pro", summary: "auto" },
  text: { verbosity: "low" },
  prompt_cache_options: { mode: "implicit" },
  prompt_cache_retention: "24h",
  prompt_cache_key: "k",
  safety_identifier: "s",
  client_metadata: { a: "b" },
  service_tier: "auto",
  truncation: "auto",
  max_tool_calls: 3,
  moderation: { m: 1 },
  top_logprobs: 0,
  include: ["reasoning.encrypted_content"],
  store: false,
  parallel_tool_calls: true,
  context_management: [{ type: "compaction" }],
  metadata: { a: "b" },
  user: "u",
  tools: [
    {
      type: "namespace",
      name: "n",
      description: "d",
      tools: [
        {
          type: "function",
          name: "f",
          strict: false,
          defer_loading: false,
          output_schema: { type: "object" },
          parameters: { type: "object", properties: {} },
        },
      ],
    },
  ],
};

const chat: JsonObject = {
  messages: [
    { role: "system", content: "s", name: "x" },
    { role: "user", content: [{ type: "text", text: "h", prompt_cache_breakpoint: { mode: "explicit" } }], name: "n" },
    {
      role: "assistant",
      content: "a",
      refusal: null,
      annotations: [],
      reasoning_content: "r",
      tool_calls: [{ id: "c", type: "function", index: 0, function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "o", name: "f" },
  ],
  reasoning_effort: "low",
  verbosity: "low",
  prompt_cache_options: { mode: "implicit" },
  prompt_cache_retention: "24h",
  prompt_cache_key: "k",
  safety_identifier: "s",
  service_tier: "auto",
  moderation: { m: 1 },
  metadata: { a: "b" },
  user: "u",
  store: false,
  seed: 4,
  top_k: 4,
  min_p: 0.1,
  logit_bias: { "1": 1 },
  prediction: { type: "content", content: "p" },
  modalities: ["text"],
  max_completion_tokens: 99,
  parallel_tool_calls: true,
  stop: ["x"],
  n: 1,
  presence_penalty: 0.1,
  response_format: { type: "text" },
  stream_options: null,
  tools: [
    {
      type: "function",
      function: { name: "f", strict: false, description: "d", parameters: { type: "object", properties: {} } },
    },
  ],
  tool_choice: "auto",
};

const messages: JsonObject = {
  max_tokens: 2099,
  system: [{ type: "text", text: "s", cache_control: { type: "ephemeral", ttl: "1h" } }],
  thinking: { type: "adaptive", display: "summarized" },
  output_config: { effort: "low", task_budget: { type: "tokens", total: 50000 } },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  cache_control: { type: "ephemeral" },
  metadata: { user_id: "u" },
  service_tier: "auto",
  speed: "fast",
  inference_geo: "us",
  container: "c",
  mcp_servers: [],
  fallbacks: [{ model: "x" }],
  stop_sequences: ["q"],
  top_k: 4,
  tool_choice: { type: "auto", disable_parallel_tool_use: true },
  tools: [
    {
      name: "f",
      description: "d",
      strict: false,
      defer_loading: false,
      eager_input_streaming: true,
      allowed_callers: ["direct"],
      input_examples: [{}],
      cache_control: { type: "ephemeral" },
      input_schema: { type: "object", properties: {} },
    },
  ],
  messages: [
    { role: "user", content: [{ type: "text", text: "h", cache_control: { type: "ephemeral" }, citations: null }] },
    { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {}, caller: { type: "direct" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "r", is_error: false }] },
  ],
};

const gemini: JsonObject = {
  contents: [
    {
      role: "user",
      parts: [{ text: "h", partMetadata: { a: 1 }, mediaResolution: { level: "MEDIA_RESOLUTION_LOW" } }],
    },
  ],
  generationConfig: {
    temperature: 0.4,
    topK: 3,
    seed: 4,
    presencePenalty: 0.1,
    thinkingConfig: { thinkingLevel: "low", includeThoughts: true },
    responseLogprobs: false,
    enableEnhancedCivicAnswers: true,
    responseModalities: ["TEXT"],
    mediaResolution: "MEDIA_RESOLUTION_LOW",
    stopSequences: ["x"],
  },
  safetySettings: [],
  labels: { a: "b" },
  serviceTier: "flex",
  store: false,
  tools: [
    { functionDeclarations: [{ name: "f", description: "d", behavior: "BLOCKING", response: { type: "OBJECT" } }] },
  ],
  toolConfig: {
    functionCallingConfig: { mode: "AUTO", streamFunctionCallArguments: true },
    includeServerSideToolInvocations: true,
  },
};

export const fullBodies: readonly Full[] = [
  { protocol: "openai-responses", target: "openai/gpt-unknown", body: responses },
  { protocol: "openai-chat", target: "host/llama", body: chat },
  { protocol: "openai-chat", target: "openai/gpt-unknown", body: chat },
  { protocol: "anthropic-messages", target: "anthropic/claude-unknown-9", body: messages },
  { protocol: "gemini-generate", target: "google/gemini-unknown", body: gemini },
];

/** By the place, as OpenAI writes it. */
export const essential: RegExp =
  /^(model|messages|input|contents|max_tokens)$|\.(role|type|content|parts|text|id|name|arguments|function|tool_calls|call_id|tool_call_id|output|input|tool_use_id|functionDeclarations|input_schema|parameters|description|tools|thinkingLevel|source)$|^(tools|instructions|system|max_completion_tokens|systemInstruction|thinking|output_config|reasoning|text|generationConfig|tool_choice|toolConfig|response_format|stream_options|metadata|n|logit_bias|inference_geo)$|properties|metadata\.|labels\.|logit_bias\.|schema\.type|response\.|client_metadata\.|moderation\.|partMetadata\.|edits|prediction\.|fallbacks\[|fallbacks\.|context_management\.|_options\.|output_schema\.|cache_control\.type|caller\.|task_budget\.|breakpoint\.|\.\d+$|mediaResolution\.level|disable_parallel|functionCallingConfig$|thinkingConfig$|input_examples/u;

const usage: JsonObject = { input_tokens: 3, output_tokens: 1, total_tokens: 4 };

/** What a vendor answers to any request. */
export const answers: Readonly<Record<Four, JsonObject>> = {
  "openai-chat": {
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "fine" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
  },
  "openai-responses": {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    model: "m",
    output: [
      {
        type: "message",
        id: "msg_1",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: "fine", annotations: [] }],
      },
    ],
    usage,
  },
  "anthropic-messages": {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "fine" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  },
  "gemini-generate": {
    candidates: [{ content: { role: "model", parts: [{ text: "fine" }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4 },
  },
};
