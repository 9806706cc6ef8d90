// Further names of providers, as other gateways and people write them, and of vendors that have no row here, with what to
// write instead. Lower case, with dashes; a provider's own name is never in here.
// Sources: Portkey-AI/gateway src/globals.ts, BerriAI/litellm litellm/constants.py, anomalyco/models.dev.
import type { ProviderNames } from "../core/provider-names.ts";
import { catalog } from "./catalog.ts";

/** Further names by row: those of Portkey, LiteLLM, models.dev and of everyday speech. */
const namesOf: Readonly<Record<string, string>> = {
  google: "gemini google-ai google-ai-studio google-gemini google-genai",
  openai: "chatgpt gpt text-completion-openai open-ai",
  azure: "azure-openai azure-ai azure-foundry azure-text azure-cognitive-services",
  vertex: "vertex-ai vertexai vertex-ai-beta google-vertex google-vertex-ai google-vertex-anthropic",
  bedrock: "aws aws-bedrock amazon amazon-bedrock bedrock-converse bedrock-runtime",
  anthropic: "claude anthropic-text",
  mistral: "mistral-ai mistralai",
  together: "together-ai togetherai",
  fireworks: "fireworks-ai",
  perplexity: "perplexity-ai",
  xai: "x-ai grok",
  zai: "z-ai",
  zhipu: "zhipuai zhipu-ai bigmodel",
  moonshot: "kimi moonshotai moonshot-ai",
  "moonshot-cn": "moonshotai-cn",
  dashscope: "qwen alibaba qwencloud qwen-ai-platform",
  huggingface: "hf hugging-face",
  nvidia: "nvidia-nim nim",
  github: "github-models",
  openrouter: "open-router",
  lmstudio: "lm-studio",
  llamacpp: "llama-cpp llamafile",
  vllm: "hosted-vllm",
  ollama: "ollama-chat",
  "openai-compatible": "custom-openai openai-like",
  novita: "novita-ai",
  featherless: "featherless-ai",
  cloudflare: "workers-ai cloudflare-workers-ai",
  snowflake: "cortex snowflake-cortex",
  cohere: "cohere-chat",
  ai21: "ai21-chat",
  deepinfra: "deep-infra",
  friendli: "friendliai",
  lambda: "lambda-ai",
  meta: "meta-llama llama",
  vercel: "vercel-ai-gateway",
  digitalocean: "gradient-ai",
  wandb: "weights-and-biases",
  ionet: "io-net",
  ovhcloud: "ovh",
  "inference-net": "inference",
  nebius: "nebius-ai-studio",
  jina: "jina-ai",
  voyage: "voyage-ai voyageai",
};

/** Further names of the rows. */
export const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries(namesOf).flatMap(([row, names]) => names.split(" ").map((name) => [name, row] as const)),
);

/** What to write for those that other gateways know and this one does not, by the reason. */
const reasons: readonly (readonly [remedy: string, names: string])[] = [
  ["Its public API has ended; choose another provider", "anyscale"],
  ["The PaLM API has ended; ask google for a Gemini model", "palm"],
  [
    "If it speaks OpenAI's protocol, configure it as kind: openai-compatible with its base_url",
    "lingyi reka-ai lepton kluster-ai deepbricks nextbit predibase galadriel ncompass monsterapi lemonfox-ai krutrim 302ai cometapi matterai modal bytez empower nlp-cloud " +
      "petals oobabooga xinference clarifai aiml gigachat maritalk volcengine publicai v0 morph heroku synthetic " +
      "nano-gpt lemonade docker-model-runner litellm-proxy amazon-nova datarobot ragflow triton codestral " +
      "text-completion-codestral infinity topaz apertis custom baidu qianfan tencent hunyuan",
  ],
  [
    "It makes images, sound or models of things, and no conversations; this gateway has no row for it",
    "stability-ai segmind recraft-ai meshy tripo3d",
  ],
  ["It is a database of vectors; this gateway asks models only", "milvus qdrant"],
  [
    "It has a protocol of its own; put a gateway that translates it behind kind: openai-compatible",
    "replicate sagemaker sagemaker-chat sagemaker-nova watsonx watsonx-text oci oracle aleph-alpha sap-ai-core nomic",
  ],
  ["Its subscription has no public API; use a provider with API keys", "github-copilot"],
];

/** Vendors without a row, with the remedy. */
const absent: ReadonlyMap<string, string> = new Map(
  reasons.flatMap(([remedy, names]) => names.split(" ").map((name) => [name, remedy] as const)),
);

export const providerNames: ProviderNames = { rows: new Set(catalog.keys()), aliases, absent };
