// Further names of providers, as other gateways and people write them, and of vendors that have no row here, with what to
// write instead. Lower case, with dashes; a provider's own name is never in here.
import type { ProviderNames } from "../core/provider-names.ts";

/** Further names of the rows, from the configurations of Portkey, LiteLLM and others. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ["gemini", "google"],
  ["google-ai", "google"],
  ["google-ai-studio", "google"],
  ["google-gemini", "google"],
  ["chatgpt", "openai"],
  ["gpt", "openai"],
  ["azure-openai", "azure"],
  ["azure-ai", "azure"],
  ["azure-foundry", "azure"],
  ["vertex-ai", "vertex"],
  ["vertexai", "vertex"],
  ["google-vertex", "vertex"],
  ["google-vertex-ai", "vertex"],
  ["claude", "anthropic"],
  ["mistral-ai", "mistral"],
  ["mistralai", "mistral"],
  ["together-ai", "together"],
  ["fireworks-ai", "fireworks"],
  ["perplexity-ai", "perplexity"],
  ["x-ai", "xai"],
  ["grok", "xai"],
  ["z-ai", "zai"],
  ["kimi", "moonshot"],
  ["moonshotai", "moonshot"],
  ["qwen", "dashscope"],
  ["alibaba", "dashscope"],
  ["hf", "huggingface"],
  ["hugging-face", "huggingface"],
  ["nvidia-nim", "nvidia"],
  ["github-models", "github"],
  ["open-router", "openrouter"],
  ["lm-studio", "lmstudio"],
  ["llama-cpp", "llamacpp"],
  ["hosted-vllm", "vllm"],
  ["custom-openai", "openai-compatible"],
  ["novita-ai", "novita"],
  ["featherless-ai", "featherless"],
  ["workers-ai", "cloudflare"],
  ["cortex", "snowflake"],
]);

// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
const bedrock =
  "Use its OpenAI-compatible endpoint with a Bedrock API key: { kind: openai-compatible, base_url: https://bedrock-runtime.REGION.amazonaws.com/openai/v1, api_key: ${AWS_BEARER_TOKEN_BEDROCK} }";

/** Vendors without a row, with the remedy. */
const absent: ReadonlyMap<string, string> = new Map(
  ["bedrock", "aws", "aws-bedrock", "amazon", "amazon-bedrock"].map((name) => [name, bedrock] as const),
);

export const providerNames: ProviderNames = { aliases, absent };
