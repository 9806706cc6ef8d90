// The OpenAI-compatible vendors, a line each. Anything more is in lab-extras.ts or host-extras.ts. A null address depends on an account
// or a host, which the operator must set. Addresses and variables: anomalyco/models.dev, and the vendors' documentation.
import type { HostExtra } from "./host-extra.ts";
import { hostExtras } from "./host-extras.ts";
import { labExtras } from "./lab-extras.ts";

export interface CompatibleRow extends HostExtra {
  readonly name: string;
  readonly title: string;
  readonly baseUrl: string | null;
  /** The usual variable; null for a local server, which needs no key. */
  readonly key: string | null;
}

type Line = readonly [name: string, title: string, baseUrl: string | null, key: string | null];

// prettier-ignore
const lines: readonly Line[] = [
  ["openai-compatible", "Any OpenAI-compatible server", null, null],
  ["google-openai", "Google Gemini (OpenAI-compatible)", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"],
  ["groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"],
  ["mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"],
  ["deepseek", "DeepSeek", "https://api.deepseek.com", "DEEPSEEK_API_KEY"],
  ["xai", "xAI", "https://api.x.ai/v1", "XAI_API_KEY"],
  ["together", "Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"],
  ["fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"],
  ["perplexity", "Perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY"],
  ["openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"],
  ["cerebras", "Cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"],
  ["sambanova", "SambaNova", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"],
  ["nvidia", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", "NVIDIA_API_KEY"],
  ["huggingface", "Hugging Face", "https://router.huggingface.co/v1", "HF_TOKEN"],
  ["cohere", "Cohere", "https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY"],
  ["moonshot", "Moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"],
  ["moonshot-cn", "Moonshot (China)", "https://api.moonshot.cn/v1", "MOONSHOT_API_KEY"],
  ["zai", "Z.ai", "https://api.z.ai/api/paas/v4", "ZHIPU_API_KEY"],
  ["zhipu", "Zhipu", "https://open.bigmodel.cn/api/paas/v4", "ZHIPU_API_KEY"],
  ["dashscope", "Alibaba DashScope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"],
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
  ["voyage", "Voyage AI", "https://api.voyageai.com/v1", "VOYAGE_API_KEY"],
  ["jina", "Jina AI", "https://api.jina.ai/v1", "JINA_API_KEY"],
  ["tei", "Text Embeddings Inference", "http://127.0.0.1:8080", null],
];

export const compatibleRows: readonly CompatibleRow[] = lines.map(([name, title, baseUrl, key]) => ({
  name,
  title,
  baseUrl,
  key,
  ...(labExtras.get(name) ?? hostExtras.get(name)),
}));
