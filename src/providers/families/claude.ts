// Claude's models, by family. Up to 4.5 thinking is a token budget, from 4.6 on it is adaptive with an effort; after
// 4.6 budgets and sampling are refused. Patterns are not anchored: clouds put a region and a vendor before the name.
// Sources: "Configurations each model rejects" on the vendor's page on thinking, its pages on effort, mid-conversation
// system messages and each of its tools, and the capabilities in its list of models.
import type { Effort } from "../../core/chat.ts";
import type { ModelFacts, ReasoningFacts } from "../../core/provider.ts";
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
  laterSystem: false,
};

/** New after 4.5: newer versions of web search and web fetch, and compaction. */
const afterBudgets = ["web_search_2026", "web_fetch_2026", "compact_"];
const newScreen = "computer_20251124";
const oldScreen = "computer_20250124";
const toolSearch = "tool_search_tool_";

type Budget = Extract<ReasoningFacts, { style: "budget" }>;
type Adaptive = Extract<ReasoningFacts, { style: "adaptive" }>;

// The budget must stay below the answer's limit; 1024 tokens are reserved for the answer itself.
function budget(
  outputTokens: number,
  differences: Partial<ModelFacts>,
  efforts?: Budget["efforts"],
): Partial<ModelFacts> {
  const reasoning: Budget = { style: "budget", minimum: 1024, maximum: outputTokens - 1024, off: 0 };
  return {
    ...common,
    contextTokens: 200_000,
    outputTokens,
    reasoning: efforts === undefined ? reasoning : { ...reasoning, efforts },
    refusedTypes: [...afterBudgets, newScreen],
    takesRegion: false,
    ...differences,
  };
}

function adaptive(thinking: Partial<Adaptive>, differences: Partial<ModelFacts>): Partial<ModelFacts> {
  return {
    ...common,
    contextTokens: 1_000_000,
    outputTokens: 128_000,
    jsonSchema: true,
    sampling: false,
    prefill: false,
    laterSystem: true,
    refusedTypes: [oldScreen],
    reasoning: { style: "adaptive", efforts: upToMax, off: true, strongestOff: "high", ...thinking },
    ...differences,
  };
}

const upToMax: readonly Effort[] = ["low", "medium", "high", "xhigh", "max"];
const native = { jsonSchema: true, oneSampler: true };
/** Both kinds of thinking, without `xhigh`. */
const between: Partial<Adaptive> = {
  efforts: ["low", "medium", "high", "max"],
  strongestOff: undefined,
  budgets: true,
};
const sampled = { sampling: true, oneSampler: true, laterSystem: false };
const unforced = { contextTokens: null, forcedToolChoice: false };
const older: Partial<ModelFacts> = {
  ...common,
  takesRegion: false,
  jsonSchema: false,
  refusedTypes: [...afterBudgets, newScreen, oldScreen, toolSearch],
};

export const claudeFamilies: readonly Family[] = [
  { match: /claude-(instant|2)/, facts: { ...older, images: false, pdf: false, tools: false } },
  {
    match: /claude-3[-.]7/,
    facts: budget(64_000, { jsonSchema: false, refusedTypes: [...afterBudgets, newScreen, toolSearch] }),
  },
  { match: /claude-3[-.]5/, facts: { ...older, contextTokens: 200_000, outputTokens: 8192 } },
  { match: /claude-3-/, facts: { ...older, contextTokens: 200_000, outputTokens: 4096 } },
  { match: /claude-opus-4[-.]1(?!\d)/, facts: budget(32_000, native) },
  {
    match: /claude-opus-4[-.]5(?!\d)/,
    facts: budget(64_000, { ...native, refusedTypes: [...afterBudgets, oldScreen] }, ["low", "medium", "high"]),
  },
  {
    match: /claude-sonnet-4[-.]5(?!\d)/,
    facts: budget(64_000, { ...native, refusedTypes: [...afterBudgets, newScreen] }),
  },
  { match: /claude-haiku-4[-.]5(?!\d)/, facts: budget(64_000, native) },
  { match: /claude-(opus|sonnet)-4[-.]6(?!\d)/, facts: adaptive(between, sampled) },
  { match: /claude-opus-4[-.]7(?!\d)/, facts: adaptive({}, { laterSystem: false }) },
  { match: /claude-opus-4[-.]8(?!\d)/, facts: adaptive({}, {}) },
  { match: /claude-opus-4(?![-.]\d(?!\d))/, facts: budget(32_000, { jsonSchema: false }) },
  { match: /claude-sonnet-4(?![-.]\d(?!\d))/, facts: budget(64_000, { jsonSchema: false }) },
  { match: /claude-haiku-5[-.]5(?!\d)/, facts: adaptive({}, { contextTokens: null }) },
  { match: /claude-sonnet-5[-.]5(?!\d)/, facts: adaptive({ off: false, betweenTools: true }, unforced) },
  { match: /claude-mythos-preview/, facts: adaptive({ off: false, budgets: true }, { contextTokens: null }) },
  {
    match: /claude-opus-5[-.]5(?!\d)/,
    facts: adaptive({ off: false }, { ...unforced, refusedTypes: [oldScreen, newScreen] }),
  },
  { match: /claude-(fable|mythos)-5[-.]\d(?!\d)/, facts: adaptive({ off: false }, unforced) },
  { match: /claude-(fable|mythos)-/, facts: adaptive({ off: false }, { contextTokens: null }) },
  { match: /claude-(opus|sonnet|haiku)-5/, facts: adaptive({}, {}) },
];
