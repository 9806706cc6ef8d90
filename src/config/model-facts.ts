// The operator's facts about models, by name or pattern. They override the catalogue, which knows nothing about a
// deployment's name or a private model. Returns a provider row with those facts; without any, the same row.
import type { ModelFacts, ProviderRow } from "../core/provider.ts";
import type { ModelConfig, ProviderConfig } from "./config-file.ts";
import type { Catalog } from "./environment.ts";
import type { Path, ProblemList } from "./problem.ts";

/** Boolean settings: all except these. */
type AbilityName = Exclude<
  keyof ModelConfig,
  "like" | "context" | "output" | "region" | "system_role" | "max_tokens_field"
>;

/** Boolean settings, and the fact behind each. */
export const abilityFacts: Readonly<Record<AbilityName, keyof ModelFacts>> = {
  images: "images",
  image_urls: "imageUrls",
  pdf: "pdf",
  audio: "audio",
  tools: "tools",
  json_schema: "jsonSchema",
  json_with_tools: "jsonWithTools",
  logprobs: "logprobs",
  n: "multipleChoices",
  seed: "seed",
  penalties: "penalties",
  sampling: "sampling",
  forced_tool_choice: "forcedToolChoice",
  prefill: "prefill",
};
const abilityNames = Object.keys(abilityFacts) as readonly AbilityName[];

/** The name or pattern for `model`: the exact name, otherwise the first matching pattern; null if none matches. */
export const findPattern = (patterns: Iterable<string>, model: string): string | null => {
  let matching: string | null = null;
  for (const pattern of patterns) {
    if (pattern === model) return pattern;
    if (matching === null && pattern.includes("*") && fits(pattern, model)) matching = pattern;
  }
  return matching;
};

/** Without a regular expression: names come with requests, which could provoke backtracking. */
const fits = (pattern: string, model: string): boolean => {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop() ?? "";
  if (!model.startsWith(first) || model.length < first.length + last.length || !model.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const position = model.indexOf(part, at);
    if (position === -1) return false;
    at = position + part.length;
  }
  return at <= model.length - last.length;
};

const readTokens = (value: ModelConfig["context"]): number | null | undefined =>
  value === undefined || value === null ? value : Number(value);

const readFacts = (config: ModelConfig): Partial<ModelFacts> => {
  const { context, output, region, system_role: systemRole, max_tokens_field: maxTokensField } = config;
  const overrides = Object.entries({
    contextTokens: readTokens(context),
    outputTokens: readTokens(output),
    region,
    systemRole,
    maxTokensField,
    ...Object.fromEntries(abilityNames.map((name) => [abilityFacts[name], config[name]])),
  });
  return Object.fromEntries(overrides.filter(([, value]) => value !== undefined));
};

interface ModelFactsPlace {
  readonly path: Path;
  readonly catalog: Catalog;
  readonly problems: ProblemList;
}

/** The facts of the model in `like`; null without `like`. */
const factsLike = (like: string | undefined, row: ProviderRow, place: ModelFactsPlace): ModelFacts | null => {
  if (like === undefined) return null;
  const slash = like.indexOf("/");
  const other = slash > 0 ? place.catalog.get(like.slice(0, slash)) : undefined;
  const facts = other === undefined ? row.facts(like) : other.facts(like.slice(slash + 1));
  const isKnown = abilityNames.some((name) => facts[abilityFacts[name]] != null) || facts.contextTokens !== null;
  if (!isKnown)
    place.problems.warn([...place.path, "like"], "unknown model", "Name a model of the catalogue, as provider/model");
  return facts;
};

/** `row` with the facts in `config.models`. */
export const withModels = (
  row: ProviderRow,
  models: NonNullable<ProviderConfig["models"]>,
  place: ModelFactsPlace,
): ProviderRow => {
  const factsByPattern = new Map(
    Object.entries(models).map(([name, config]) => {
      const path = [...place.path, name];
      if (name === "" || /[\s\p{Cc}]/u.test(name))
        place.problems.add(path, "a model's name must not be empty or contain whitespace");
      return [name, { base: factsLike(config.like, row, { ...place, path }), own: readFacts(config) }];
    }),
  );
  if (factsByPattern.size === 0) return row;
  return {
    ...row,
    facts(model) {
      const configured = factsByPattern.get(findPattern(factsByPattern.keys(), model) ?? "");
      return configured === undefined
        ? row.facts(model)
        : { ...(configured.base ?? row.facts(model)), ...configured.own };
    },
  };
};

const formatValue = (value: number | boolean | string | null): string => {
  if (value === null) return "unknown";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
};

/** `context 8192 · tools yes`: the operator's facts, for people. */
export const describeModel = (config: ModelConfig): string => {
  const entries = Object.entries(config).filter(([, value]) => value !== undefined);
  return entries.map(([name, value]) => `${name} ${formatValue(value as string | null)}`).join(" · ");
};
