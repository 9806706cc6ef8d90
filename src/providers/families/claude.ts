// Claude's models, by family. Up to 4.5 thinking is a budget of tokens, from 4.6 on it is adaptive with an effort; after
// 4.6 sampling is refused. Patterns are not anchored: clouds put a region and a vendor before the name.
import type { Effort } from "../../core/chat.ts";
import type { ModelFacts } from "../../core/provider.ts";
import type { Family } from "./family.ts";

const common: Partial<ModelFacts> = {
  images: true,
  imageUrls: true,
  pdf: true,
  audio: false,
  tools: true,
  jsonWithTools: true,
  logprobs: false,
  multipleChoices: false,
  seed: false,
  penalties: false,
  sampling: true,
  oneSampler: false,
  forcedToolChoice: true,
  prefill: true,
};

// The budget must stay below the answer's limit; 1024 tokens are kept for the answer itself.
function budget(outputTokens: number, differences: Partial<ModelFacts>): Partial<ModelFacts> {
  const reasoning = { style: "budget", minimum: 1024, maximum: outputTokens - 1024, off: 0 } as const;
  return { ...common, contextTokens: 200_000, outputTokens, reasoning, ...differences };
}

function adaptive(efforts: readonly Effort[], differences: Partial<ModelFacts>): Partial<ModelFacts> {
  return {
    ...common,
    contextTokens: 1_000_000,
    outputTokens: 128_000,
    jsonSchema: true,
    sampling: false,
    prefill: false,
    reasoning: { style: "adaptive", efforts, off: true },
    ...differences,
  };
}

const upToMax: readonly Effort[] = ["low", "medium", "high", "xhigh", "max"];
const native = { jsonSchema: true, oneSampler: true };
const unforced = { contextTokens: null, forcedToolChoice: false };

export const claudeFamilies: readonly Family[] = [
  { match: /claude-(instant|2)/, facts: { ...common, images: false, pdf: false, tools: false, jsonSchema: false } },
  {
    match: /claude-3[-.]7/,
    facts: budget(64_000, { jsonSchema: false }),
  },
  {
    match: /claude-3[-.]5/,
    facts: { ...common, jsonSchema: false, contextTokens: 200_000, outputTokens: 8192 },
  },
  { match: /claude-3-/, facts: { ...common, jsonSchema: false, contextTokens: 200_000, outputTokens: 4096 } },
  { match: /claude-opus-4[-.]1(?!\d)/, facts: budget(32_000, native) },
  { match: /claude-(opus|sonnet|haiku)-4[-.]5(?!\d)/, facts: budget(64_000, native) },
  {
    match: /claude-sonnet-4[-.]6(?!\d)/,
    facts: adaptive(["low", "medium", "high", "max"], { sampling: true, oneSampler: true, outputTokens: 64_000 }),
  },
  {
    match: /claude-opus-4[-.]6(?!\d)/,
    facts: adaptive(["low", "medium", "high", "max"], { sampling: true, oneSampler: true }),
  },
  { match: /claude-opus-4[-.][78](?!\d)/, facts: adaptive(upToMax, {}) },
  { match: /claude-opus-4(?![-.]\d(?!\d))/, facts: budget(32_000, { jsonSchema: false }) },
  { match: /claude-sonnet-4(?![-.]\d(?!\d))/, facts: budget(64_000, { jsonSchema: false }) },
  { match: /claude-haiku-5[-.]5(?!\d)/, facts: adaptive(upToMax, { contextTokens: null }) },
  {
    match: /claude-sonnet-5[-.]5(?!\d)/,
    facts: adaptive(upToMax, {
      ...unforced,
      reasoning: { style: "adaptive", efforts: upToMax, off: false, betweenTools: true },
    }),
  },
  {
    match: /claude-(opus-5[-.]5(?!\d)|fable-|mythos-)/,
    facts: adaptive(upToMax, { ...unforced, reasoning: { style: "adaptive", efforts: upToMax, off: false } }),
  },
  { match: /claude-(opus|sonnet|haiku)-5/, facts: adaptive(upToMax, {}) },
];
