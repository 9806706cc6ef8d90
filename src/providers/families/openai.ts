// OpenAI's models, by family. Limits and efforts from the published model pages as of 2026-11; null if no page has one.
// What Chat Completions refuses and Responses takes is a detour. Web searches go there too, except for the search
// models (recorded: "Web search options not supported with this model."). It never lists a price.
import type { Effort } from "../../core/chat.ts";
import type { Detour, ModelFacts } from "../../core/provider.ts";
import type { Family } from "./family.ts";

// Free text came with GPT-5, tool search with GPT-5.4 except its nano ("Tool search", developers.openai.com; OpenAI
// answers `Tool 'tool_search' is not supported with gpt-5.4-nano.`).
const functionsOnly: Partial<ModelFacts> = { customTools: false, toolSearch: false };
const freeText: Partial<ModelFacts> = { customTools: true, toolSearch: false };
const allTools: Partial<ModelFacts> = { customTools: true, toolSearch: true };

/** Search models, in Chat Completions. */
const searcher = { webSearch: true, sampling: false } as const;

const classic: Partial<ModelFacts> = {
  tasks: ["chat"],
  ...functionsOnly,
  webSearch: false,
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
    tasks: ["chat"],
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
    webSearch: false,
    reasoning: { style: "effort", efforts },
    systemRole: "developer",
    maxTokensField: "max_completion_tokens",
    ...limits,
  };
}

/** Only in Responses: Chat Completions answers 404 and says so. */
const responsesOnly = /^(?:o1-pro|o3-pro|gpt-5(?:\.\d)?-pro|gpt-5(?:\.\d)?-codex)/;

function byResponses(when: Detour["when"], efforts: readonly Effort[] = []): { readonly detour: Detour } {
  return { detour: { protocol: "openai-responses", when, efforts } };
}

/** The detour exists for what a caller may ask for; no model needs it for functions or an effort alone. */
export const mayDetour: { readonly detour: Detour } = byResponses("never");

/** They search through Responses only. */
const searching = { webSearch: "openai-responses" } as const;

/** The facts of an OpenAI model, by its lower-cased name: requests that only Responses takes go there. */
export function withDetour(facts: ModelFacts, name: string): ModelFacts {
  return responsesOnly.test(name) ? { ...facts, ...byResponses("always", facts.detour?.efforts) } : facts;
}

/** Prompts are cached from GPT-4o on. Source: OpenAI's guide "Prompt caching". */
export function withPromptCache(facts: ModelFacts, name: string): ModelFacts {
  return /^(?:gpt-3|gpt-4(?:$|-)|o1-(?:mini|preview))/.test(name) ? facts : { ...facts, promptCache: "key" };
}

const beforeGpt54 = /^(?:gpt-3|gpt-4|chatgpt-4o|o\d|gpt-5(?:$|-|\.[0-3](?!-codex)|\.[0-2]))/;
const fromGpt54 = /^gpt-(?:5\.3-codex|(?:5\.[4-9]|[6-9])(?!.*-(?:mini|nano)))/;
const beforeGpt56 = /^(?:gpt-3|gpt-4|chatgpt-4o|o\d|gpt-5(?:$|-|\.[0-5]))/;

/**
 * Images in their own size came with GPT-5.3-Codex (openai/codex#13050), and are not known of the small models; marks in
 * prompts came with GPT-5.6 (OpenAI's guide "Prompt caching").
 */
export function withNewerParts(facts: ModelFacts, name: string): ModelFacts {
  const originalDetail = beforeGpt54.test(name) ? false : fromGpt54.test(name) ? true : undefined;
  return { ...facts, originalDetail, ...(beforeGpt56.test(name) ? { cacheBreakpoints: false } : {}) };
}

const chatty = { contextTokens: 128_000, outputTokens: 16_384 };
const small = { contextTokens: 400_000, outputTokens: 128_000 };
const large = { contextTokens: 1_050_000, outputTokens: 128_000 };
const upToXhigh: readonly Effort[] = ["none", "low", "medium", "high", "xhigh"];

/** Source: the pages of the models, and the image guide, developers.openai.com. */
const drawing = {
  sizes: ["1024x1024", "1536x1024", "1024x1536"],
  most: 10,
  edits: true,
  formats: ["png", "jpeg", "webp"],
} as const;
const dallE = { most: 1, edits: false, formats: [] } as const;
const draws: Partial<ModelFacts> = { tasks: ["image-generation"] };

export const openaiFamilies: readonly Family[] = [
  // Models with one task, which have paths of their own.
  { match: /^gpt-image-1|^chatgpt-image/, facts: { ...draws, drawing } },
  { match: /^gpt-image-/, facts: { ...draws, drawing: { ...drawing, anySize: true } } },
  {
    match: /^dall-e-3/,
    facts: { ...draws, drawing: { ...dallE, sizes: ["1024x1024", "1792x1024", "1024x1792"] } },
  },
  {
    match: /^dall-e-2/,
    facts: { ...draws, drawing: { ...dallE, most: 10, sizes: ["1024x1024", "512x512", "256x256"] } },
  },
  { match: /^tts-1|^gpt-4o-mini-tts/, facts: { tasks: ["speech"] } },
  { match: /^whisper-|^gpt-(?:4o-(?:mini-)?)?transcribe/, facts: { tasks: ["transcription"], audio: true } },
  {
    match: /^gpt-4o(-mini)?-(audio|realtime)|^gpt-audio/,
    facts: { ...classic, images: false, audio: true, jsonSchema: false, contextTokens: 128_000, outputTokens: 16_384 },
  },
  {
    match: /^gpt-4o(-mini)?-search/,
    facts: { ...functionsOnly, contextTokens: 128_000, outputTokens: 16_384, ...searcher },
  },
  { match: /^gpt-5(-mini)?-search/, facts: searcher },
  { match: /^gpt-4o/, facts: { ...multimodal, ...searching, contextTokens: 128_000, outputTokens: 16_384 } },
  // "Web search is not supported in gpt-4.1-nano": the guide of the tool.
  { match: /^gpt-4\.1-nano/, facts: { ...multimodal, contextTokens: 1_047_576, outputTokens: 32_768 } },
  { match: /^gpt-4\.1/, facts: { ...multimodal, ...searching, contextTokens: 1_047_576, outputTokens: 32_768 } },
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
    facts: {
      ...functionsOnly,
      webSearch: false,
      images: false,
      audio: false,
      tools: false,
      sampling: false,
      maxTokensField: "max_completion_tokens",
    },
  },
  {
    match: /^o3-mini/,
    facts: thinking(["low", "medium", "high"], {
      ...functionsOnly,
      images: false,
      contextTokens: 200_000,
      outputTokens: 100_000,
    }),
  },
  {
    match: /^o1($|-)/,
    facts: thinking(["low", "medium", "high"], {
      ...functionsOnly,
      logprobs: false,
      contextTokens: 200_000,
      outputTokens: 100_000,
    }),
  },
  {
    match: /^o[34]($|-)/,
    facts: thinking(["low", "medium", "high"], {
      ...functionsOnly,
      logprobs: false,
      contextTokens: 200_000,
      outputTokens: 100_000,
      ...searching,
    }),
  },
  // The first chat variant does not reason, the others decide themselves. Efforts of all later ones as measured on
  // Responses (enricoros/big-AGI#944, pydantic/pydantic-ai#6414).
  {
    match: /^gpt-5-chat/,
    facts: {
      images: true,
      imageUrls: true,
      audio: false,
      sampling: true,
      toolSearch: false,
      maxTokensField: "max_completion_tokens",
      ...chatty,
      ...searching,
    },
  },
  { match: /^gpt-5\.[0-3]-chat/, facts: thinking(["medium"], { ...chatty, ...searching, toolSearch: false }) },
  { match: /^gpt-5\.\d-chat/, facts: thinking(["medium"], { ...chatty, ...searching }) },
  { match: /^gpt-5-pro/, facts: thinking(["high"], { ...freeText, ...small, outputTokens: 272_000, ...searching }) },
  {
    match: /^gpt-5\.\d-pro/,
    facts: thinking(["medium", "high", "xhigh"], { ...freeText, contextTokens: 400_000, ...searching }),
  },
  {
    match: /^gpt-5(\.1)?-codex(?!-max)/,
    facts: thinking(["low", "medium", "high"], { ...freeText, ...small, ...searching }),
  },
  {
    match: /^gpt-5\.(1-codex-max|2-codex)/,
    facts: thinking(["low", "medium", "high", "xhigh"], { ...freeText, ...small, ...searching }),
  },
  {
    match: /^gpt-5($|-)/,
    facts: thinking(["minimal", "low", "medium", "high"], {
      ...freeText,
      logprobs: false,
      multipleChoices: false,
      ...small,
      ...searching,
    }),
  },
  { match: /^gpt-5\.1/, facts: thinking(["none", "low", "medium", "high"], { ...freeText, ...small, ...searching }) },
  { match: /^gpt-5\.[23]/, facts: thinking(upToXhigh, { ...freeText, ...small, ...searching }) },
  {
    match: /^gpt-5\.4-nano/,
    facts: thinking(upToXhigh, { ...freeText, ...large, ...searching, ...byResponses("tools-and-effort") }),
  },
  {
    match: /^gpt-5\.[45]/,
    facts: thinking(upToXhigh, { ...allTools, ...large, ...searching, ...byResponses("tools-and-effort") }),
  },
  // From here on, only Responses takes `max`.
  {
    match: /^gpt-5\.6/,
    facts: thinking(upToXhigh, { ...allTools, ...searching, ...byResponses("tools-unless-none", ["max"]) }),
  },
  {
    match: /^gpt-6(\.1)?-(sol|luna)|^gpt-6\.1-terra/,
    facts: thinking(upToXhigh, { ...allTools, ...searching, ...byResponses("never", ["max"]) }),
  },
  {
    match: /^gpt-6/,
    facts: thinking(["low", "medium", "high", "xhigh"], {
      ...allTools,
      ...searching,
      ...byResponses("never", ["max"]),
    }),
  },
];
