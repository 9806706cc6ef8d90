// OpenAI's models, by family. Limits and efforts from the published model pages as of 2026-11; a null says that no page
// did. Never lists a price, and never a model that only the Responses protocol serves.
import type { Effort } from "../../core/chat.ts";
import type { ModelFacts } from "../../core/provider.ts";
import type { Family } from "./family.ts";

const classic: Partial<ModelFacts> = {
  audio: false,
  tools: true,
  multipleChoices: true,
  seed: true,
  penalties: true,
  sampling: true,
  forcedToolChoice: true,
  logprobs: true,
  maxTokensField: "max_tokens",
};
const multimodal: Partial<ModelFacts> = {
  ...classic,
  images: true,
  imageUrls: true,
  pdf: true,
  jsonSchema: true,
  jsonWithTools: true,
};

// Reasoning models refuse temperature, penalties and the old name of the token limit.
function thinking(efforts: readonly Effort[], limits: Partial<ModelFacts>): Partial<ModelFacts> {
  return {
    images: true,
    imageUrls: true,
    pdf: true,
    audio: false,
    tools: true,
    jsonSchema: true,
    jsonWithTools: true,
    penalties: false,
    sampling: false,
    forcedToolChoice: true,
    reasoning: { style: "effort", efforts },
    systemRole: "developer",
    maxTokensField: "max_completion_tokens",
    ...limits,
  };
}

const small = { contextTokens: 400_000, outputTokens: 128_000 };
const large = { contextTokens: 1_050_000, outputTokens: 128_000 };
const upToXhigh: readonly Effort[] = ["none", "low", "medium", "high", "xhigh"];

export const openaiFamilies: readonly Family[] = [
  {
    match: /^gpt-4o(-mini)?-(audio|realtime)|^gpt-audio/,
    facts: { ...classic, images: false, audio: true, jsonSchema: false, contextTokens: 128_000, outputTokens: 16_384 },
  },
  { match: /^gpt-4o(-mini)?-search/, facts: { contextTokens: 128_000, outputTokens: 16_384, sampling: false } },
  { match: /^gpt-4o/, facts: { ...multimodal, contextTokens: 128_000, outputTokens: 16_384 } },
  { match: /^gpt-4\.1/, facts: { ...multimodal, contextTokens: 1_047_576, outputTokens: 32_768 } },
  {
    match: /^gpt-4-turbo|^gpt-4-(0125|1106|vision)/,
    facts: { ...classic, pdf: false, jsonSchema: false, contextTokens: 128_000, outputTokens: 4096 },
  },
  { match: /^gpt-4-32k/, facts: { ...classic, images: false, pdf: false, jsonSchema: false, contextTokens: 32_768 } },
  {
    match: /^gpt-4($|-0)/,
    facts: { ...classic, images: false, pdf: false, jsonSchema: false, contextTokens: 8192, outputTokens: 8192 },
  },
  {
    match: /^gpt-3\.5-turbo/,
    facts: { ...classic, images: false, pdf: false, jsonSchema: false, contextTokens: 16_385, outputTokens: 4096 },
  },
  {
    match: /^o1-(mini|preview)/,
    facts: { images: false, audio: false, tools: false, sampling: false, maxTokensField: "max_completion_tokens" },
  },
  {
    match: /^o3-mini/,
    facts: thinking(["low", "medium", "high"], { images: false, contextTokens: 200_000, outputTokens: 100_000 }),
  },
  {
    match: /^o[134]($|-)/,
    facts: thinking(["low", "medium", "high"], {
      logprobs: false,
      contextTokens: 200_000,
      outputTokens: 100_000,
    }),
  },
  // The chat variants do not think on request.
  {
    match: /^gpt-5(\.\d)?-chat/,
    facts: { images: true, imageUrls: true, audio: false, maxTokensField: "max_completion_tokens" },
  },
  {
    match: /^gpt-5($|-)/,
    facts: thinking(["minimal", "low", "medium", "high"], { logprobs: false, multipleChoices: false, ...small }),
  },
  { match: /^gpt-5\.1/, facts: thinking(["none", "low", "medium", "high"], small) },
  { match: /^gpt-5\.[23]/, facts: thinking(upToXhigh, small) },
  { match: /^gpt-5\.[45]/, facts: thinking(upToXhigh, large) },
  // 5.6 knows `max` in the Responses protocol only.
  { match: /^gpt-5\.6/, facts: thinking(upToXhigh, {}) },
  {
    match: /^gpt-6(\.1)?-(sol|luna)|^gpt-6\.1-terra/,
    facts: thinking(["none", "low", "medium", "high", "xhigh", "max"], {}),
  },
  { match: /^gpt-6/, facts: thinking(["low", "medium", "high", "xhigh", "max"], {}) },
];
