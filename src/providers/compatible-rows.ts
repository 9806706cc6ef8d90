// The OpenAI-compatible vendors, a line each. Anything more is a named quirk, or facts for all of a vendor's models. A
// null address depends on an account or a host, which the operator must set.
import type { ModelFacts, Quirk } from "../core/provider.ts";
import {
  cerebrasMembers,
  deepseekMembers,
  fireworksMembers,
  groqMembers,
  mistralMembers,
  openrouterMembers,
  togetherMembers,
  xaiMembers,
} from "./host-members.ts";
import { anyToolChoice } from "./quirks/any-tool-choice.ts";
import { mostTemperature } from "./quirks/most-temperature.ts";
import { noRequiredToolChoice } from "./quirks/no-required-tool-choice.ts";
import { ownMedia } from "./quirks/own-media.ts";
import { ownStreamUsage } from "./quirks/own-stream-usage.ts";
import { olderTokenLimit } from "./quirks/older-token-limit.ts";
import { randomSeed } from "./quirks/random-seed.ts";
import { shortToolIds } from "./quirks/short-tool-ids.ts";
import { thinkingType } from "./quirks/thinking-type.ts";

export interface CompatibleRow {
  readonly name: string;
  readonly title: string;
  readonly baseUrl: string | null;
  /** The usual variable; null for a local server, which needs no key. */
  readonly key: string | null;
  readonly quirks?: readonly Quirk[];
  readonly facts?: Partial<ModelFacts>;
  /** Headers that are forwarded from a caller. */
  readonly forward?: readonly string[];
  /** It also takes the bytes of a Responses client. */
  readonly responses?: boolean;
}

const mistralQuirks = [
  shortToolIds,
  anyToolChoice,
  randomSeed,
  olderTokenLimit,
  ownStreamUsage,
  ownMedia,
  mostTemperature(1.5),
];
/** No other parts: see the tables of their members. */
const textAndImages = { pdf: false, audio: false } as const;
const cohereFacts: Partial<ModelFacts> = { reasoning: { style: "effort", efforts: ["none", "high"] } };
// `After the (optional) system message(s), user and assistant roles should be alternating.` (perplexityai/api-discussion#265)
const perplexityFacts: Partial<ModelFacts> = {
  tools: false,
  webSearch: true,
  systemMessages: "leading",
  turnOrder: "alternating",
};
// `Unexpected role 'user' after role 'tool'` (zed-industries/zed#37021), `Unexpected role 'system' after role 'assistant'`
// (swarmauri/swarmauri-sdk#162).
// Models that reason answer with a list of thinking and text parts (docs.mistral.ai/capabilities/reasoning).
const mistralFacts: Partial<ModelFacts> = {
  systemMessages: "leading",
  turnOrder: "assistant-after-tool",
  partsInAnswers: true,
  members: mistralMembers,
};
// `No Order Limitation: You can mix system, user, or assistant roles in any sequence` (docs.x.ai/docs/guides/chat).
const xaiFacts: Partial<ModelFacts> = { systemMessages: "anywhere", members: xaiMembers };
// From recordings; `must be put on the beginning of the message sequence` (aandrew-me/tgpt#357). Context caching is on
// for all users without a change of code (api-docs.deepseek.com/guides/kv_cache).
const deepseekFacts: Partial<ModelFacts> = {
  systemMessages: "leading",
  promptCache: "itself",
  jsonSchema: false,
  multipleChoices: false,
  members: deepseekMembers,
};
const deepseek = { quirks: [thinkingType(true)], facts: deepseekFacts };
// `Prompt caching is automatic on serverless inference and dedicated model inference` (docs.together.ai/docs/inference/chat).
const together = { facts: { promptCache: "itself", members: togetherMembers } } as const;
// Files come in a second system message (platform.kimi.ai/docs/guide/use-kimi-api-for-file-based-qa).
const moonshotFacts: Partial<ModelFacts> = { systemMessages: "leading" };
const moonshot = { quirks: [noRequiredToolChoice], facts: moonshotFacts };
// `frequency_penalty`, `presence_penalty`: 400 (inference-docs.cerebras.ai).
const cerebrasFacts: Partial<ModelFacts> = {
  maxTokensField: "max_completion_tokens",
  reasoningField: "reasoning",
  penalties: false,
  ...textAndImages,
  members: cerebrasMembers,
};
// `logprobs`, `top_logprobs`, and `n` other than 1: 400 (console.groq.com/docs/openai).
const groq = {
  facts: { logprobs: false, multipleChoices: false, ...textAndImages, members: groqMembers },
} as const;
const fireworks = { facts: { members: fireworksMembers } } as const;

// `block-level markers also work on OpenAI models` (openrouter.ai/docs, AnthropicCacheControlDirective): whatever the model.
// It takes 128 characters in `user` (ujisati/claude-code-provider-proxy#11).
const openrouter = {
  forward: ["http-referer", "x-title"],
  facts: { promptCache: "marks", longestName: 128, members: openrouterMembers },
} as const;

type Extra = Pick<CompatibleRow, "quirks" | "facts" | "forward" | "responses">;
type Line = readonly [name: string, title: string, baseUrl: string | null, key: string | null, extra?: Extra];

// prettier-ignore
const lines: readonly Line[] = [
  ["openai-compatible", "Any OpenAI-compatible server", null, null],
  ["groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", groq],
  ["mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", { quirks: mistralQuirks, facts: mistralFacts }],
  ["deepseek", "DeepSeek", "https://api.deepseek.com", "DEEPSEEK_API_KEY", deepseek],
  ["xai", "xAI", "https://api.x.ai/v1", "XAI_API_KEY", { responses: true, facts: xaiFacts }],
  ["together", "Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY", together],
  ["fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY", fireworks],
  ["perplexity", "Perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY", { facts: perplexityFacts }],
  ["openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", openrouter],
  ["cerebras", "Cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", { facts: cerebrasFacts }],
  ["sambanova", "SambaNova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"],
  ["nvidia", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", "NVIDIA_API_KEY"],
  ["huggingface", "Hugging Face", "https://router.huggingface.co/v1", "HF_TOKEN"],
  ["cohere", "Cohere", "https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY", { facts: cohereFacts }],
  ["moonshot", "Moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", moonshot],
  ["moonshot-cn", "Moonshot (China)", "https://api.moonshot.cn/v1", "MOONSHOT_API_KEY", moonshot],
  ["zai", "Z.ai", "https://api.z.ai/api/paas/v4", "ZHIPU_API_KEY", { quirks: [thinkingType(false)] }],
  ["zhipu", "Zhipu", "https://open.bigmodel.cn/api/paas/v4", "ZHIPU_API_KEY", { quirks: [thinkingType(false)] }],
  ["dashscope", "Alibaba DashScope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"],
  ["minimax", "MiniMax", "https://api.minimax.io/v1", "MINIMAX_API_KEY"],
  ["ollama", "Ollama", "http://127.0.0.1:11434/v1", null],
  ["ollama-cloud", "Ollama Cloud", "https://ollama.com/v1", "OLLAMA_API_KEY"],
  ["vllm", "vLLM", "http://127.0.0.1:8000/v1", null],
  ["lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", null],
  ["llamacpp", "llama.cpp", "http://127.0.0.1:8080/v1", null],
  ["sglang", "SGLang", "http://127.0.0.1:30000/v1", null],
  ["tgi", "Text Generation Inference", "http://127.0.0.1:8080/v1", null],
  ["github", "GitHub Models", "https://models.github.ai/inference", "GITHUB_TOKEN"],
  ["cloudflare", "Cloudflare Workers AI", null, "CLOUDFLARE_API_KEY"],
  ["vercel", "Vercel AI Gateway", "https://ai-gateway.vercel.sh/v1", "AI_GATEWAY_API_KEY"],
  ["databricks", "Databricks", null, "DATABRICKS_TOKEN"],
  ["snowflake", "Snowflake Cortex", null, "SNOWFLAKE_CORTEX_PAT"],
  ["ai21", "AI21", "https://api.ai21.com/studio/v1", "AI21_API_KEY"],
  ["nebius", "Nebius", "https://api.tokenfactory.nebius.com/v1", "NEBIUS_API_KEY"],
  ["novita", "Novita", "https://api.novita.ai/openai", "NOVITA_API_KEY"],
  ["deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"],
  ["hyperbolic", "Hyperbolic", "https://api.hyperbolic.xyz/v1", "HYPERBOLIC_API_KEY"],
  ["lambda", "Lambda", "https://api.lambda.ai/v1", "LAMBDA_API_KEY"],
  ["baseten", "Baseten", "https://inference.baseten.co/v1", "BASETEN_API_KEY"],
  ["friendli", "Friendli", "https://api.friendli.ai/serverless/v1", "FRIENDLI_TOKEN"],
  ["featherless", "Featherless", "https://api.featherless.ai/v1", "FEATHERLESS_AI_API_KEY"],
  ["venice", "Venice", "https://api.venice.ai/api/v1", "VENICE_API_KEY"],
  ["inference-net", "Inference.net", "https://api.inference.net/v1", "INFERENCE_API_KEY"],
  ["scaleway", "Scaleway", "https://api.scaleway.ai/v1", "SCALEWAY_API_KEY"],
  ["ovhcloud", "OVHcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", "OVHCLOUD_API_KEY"],
  ["ionos", "IONOS", "https://openai.inference.de-txl.ionos.com/v1", "IONOS_API_TOKEN"],
  ["stepfun", "StepFun", "https://api.stepfun.com/v1", "STEPFUN_API_KEY"],
  ["siliconflow", "SiliconFlow", "https://api.siliconflow.com/v1", "SILICONFLOW_API_KEY"],
  ["siliconflow-cn", "SiliconFlow (China)", "https://api.siliconflow.cn/v1", "SILICONFLOW_API_KEY"],
  ["meta", "Meta Llama API", "https://api.llama.com/compat/v1", "LLAMA_API_KEY"],
  ["upstage", "Upstage", "https://api.upstage.ai/v1/solar", "UPSTAGE_API_KEY"],
  ["chutes", "Chutes", "https://llm.chutes.ai/v1", "CHUTES_API_KEY"],
  ["digitalocean", "DigitalOcean", "https://inference.do-ai.run/v1", "DIGITALOCEAN_ACCESS_TOKEN"],
  ["wandb", "Weights & Biases", "https://api.inference.wandb.ai/v1", "WANDB_API_KEY"],
  ["nscale", "Nscale", "https://inference.api.nscale.com/v1", "NSCALE_API_KEY"],
  ["ionet", "io.net", "https://api.intelligence.io.solutions/api/v1", "IOINTELLIGENCE_API_KEY"],
  ["inception", "Inception", "https://api.inceptionlabs.ai/v1", "INCEPTION_API_KEY"],
  ["poe", "Poe", "https://api.poe.com/v1", "POE_API_KEY"],
  ["xiaomi", "Xiaomi MiMo", "https://api.xiaomimimo.com/v1", "XIAOMI_API_KEY"],
  ["sarvam", "Sarvam", "https://api.sarvam.ai/v1", "SARVAM_API_KEY"],
  ["stackit", "STACKIT", "https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1", "STACKIT_API_KEY"],
  ["vultr", "Vultr", "https://api.vultrinference.com/v1", "VULTR_API_KEY"],
  ["modelscope", "ModelScope", "https://api-inference.modelscope.cn/v1", "MODELSCOPE_API_KEY"],
  ["requesty", "Requesty", "https://router.requesty.ai/v1", "REQUESTY_API_KEY"],
  ["helicone", "Helicone", "https://ai-gateway.helicone.ai/v1", "HELICONE_API_KEY"],
];

export const compatibleRows: readonly CompatibleRow[] = lines.map(([name, title, baseUrl, key, extra]) => ({
  name,
  title,
  baseUrl,
  key,
  ...extra,
}));
