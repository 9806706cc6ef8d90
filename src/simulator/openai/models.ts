// The simulated models of this vendor: any name of a known family, with its dated name in answers and its limits.
// Figures as published by the vendor, rounded; unknown members of a family get the family's.
import { type Engine, engineOf } from "./check-engine.ts";
import { type Host, hostOf } from "./check-host.ts";
import { type ChatTemplate, templateOf } from "./chat-template.ts";

/** Settings that came or went with a generation. Empty: there is no such setting. */
export interface ModelSettings {
  readonly verbosities: readonly string[];
  /** Of `prompt_cache_retention`. */
  readonly retentions: readonly string[];
  /** Of `reasoning.summary`. */
  readonly summaries: readonly string[];
  /** Of `reasoning.context`. */
  readonly contexts: readonly string[];
  /** Takes `reasoning.mode`, `prompt_cache_options` and `prompt_cache_breakpoint`. */
  readonly isNewest: boolean;
  /** Of an image's `detail`. */
  readonly details: readonly string[];
  readonly takesPrediction: boolean;
  /** Takes `parallel_tool_calls` in Chat Completions. */
  readonly takesParallel: boolean;
}

export interface ModelTraits {
  /** The name in the answer's `model` field. */
  readonly servedAs: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
  /** Reasons before it answers: other parameters are allowed then. */
  readonly reasons: boolean;
  /** The efforts that it takes; empty without reasoning. */
  readonly efforts: readonly string[];
  /** Takes custom tools, which came with GPT-5. */
  readonly takesFreeForm: boolean;
  /** Takes `tool_search`, which came with GPT-5.4, except its nano. */
  readonly takesToolSearch: boolean;
  /** Only in the Responses service. */
  readonly needsResponses: boolean;
  readonly settings: ModelSettings;
  /** Another company's model, as a host with a strict template serves it. */
  readonly template?: ChatTemplate | undefined;
  /** The host whose members are checked in place of OpenAI's. */
  readonly host?: Host | undefined;
  /** The compiler of schemas there. */
  readonly engine?: Engine | undefined;
}

const datedNames: Readonly<Record<string, string>> = {
  "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
  "gpt-4": "gpt-4-0613",
  "gpt-4-turbo": "gpt-4-turbo-2024-04-09",
  "gpt-4o": "gpt-4o-2024-08-06",
  "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
  "gpt-4.1": "gpt-4.1-2025-04-14",
  "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
  "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
  "gpt-5": "gpt-5-2025-08-07",
  "gpt-5-mini": "gpt-5-mini-2025-08-07",
  "gpt-5-nano": "gpt-5-nano-2025-08-07",
  o1: "o1-2024-12-17",
  o3: "o3-2025-04-16",
  "o3-mini": "o3-mini-2025-01-31",
  "o4-mini": "o4-mini-2025-04-16",
};

/** Names the model list shows. */
export const listedModels: readonly string[] = Object.keys(datedNames);

const families: readonly (readonly [RegExp, Pick<ModelTraits, "contextTokens" | "outputTokens" | "reasons">])[] = [
  [/^gpt-3\.5/, { contextTokens: 16_385, outputTokens: 4096, reasons: false }],
  [/^gpt-4\.1/, { contextTokens: 1_047_576, outputTokens: 32_768, reasons: false }],
  [/^(gpt-4o|chatgpt-4o|gpt-4-turbo)/, { contextTokens: 128_000, outputTokens: 16_384, reasons: false }],
  [/^gpt-4/, { contextTokens: 8192, outputTokens: 8192, reasons: false }],
  [/^gpt-5-chat/, { contextTokens: 128_000, outputTokens: 16_384, reasons: false }],
  [/^gpt-5\.\d-chat/, { contextTokens: 128_000, outputTokens: 16_384, reasons: true }],
  [/^gpt-5(\.\d)?-pro/, { contextTokens: 400_000, outputTokens: 272_000, reasons: true }],
  [/^gpt-5\.[4-9]/, { contextTokens: 1_050_000, outputTokens: 128_000, reasons: true }],
  [/^gpt-[5-9]/, { contextTokens: 400_000, outputTokens: 128_000, reasons: true }],
  [/^o[134]/, { contextTokens: 200_000, outputTokens: 100_000, reasons: true }],
  [/^gpt-/, { contextTokens: 128_000, outputTokens: 16_384, reasons: false }],
  [
    /^(qwen|gemma|meta-llama|deepseek|yi-|phi-3|sonar|kimi|mistral|ministral|devstral|magistral|codestral|llama-.*(?:versatile|instant)$|llama3\.1-8b|zai-glm|accounts\/fireworks\/|grok-|meta-llama\/|deepseek-(?:chat|flash|v4)|openrouter\/)/,
    { contextTokens: 128_000, outputTokens: 32_768, reasons: false },
  ],
];

export function modelTraits(name: string): ModelTraits | undefined {
  const family = families.find(([pattern]) => pattern.test(name))?.[1];
  if (family === undefined) return undefined;
  return {
    ...family,
    servedAs: datedNames[name] ?? name,
    template: templateOf(name),
    host: hostOf(name),
    engine: engineOf(name),
    efforts: family.reasons ? effortsOf(name) : [],
    takesFreeForm: /^gpt-[5-9]/.test(name),
    takesToolSearch: /^gpt-(?:5\.[4-9]|[6-9])/.test(name) && !name.startsWith("gpt-5.4-nano"),
    needsResponses: /^(o1-pro|o3-pro|gpt-5(\.\d)?-pro|gpt-5(\.\d)?-codex)/.test(name),
    settings: settingsOf(name),
  };
}

/** From the lowest effort to the highest. */
function effortsOf(name: string): readonly string[] {
  if (/^(?:o\d|gpt-5(\.1)?-codex(?!-max))/.test(name)) return ["low", "medium", "high"];
  if (name.startsWith("gpt-5-pro")) return ["high"];
  if (/^gpt-5\.\d-pro/.test(name)) return ["medium", "high", "xhigh"];
  if (/^gpt-5\.\d-chat/.test(name)) return ["medium"];
  if (/^gpt-5\.(?:1-codex-max|2-codex)/.test(name)) return ["low", "medium", "high", "xhigh"];
  if (name.startsWith("gpt-5.1")) return ["none", "low", "medium", "high"];
  if (/^gpt-5\.[2-5]/.test(name)) return ["none", "low", "medium", "high", "xhigh"];
  if (/^gpt-5\.[6-9]/.test(name)) return ["none", "low", "medium", "high", "xhigh", "max"];
  if (/^gpt-[6-9]/.test(name)) {
    const mayRest = /sol|luna|6\.1-terra/.test(name);
    return [...(mayRest ? ["none"] : []), "low", "medium", "high", "xhigh", "max"];
  }
  return ["minimal", "low", "medium", "high"];
}

const details: readonly string[] = ["low", "high", "auto"];

/**
 * Sources: the vendor's guides on prompt caching and reasoning as of 2026-11, and users' measurements per model
 * (enricoros/big-AGI#947, openai/codex#2376, glowingjade/obsidian-smart-composer#499, run-llama/llama_index#20865).
 */
function settingsOf(name: string): ModelSettings {
  const isOlder = /^(?:gpt-3|gpt-4|chatgpt-4o|o\d)/.test(name);
  const isNewest = /^gpt-(?:5\.[6-9]|[6-9])/.test(name);
  const isCoder = /^gpt-5(\.[12])?-codex/.test(name);
  const summaries = isOlder || /^gpt-5(?:$|-)/.test(name) ? ["auto", "detailed"] : ["auto", "concise", "detailed"];
  return {
    verbosities: isOlder || isCoder || /-chat/.test(name) ? ["medium"] : ["low", "medium", "high"],
    retentions: retentionsOf(name, isOlder),
    summaries: name.includes("-spark") ? [] : summaries,
    contexts: isNewest ? ["auto", "current_turn", "all_turns"] : ["auto", "current_turn"],
    isNewest,
    details: /^gpt-(?:5\.3-codex|5\.[4-9]|[6-9])/.test(name) ? [...details, "original"] : details,
    takesPrediction: /^gpt-4(?:o|\.1)/.test(name),
    takesParallel: !/^o\d/.test(name),
  };
}

function retentionsOf(name: string, isOlder: boolean): readonly string[] {
  if (isOlder && !name.startsWith("gpt-4.1")) return [];
  return /^gpt-(?:5\.[5-9]|[6-9])/.test(name) ? ["24h"] : ["in_memory", "24h"];
}
