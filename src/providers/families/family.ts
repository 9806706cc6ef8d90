// The abilities of a family of models, as a row: a pattern and the facts that differ from "unknown". A table is read
// top-down and the first match wins, so narrower patterns come first.
import type { ModelFacts } from "../../core/provider.ts";

export interface Family {
  /** Matched against the lower-cased model name. */
  readonly match: RegExp;
  readonly facts: Partial<ModelFacts>;
}

/** Nothing is known and nothing excluded; reasoning is not requested, because a model without it answers 400. */
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

/** The facts of `model` on top of `base`: those of the first matching family, otherwise `base`. */
export function findFacts(families: readonly Family[], base: ModelFacts, model: string): ModelFacts {
  const name = model.toLowerCase();
  const family = families.find((row) => row.match.test(name));
  return family === undefined ? base : { ...base, ...family.facts };
}
