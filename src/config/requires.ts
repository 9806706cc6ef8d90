// Checks `requires` of a node against every target below it, at load: so a stand-in that lacks a capability of the primary
// is found before it is needed. Only a capability known to be missing is a problem; an unknown one is not.
import type { ModelFacts, ProviderRow } from "../core/provider.ts";
import { parseTokens } from "../domain/duration.ts";
import type { RequiresConfig } from "./config-file.ts";
import type { Path, ProblemList } from "./problem.ts";

const ABILITIES = {
  images: (facts: ModelFacts) => facts.images,
  pdf: (facts: ModelFacts) => facts.pdf,
  audio: (facts: ModelFacts) => facts.audio,
  tools: (facts: ModelFacts) => facts.tools,
  json_schema: (facts: ModelFacts) => facts.jsonSchema,
  logprobs: (facts: ModelFacts) => facts.logprobs,
  seed: (facts: ModelFacts) => facts.seed,
  prefill: (facts: ModelFacts) => facts.prefill ?? null,
} as const;

export const abilityNames: readonly string[] = Object.keys(ABILITIES);

const isFewer = (limit: number | null, requested: RequiresConfig[string]): boolean =>
  typeof requested !== "boolean" && requested !== undefined && limit !== null && limit < (parseTokens(requested) ?? 0);

/** Reports a target that lacks a required capability. */
export const checkRequires = (
  requires: RequiresConfig,
  { row, model }: { readonly row: ProviderRow; readonly model: string },
  { path, problems }: { readonly path: Path; readonly problems: ProblemList },
): void => {
  if (Object.keys(requires).length === 0) return;
  const facts = row.facts(model);
  const lacks = Object.entries(ABILITIES)
    .filter(([name, ability]) => requires[name] === true && ability(facts) === false)
    .map(([name]) => name);
  const { context, output } = requires;
  if (isFewer(facts.contextTokens, context))
    lacks.push(`a context window of ${context} tokens (it has ${facts.contextTokens})`);
  if (isFewer(facts.outputTokens, output)) lacks.push(`${output} output tokens (its limit is ${facts.outputTokens})`);
  if (lacks.length > 0) problems.add(path, `this model does not meet requires: ${lacks.join(", ")}`);
};
