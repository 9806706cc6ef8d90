// Gemini's models, by family, as the Gemini API serves them (not Vertex). It does not fetch images by URL, so they are
// inlined. From 3 on, thinking is a level and calls carry signatures that must come back; results may contain media,
// each image has its own detail, and the vendor's own tools work beside functions. Sources: the guide to Gemini 3 and
// "Media resolution" on ai.google.dev, the refusals in symfony/ai#803 and google-gemini/gemini-cli#19436.
import type { ModelFacts } from "../../core/provider.ts";
import type { Family } from "./family.ts";

/** They hear recordings, and write down what is said. */
const listening: Partial<ModelFacts> = { tasks: ["chat", "count", "transcription"] };
/** Sizes as in "Image generation" on ai.google.dev; the cloud's reference has the same. */
const drawing = {
  sizes: ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"],
  most: 1,
  edits: true,
  formats: [],
} as const;
const drawingTasks: Partial<ModelFacts> = { tasks: ["chat", "count", "image-generation"] };
/** Imagen is asked at a path of its own, and does not converse. Source: its reference at Google Cloud. */
const imagen = {
  variant: "predict",
  sizes: ["1:1", "3:4", "4:3", "9:16", "16:9"],
  most: 4,
  edits: false,
  formats: ["png", "jpeg"],
} as const;

const common: Partial<ModelFacts> = {
  ...listening,
  images: true,
  imageUrls: false,
  pdf: true,
  audio: true,
  tools: true,
  jsonSchema: true,
  jsonWithTools: false,
  seed: true,
  sampling: true,
  forcedToolChoice: true,
};
const before3 = { mediaInResults: false, mediaDetail: false } as const;
const from3 = { mediaInResults: true, mediaDetail: true } as const;
/** From 2.5 on, prompts are cached automatically. Source: "Context caching" on ai.google.dev, implicit caching. */
const from25: Partial<ModelFacts> = { contextTokens: 1_048_576, outputTokens: 65_536, promptCache: "itself" };

function level(levels: readonly string[], budgets?: false): Partial<ModelFacts> {
  return {
    ...common,
    ...from25,
    ...from3,
    jsonWithTools: true,
    signatures: true,
    reasoning: { style: "level", levels, budgets },
  };
}
function budget(minimum: number, maximum: number, off: number): Partial<ModelFacts> {
  // 2.5 on the Gemini API answers 400 to either penalty.
  return {
    ...common,
    ...from25,
    ...before3,
    penalties: false,
    reasoning: { style: "budget", minimum, maximum, off },
  };
}

export const geminiFamilies: readonly Family[] = [
  // Image models neither call functions nor reason on request.
  {
    match: /^gemini-[12][\d.]*-.*image/,
    facts: { ...common, ...before3, ...drawingTasks, drawing, audio: false, tools: false, jsonSchema: false },
  },
  {
    match: /^gemini-[34][\d.]*-.*image/,
    facts: {
      ...drawingTasks,
      drawing: {
        ...drawing,
        lengths: [
          ["1K", 1024],
          ["2K", 2048],
          ["4K", 4096],
        ],
      },
      images: true,
      imageUrls: false,
      signatures: false,
    },
  },
  // They take texts only, and answer with sound: "Speech generation" on ai.google.dev.
  {
    match: /^gemini-.*-tts/,
    facts: {
      tasks: ["chat", "count", "speech"],
      images: false,
      imageUrls: false,
      pdf: false,
      audio: false,
      tools: false,
      jsonSchema: false,
    },
  },
  {
    match: /^imagen-4\.0-(?:ultra-)?generate/,
    facts: {
      tasks: ["image-generation"],
      drawing: {
        ...imagen,
        lengths: [
          ["1K", 1024],
          ["2K", 2048],
        ],
      },
    },
  },
  { match: /^imagen-/, facts: { tasks: ["image-generation"], drawing: imagen } },
  { match: /^gemini-1\.5-pro/, facts: { ...common, ...before3, contextTokens: 2_097_152, outputTokens: 8192 } },
  { match: /^gemini-(1\.5|2\.0)-/, facts: { ...common, ...before3, contextTokens: 1_048_576, outputTokens: 8192 } },
  { match: /^gemini-2\.5-flash-lite/, facts: budget(512, 24_576, 0) },
  { match: /^gemini-2\.5-flash/, facts: budget(0, 24_576, 0) },
  { match: /^gemini-2\.5-pro/, facts: budget(128, 32_768, 128) },
  { match: /^gemini-3[\d.]*-flash-lite/, facts: level(["minimal", "low", "medium", "high"]) },
  { match: /^gemini-3(\.[0-6])?-flash/, facts: level(["minimal", "low", "medium", "high"]) },
  { match: /^gemini-3[\d.]*-flash/, facts: level(["low", "medium", "high"]) },
  { match: /^gemini-3-pro/, facts: level(["low", "high"]) },
  { match: /^gemini-3/, facts: level(["low", "medium", "high"]) },
  { match: /^gemini-4.*hydrogen/, facts: { ...level(["low", "medium", "high", "xhigh"], false), contextTokens: null } },
  {
    match: /^gemini-4/,
    facts: { ...level(["low", "medium", "high"], false), contextTokens: null, outputTokens: null },
  },
  // The rolling names refer to 3 or later.
  { match: /^gemini-(flash|flash-lite|pro)-latest/, facts: level(["low", "medium", "high"]) },
  // Every other Gemini also needs inlined images.
  { match: /^gemini-|^gemma-/, facts: { imageUrls: false } },
];
