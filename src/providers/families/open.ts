// Other companies' models, as OpenAI-compatible hosts serve them. Only facts about the model itself: a deviation of a
// host is a quirk in its row.
import type { Family } from "./family.ts";

const words = ["low", "medium", "high"] as const;

// `After the optional system message, conversation roles must alternate user and assistant roles except for tool calls
// and results`: from these models' template (vllm-project/vllm#6862). Mistral's own service differs.
const alternating = { turnOrder: "alternating" } as const;

export const openFamilies: readonly Family[] = [
  // Source: docs.aws.amazon.com/nova/latest/userguide (what is Amazon Nova), docs.aws.amazon.com/nova/latest/nova2-userguide.
  {
    match: /^nova-(?:micro|sonic)/,
    facts: { contextTokens: 128_000, images: false, pdf: false, audio: false, tools: true, multipleChoices: false },
  },
  {
    match: /^nova-2/,
    facts: {
      contextTokens: 1_000_000,
      outputTokens: 64_000,
      images: true,
      pdf: true,
      audio: false,
      tools: true,
      multipleChoices: false,
      forcedToolChoice: true,
      promptCache: "marks",
      reasoning: { style: "effort", efforts: ["none", ...words] },
    },
  },
  {
    match: /^nova-(?:lite|pro|premier)/,
    facts: {
      contextTokens: 300_000,
      images: true,
      pdf: true,
      audio: false,
      tools: true,
      multipleChoices: false,
      forcedToolChoice: true,
      promptCache: "marks",
    },
  },
  { match: /gpt-oss/, facts: { images: false, tools: true, reasoning: { style: "effort", efforts: words } } },
  {
    match: /deepseek-(v4|chat|reasoner)|deepseek-v\d/,
    facts: {
      contextTokens: 1_000_000,
      outputTokens: 384_000,
      audio: false,
      pdf: false,
      tools: true,
      jsonSchema: false,
      reasoning: { style: "effort", efforts: ["none", "high", "max"] },
      // Refuses an assistant message with calls without its reasoning.
      reasoningField: "reasoning_content",
    },
  },
  {
    match: /grok-4\.3/,
    facts: {
      contextTokens: 1_000_000,
      outputTokens: 30_000,
      images: true,
      tools: true,
      jsonSchema: true,
      audio: false,
      reasoning: { style: "effort", efforts: ["none", ...words] },
    },
  },
  {
    match: /mistral-large-(4|latest)/,
    facts: {
      ...alternating,
      contextTokens: 262_144,
      tools: true,
      jsonSchema: true,
      images: true,
      audio: false,
      logprobs: false,
      reasoning: { style: "effort", efforts: words },
    },
  },
  { match: /mistral-large/, facts: { ...alternating, tools: true, jsonSchema: true, audio: false, logprobs: false } },
  { match: /mistral|mixtral|ministral|devstral|codestral|magistral|pixtral/, facts: alternating },
  // The older templates of Gemma (google/adk-python#1373).
  { match: /gemma-?[12]($|[^\d.])/, facts: { ...alternating, systemMessages: "none" } },
  { match: /gemma-?3/, facts: alternating },
  // A second system message names a file. Source: Alibaba's guide to Qwen-Long.
  { match: /qwen-(long|doc)/, facts: { systemMessages: "leading" } },
  { match: /glm-(4\.[5-9]|[5-9])/, facts: { tools: true, reasoning: { style: "effort", efforts: ["none", "high"] } } },
  { match: /kimi-|mimo-/, facts: { tools: true, reasoningField: "reasoning_content" } },
];
