// Hosts of other companies' models, and servers of one's own: what each has beyond its address. Facts about reasoning are from
// anomalyco/models.dev, which cites the vendors' references; others name their source.
// Not relied on, because no public source was found: SambaNova's few sampling parameters, AI21's limit of `n`.
import { compatibleAccounts } from "./compatible-accounts.ts";
import { alsoBoth, alsoMessages, alsoResponses, messagesHeaders, type HostExtra } from "./host-extra.ts";
import { cerebrasMembers, fireworksMembers, groqMembers, openrouterMembers, togetherMembers } from "./host-members.ts";
import { effortWords } from "./quirks/effort-words.ts";
import { oneOfTwo } from "./quirks/one-of-two.ts";
import { reasoningSwitch } from "./quirks/reasoning-switch.ts";

const messages = "anthropic-messages";
const responses = "openai-responses";
/** No other parts: see the tables of their members. */
const textAndImages = { pdf: false, audio: false } as const;

/** `Prompt caching is automatic on serverless inference and dedicated model inference` (docs.together.ai/docs/inference/chat). */
const together: HostExtra = {
  quirks: [
    reasoningSwitch({ name: "reasoning-enabled", keepsEffort: true, off: { reasoning: { enabled: false } } }),
    effortWords({ minimal: "low", xhigh: "high", max: "high" }),
  ],
  facts: { promptCache: "itself", members: togetherMembers },
};

/**
 * `frequency_penalty`, `presence_penalty`: 400 (inference-docs.cerebras.ai).
 */
const cerebras: HostExtra = {
  facts: {
    maxTokensField: "max_completion_tokens",
    reasoningField: "reasoning",
    penalties: false,
    ...textAndImages,
    members: cerebrasMembers,
  },
};

/**
 * `logprobs`, `top_logprobs`, and `n` other than 1: 400 (console.groq.com/docs/openai); `reasoning_format` and
 * `include_reasoning` exclude each other (console.groq.com/docs/reasoning).
 */
const groq: HostExtra = {
  ...alsoResponses,
  quirks: [oneOfTwo("reasoning_format", "include_reasoning")],
  facts: { logprobs: false, multipleChoices: false, ...textAndImages, members: groqMembers },
};

/** `thinking` and `reasoning_effort` conflict (docs.fireworks.ai/guides/reasoning). */
const fireworks: HostExtra = {
  quirks: [oneOfTwo("thinking", "reasoning_effort")],
  facts: { members: fireworksMembers },
};

/**
 * `block-level markers also work on OpenAI models` (openrouter.ai/docs, AnthropicCacheControlDirective): whatever the model.
 * It takes 128 characters in `user` (ujisati/claude-code-provider-proxy#11).
 */
const openrouter: HostExtra = {
  also: [responses, messages],
  forward: ["http-referer", "x-title", ...messagesHeaders],
  facts: { promptCache: "marks", longestName: 128, members: openrouterMembers },
};

/** docs.ollama.com/openai, docs.ollama.com/api/anthropic-compatibility; the cloud takes a bearer only. */
const ollama: HostExtra = { ...alsoBoth, quirks: [effortWords({ minimal: "low", xhigh: "high" })] };

/** docs.vllm.ai: entrypoints for OpenAI's Responses and Anthropic's Messages. */
const vllm: HostExtra = alsoBoth;

/**
 * Chat Completions has no field for reasoning there, Responses has (lmstudio.ai/docs/developer/openai-compat): a Responses
 * client's own bytes keep it.
 */
const lmstudio: HostExtra = {
  ...alsoBoth,
  quirks: [reasoningSwitch({ name: "no-effort", keepsEffort: false })],
};

/** ggml-org/llama.cpp#17570. */
const llamacpp: HostExtra = alsoMessages;

/** `reasoning.effort` none switches off; the older `reasoning_effort` takes three words (io.net/docs/guides/intelligence). */
const ionet: HostExtra = {
  quirks: [
    reasoningSwitch({ name: "reasoning-effort-none", keepsEffort: true, off: { reasoning: { effort: "none" } } }),
    effortWords({ minimal: "low", xhigh: "high", max: "high" }),
  ],
};

/** docs.venice.ai/guides/features/reasoning-models. */
const venice: HostExtra = {
  quirks: [reasoningSwitch({ name: "reasoning-enabled", keepsEffort: true, off: { reasoning: { enabled: false } } })],
};

/** A switch of the model's chat template. Models that reason always ignore it. */
function templateSwitch(member: string): HostExtra {
  const on = { [member]: { enable_thinking: true } };
  const off = { [member]: { enable_thinking: false } };
  return { quirks: [reasoningSwitch({ name: "template-switch", keepsEffort: false, on, off, models: notGptOss })] };
}

/** These take an effort wherever they run. */
const notGptOss = /^(?!.*gpt-oss)/u;

/** friendli.ai/docs/guides/reasoning. */
const friendli: HostExtra = templateSwitch("chat_template_kwargs");

/** docs.wandb.ai/inference/response-settings/reasoning. */
const wandb: HostExtra = { ...templateSwitch("chat_template_kwargs"), facts: { reasoningField: "reasoning" } };

/** docs.baseten.co/inference/model-apis/reasoning: an effort for DeepSeek V4 Pro and gpt-oss. */
const baseten: HostExtra = templateSwitch("chat_template_args");

/** docs.siliconflow.com/en/api-reference/chat-completions. */
const siliconflow: HostExtra = {
  quirks: [
    reasoningSwitch({
      name: "enable-thinking",
      keepsEffort: false,
      on: { enable_thinking: true },
      off: { enable_thinking: false },
      models: notGptOss,
    }),
  ],
};

/** docs.deepinfra.com/chat/reasoning. */
const deepinfra: HostExtra = {
  ...alsoMessages,
  bases: { "openai-chat": "/v1/openai", [messages]: "/anthropic/v1" },
  quirks: [effortWords({ minimal: "low", max: "xhigh" })],
};

/** novita.ai/docs/guides/llm-anthropic-compatibility. */
const novita: HostExtra = { ...alsoMessages, bases: { "openai-chat": "/openai", [messages]: "/anthropic/v1" } };

/** docs.digitalocean.com/products/inference/how-to/si-endpoints. */
const digitalocean: HostExtra = { ...alsoBoth, quirks: [effortWords({ minimal: "low", xhigh: "high" })] };

/** vercel.com/docs/ai-gateway/sdks-and-apis. */
const vercel: HostExtra = alsoBoth;

const vultr: HostExtra = { facts: { reasoningField: "reasoning" } };

const cloudflare: HostExtra = { ...alsoResponses, account: compatibleAccounts.cloudflare };

const snowflake: HostExtra = { account: compatibleAccounts.snowflake };

/** docs.databricks.com: query-anthropic-messages, query-open-responses-models. */
const databricks: HostExtra = {
  ...alsoBoth,
  bases: {
    "openai-chat": "/serving-endpoints",
    [responses]: "/serving-endpoints",
    [messages]: "/serving-endpoints/anthropic/v1",
  },
  account: compatibleAccounts.databricks,
};

/** By the row's name. */
export const hostExtras: ReadonlyMap<string, HostExtra> = new Map(
  Object.entries({
    groq,
    together,
    fireworks,
    openrouter,
    cerebras,
    huggingface: alsoResponses,
    ollama,
    "ollama-cloud": ollama,
    vllm,
    lmstudio,
    llamacpp,
    cloudflare,
    vercel,
    databricks,
    snowflake,
    novita,
    deepinfra,
    baseten,
    friendli,
    venice,
    ovhcloud: alsoResponses,
    siliconflow,
    "siliconflow-cn": siliconflow,
    digitalocean,
    wandb,
    ionet,
    poe: alsoResponses,
    vultr,
    helicone: alsoResponses,
  }),
);
