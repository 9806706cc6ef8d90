// What a family of models can do, as a row: a pattern and the facts in which it differs from "unknown". A table is read
// top-down and the first match wins, so the narrower pattern stands first.
import type { ModelFacts } from "../../core/provider.ts";

export interface Family {
  /** Matched against the lower-cased model name. */
  readonly match: RegExp;
  readonly facts: Partial<ModelFacts>;
}

/** Nothing is known, nothing is excluded; thinking is not asked for, since a host that cannot think answers 400. */
export const unknownFacts: ModelFacts = {
  contextTokens: null,
  outputTokens: null,
  images: null,
  imageUrls: null,
  pdf: null,
  audio: null,
  tools: null,
  jsonSchema: null,
  jsonWithTools: null,
  logprobs: null,
  multipleChoices: null,
  seed: null,
  penalties: null,
  sampling: null,
  forcedToolChoice: null,
  customTools: null,
  toolSearch: null,
  reasoning: { style: "none" },
  signatures: false,
  systemRole: "system",
  maxTokensField: "max_tokens",
};

/** The facts of `model` over `base`: the first family that matches, else `base` as it is. */
export function findFacts(families: readonly Family[], base: ModelFacts, model: string): ModelFacts {
  const name = model.toLowerCase();
  const family = families.find((row) => row.match.test(name));
  return family === undefined ? base : { ...base, ...family.facts };
}
