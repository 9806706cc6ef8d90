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
  ["aws", "bedrock"],
  ["aws-bedrock", "bedrock"],
  ["amazon", "bedrock"],
  ["amazon-bedrock", "bedrock"],
  ["bedrock-converse", "bedrock"],
  ["bedrock-runtime", "bedrock"],
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

/** Vendors without a row, with the remedy. None at present. */
const absent: ReadonlyMap<string, string> = new Map();

export const providerNames: ProviderNames = { aliases, absent };
