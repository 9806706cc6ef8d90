// What each host does otherwise than OpenAI, as data: what it refuses and in which words, how it answers and streams. A row
// without an entry is a plain host. The rows of the catalogue must cope with it. Sources are those of the rows
// (src/providers/lab-extras.ts, host-extras.ts) and of the wire facts that they name. Not a test.
import type { JsonObject } from "../../../src/core/json.ts";
import type { ErrorForm } from "./host-errors.test-support.ts";
import * as rules from "./host-rules.test-support.ts";

/** How a host streams its chunks, or gives its answer. */
export type Oddity =
  /** Streamed calls have no `index`. */
  | "no call index"
  /** A turn with calls ends in `stop`. */
  | "stop with calls"
  /** Tokens are counted in the last choice. */
  | "usage in choice"
  /** Tokens are counted in `x_groq`. */
  | "usage in x_groq"
  /** Tokens come whatever was asked. */
  | "usage always"
  /** Comments between events. */
  | "comments"
  /** An overloaded host says so inside a stream that began with 200. */
  | "overload in stream"
  /** Content is a list of parts. */
  | "parts";

export interface HostDeviation {
  /** A model that the row's facts know, where it has such. */
  readonly model?: string;
  readonly errors?: ErrorForm;
  /** The words for a prompt that is too long. */
  readonly overflow?: string;
  /** What is wrong with a chat, in the host's words; null: nothing. */
  readonly refuses?: readonly ((body: JsonObject) => string | null)[];
  readonly oddities?: readonly Oddity[];
  /** The member with reasoning in its answers. Absent: it does not reason. */
  readonly reasoning?: "reasoning" | "reasoning_content" | "thinking part";
  /** Whether this request makes it reason. */
  readonly reasons?: (body: JsonObject) => boolean;
  /** Its reference has embeddings. */
  readonly embeds?: true;
  /** The key's header, where it is no bearer. */
  readonly keyHeader?: "x-api-key" | "x-goog-api-key";
  /** Settings of its account, for the configuration. */
  readonly settings?: Readonly<Record<string, string>>;
}

const glm = "zai-org/glm-4.6";
const byEffort = (body: JsonObject): boolean =>
  typeof body["reasoning_effort"] === "string" && body["reasoning_effort"] !== "none";
const byThinkingType = (body: JsonObject): boolean => rules.memberOf(body, "thinking", "type") === "enabled";
/** It reasons unless it is told not to. */
const unlessDisabled = (body: JsonObject): boolean => rules.memberOf(body, "thinking", "type") !== "disabled";
const byEnableThinking = (body: JsonObject): boolean => body["enable_thinking"] === true;
const byTemplate =
  (member: string) =>
  (body: JsonObject): boolean =>
    rules.memberOf(body, member, "enable_thinking") === true;

const moonshot: HostDeviation = {
  model: "kimi-k2.6",
  errors: "short",
  overflow: "Invalid request: Your request exceeded model token limit: 8192",
  refuses: [
    rules.noForcedChoice,
    rules.moonshotSchemas,
    rules.fixedSampling,
    rules.noEffort,
    rules.echoesReasoning,
    rules.onlyLeadingSystem,
  ],
  oddities: ["usage in choice"],
  reasoning: "reasoning_content",
  reasons: unlessDisabled,
};
const zai: HostDeviation = {
  model: "glm-4.6",
  errors: "short",
  refuses: [rules.noEffort],
  reasoning: "reasoning_content",
  reasons: byThinkingType,
};
const siliconflow: HostDeviation = {
  model: glm,
  refuses: [rules.noEffort],
  reasoning: "reasoning_content",
  reasons: byEnableThinking,
  embeds: true,
};
const ollama: HostDeviation = {
  model: "gpt-oss:20b",
  refuses: [rules.efforts("none", "low", "medium", "high", "max")],
  oddities: ["stop with calls"],
  reasoning: "reasoning",
  reasons: byEffort,
  embeds: true,
};
const embeds: HostDeviation = { embeds: true };

/** By the row's name. */
export const hostDeviations: Readonly<Record<string, HostDeviation>> = {
  "openai-compatible": embeds,
  "google-openai": {
    model: "gemini-2.5-flash",
    errors: "list",
    refuses: [rules.efforts("none", "low", "medium", "high")],
    oddities: ["no call index", "stop with calls"],
    embeds: true,
  },
  groq: {
    model: "openai/gpt-oss-120b",
    refuses: [
      rules.members("property '%' is unsupported", "logprobs", "logit_bias", "store", "metadata"),
      rules.efforts("low", "medium", "high"),
    ],
    overflow: "Please reduce the length of the messages or completion.",
    oddities: ["usage in x_groq"],
    reasoning: "reasoning",
    reasons: byEffort,
  },
  mistral: {
    model: "mistral-large-latest",
    errors: "mistral",
    overflow: "Prompt contains 9000 tokens, too large for model with 8192 maximum context length",
    refuses: [
      rules.members("Extra inputs are not permitted: %", "seed", "stream_options", "max_completion_tokens", "logprobs"),
      rules.nineLetterIds,
      rules.anyForRequired,
      rules.assistantAfterTool,
    ],
    oddities: ["usage always", "parts"],
    embeds: true,
  },
  deepseek: {
    model: "deepseek-chat",
    refuses: [
      rules.efforts("high", "max"),
      rules.noJsonSchema("This response_format type is unavailable now"),
      rules.echoesReasoning,
      rules.onlyLeadingSystem,
    ],
    reasoning: "reasoning_content",
    reasons: unlessDisabled,
  },
  xai: { model: "grok-4", embeds: true },
  together: {
    model: "openai/gpt-oss-120b",
    refuses: [rules.efforts("low", "medium", "high")],
    reasoning: "reasoning",
    reasons: byEffort,
    embeds: true,
  },
  fireworks: {
    model: "accounts/fireworks/models/gpt-oss-120b",
    refuses: [
      rules.members("Extra inputs are not permitted, field: '%'", "store", "seed_offset"),
      rules.efforts("low", "medium", "high"),
    ],
    reasoning: "reasoning_content",
    reasons: byEffort,
    embeds: true,
  },
  perplexity: {
    model: "sonar-pro",
    refuses: [rules.noTools, rules.alternation],
  },
  openrouter: {
    model: "openai/gpt-oss-120b",
    oddities: ["comments"],
    reasoning: "reasoning",
    reasons: byEffort,
    embeds: true,
  },
  cerebras: {
    model: "gpt-oss-120b",
    errors: "bare",
    overflow: "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
    refuses: [
      rules.members(
        "property '%' is unsupported",
        "frequency_penalty",
        "presence_penalty",
        "logit_bias",
        "store",
        "max_tokens",
      ),
      rules.efforts("low", "medium", "high"),
    ],
    reasoning: "reasoning",
    reasons: byEffort,
  },
  sambanova: embeds,
  nvidia: embeds,
  huggingface: { model: "openai/gpt-oss-120b:groq", errors: "word", reasoning: "reasoning", reasons: byEffort },
  cohere: { model: "command-a-03-2025", errors: "cohere", refuses: [rules.efforts("none", "high")] },
  moonshot,
  "moonshot-cn": moonshot,
  zai: { ...zai, embeds: true },
  zhipu: { ...zai, embeds: true },
  dashscope: {
    model: "qwen3-max",
    refuses: [rules.noEffort],
    reasoning: "reasoning_content",
    reasons: byEnableThinking,
    embeds: true,
  },
  minimax: { model: "MiniMax-M2", errors: "anthropic" },
  ollama,
  "ollama-cloud": { ...ollama, embeds: true },
  vllm: { errors: "flat", embeds: true },
  lmstudio: { model: "openai/gpt-oss-20b", refuses: [rules.noEffort], embeds: true },
  llamacpp: {
    overflow: "the request exceeds the available context size (8192 tokens), try increasing it",
    embeds: true,
  },
  sglang: { errors: "flat", oddities: ["overload in stream"], embeds: true },
  tgi: {
    errors: "tgi",
    overflow:
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000 `inputs` tokens and 200 `max_new_tokens`",
  },
  github: { model: "openai/gpt-4o", embeds: true },
  cloudflare: {
    model: "@cf/openai/gpt-oss-120b",
    errors: "cloudflare",
    settings: { account: "0123456789abcdef0123456789abcdef" },
    reasoning: "reasoning_content",
    reasons: byEffort,
    embeds: true,
  },
  vercel: { model: "openai/gpt-oss-120b", reasoning: "reasoning", reasons: byEffort, embeds: true },
  databricks: {
    errors: "databricks",
    settings: { workspace: "my-workspace.cloud.databricks.com" },
    embeds: true,
  },
  snowflake: { errors: "cohere", settings: { account: "my_org-account1" }, embeds: true },
  nebius: { errors: "detail", embeds: true },
  novita: { errors: "novita", embeds: true },
  deepinfra: {
    model: "openai/gpt-oss-120b",
    refuses: [rules.efforts("none", "low", "medium", "high", "xhigh")],
    reasoning: "reasoning_content",
    reasons: byEffort,
    embeds: true,
  },
  baseten: {
    model: glm,
    refuses: [rules.noEffort],
    reasoning: "reasoning_content",
    reasons: byTemplate("chat_template_args"),
  },
  friendli: {
    model: glm,
    refuses: [rules.noEffort],
    reasoning: "reasoning_content",
    reasons: byTemplate("chat_template_kwargs"),
  },
  venice: { model: "openai/gpt-oss-120b", reasoning: "reasoning_content", reasons: byEffort, embeds: true },
  scaleway: { model: "gpt-oss-120b", reasoning: "reasoning_content", reasons: byEffort, embeds: true },
  ovhcloud: { model: "gpt-oss-120b", reasoning: "reasoning_content", reasons: byEffort, embeds: true },
  ionos: embeds,
  stepfun: { refuses: [rules.efforts("low", "high")] },
  siliconflow,
  "siliconflow-cn": siliconflow,
  upstage: embeds,
  chutes: { errors: "detail" },
  digitalocean: {
    model: "openai-gpt-oss-120b",
    refuses: [rules.efforts("none", "low", "medium", "high", "max")],
    reasoning: "reasoning_content",
    reasons: byEffort,
    embeds: true,
  },
  wandb: { model: glm, refuses: [rules.noEffort], reasoning: "reasoning", reasons: byTemplate("chat_template_kwargs") },
  ionet: {
    model: "openai/gpt-oss-120b",
    refuses: [rules.efforts("low", "medium", "high")],
    reasoning: "reasoning_content",
    reasons: byEffort,
    embeds: true,
  },
  inception: { model: "mercury-2", refuses: [rules.efforts("instant", "low", "medium", "high")] },
  xiaomi: {
    model: "mimo-v2.5-pro",
    refuses: [rules.noEffort, rules.echoesReasoning],
    reasoning: "reasoning_content",
    reasons: unlessDisabled,
  },
  sarvam: { refuses: [rules.efforts("low", "medium", "high")] },
  "anthropic-compatible": { model: "claude-sonnet-4-5", errors: "anthropic", keyHeader: "x-api-key" },
  "gemini-compatible": { model: "gemini-2.5-flash", errors: "google", keyHeader: "x-goog-api-key" },
};
