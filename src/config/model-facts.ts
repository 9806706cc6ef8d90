// The operator's facts about models and their prices, by name or pattern. They override the catalogue, which knows nothing
// about a deployment's name or a private model. Returns a provider row with those facts; without any, the same row.
import type { Tariff } from "../core/price.ts";
import { efforts } from "../core/chat.ts";
import type { ModelFacts, ProviderRow } from "../core/provider.ts";
import { parseTokens } from "../domain/duration.ts";
import type { ModelConfig, PriceConfig, ProviderConfig } from "./config-file.ts";
import type { Catalog } from "./environment.ts";
import { describePrice, readPrice } from "./prices.ts";
import type { Path, ProblemList } from "./problem.ts";
import { ownTariff } from "./tariffs.ts";

/** Boolean settings: all except these. */
type AbilityName = Exclude<
  keyof ModelConfig,
  | "like"
  | "context"
  | "output"
  | "region"
  | "efforts"
  | "reasoning_field"
  | "system_messages"
  | "turn_order"
  | "system_role"
  | "max_tokens_field"
  | "price"
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
  value === undefined || value === null ? value : (parseTokens(value) ?? undefined);

const readFacts = (config: ModelConfig): Partial<ModelFacts> => {
  const { context, output, region, system_role: systemRole, max_tokens_field: maxTokensField } = config;
  const overrides = Object.entries({
    contextTokens: readTokens(context),
    outputTokens: readTokens(output),
    region,
    systemRole,
    maxTokensField,
    reasoning: readEfforts(config.efforts),
    reasoningField: config.reasoning_field,
    systemMessages: config.system_messages,
    turnOrder: config.turn_order,
    ...Object.fromEntries(abilityNames.map((name) => [abilityFacts[name], config[name]])),
  });
  return Object.fromEntries(overrides.filter(([, value]) => value !== undefined));
};

/** In their order, from the least to the most. */
const readEfforts = (written: ModelConfig["efforts"]): ModelFacts["reasoning"] | undefined =>
  written === undefined ? undefined : { style: "effort", efforts: efforts.filter((one) => written.includes(one)) };

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
  const facts = other === undefined ? row.facts(like) : factsHere(other, row, like.slice(slash + 1));
  const isKnown = abilityNames.some((name) => facts[abilityFacts[name]] != null) || facts.contextTokens !== null;
  if (!isKnown)
    place.problems.warn([...place.path, "like"], "unknown model", "Name a model of the catalogue, as provider/model");
  return facts;
};

/** Another vendor's model at this provider: the protocol in which this one serves a model of that name is its own. */
const factsHere = (other: ProviderRow, row: ProviderRow, model: string): ModelFacts => {
  const facts = other.facts(model);
  const { detour } = row.facts(model);
  return detour?.when === "always" ? { ...facts, detour } : facts;
};

/** What the operator says of one name or pattern. */
interface OwnModel {
  /** Of `like`; null without it. */
  readonly base: ModelFacts | null;
  readonly facts: Partial<ModelFacts>;
  /** Null: nothing is said about its price. */
  readonly tariff: Tariff | null;
}

const readModel = (config: ModelConfig, row: ProviderRow, place: ModelFactsPlace): OwnModel => {
  const { like, price } = config;
  return {
    base: factsLike(like, row, place),
    facts: readFacts(config),
    tariff: price === undefined ? tariffLike(like, row, place) : ownTariff(readPrice(price)),
  };
};

/** What this provider takes for the model in `like`. Another provider's price would be a guess. */
const tariffLike = (like: string | undefined, row: ProviderRow, { catalog }: ModelFactsPlace): Tariff | null => {
  if (like === undefined) return null;
  const slash = like.indexOf("/");
  const isOther = slash > 0 && catalog.has(like.slice(0, slash));
  return (row.likeTariff ?? row.tariff)?.(isOther ? like.slice(slash + 1) : like) ?? null;
};

/** `row` with the facts and prices in `config.models`. */
export const withModels = (
  row: ProviderRow,
  models: NonNullable<ProviderConfig["models"]>,
  place: ModelFactsPlace,
): ProviderRow => {
  const ownModels = new Map(
    Object.entries(models).map(([name, config]) => {
      const path = [...place.path, name];
      if (name === "" || /[\s\p{Cc}]/u.test(name))
        place.problems.add(path, "a model's name must not be empty or contain whitespace");
      return [name, readModel(config, row, { ...place, path })];
    }),
  );
  if (ownModels.size === 0) return row;
  const find = (model: string): OwnModel | undefined => ownModels.get(findPattern(ownModels.keys(), model) ?? "");
  const tariff = (model: string): Tariff => find(model)?.tariff ?? row.tariff?.(model) ?? NO_PRICE;
  return {
    ...row,
    facts(model) {
      const own = find(model);
      return own === undefined ? row.facts(model) : { ...(own.base ?? row.facts(model)), ...own.facts };
    },
    ownFacts(model) {
      const own = find(model);
      return own === undefined ? null : { ...own.base, ...own.facts };
    },
    ...([...ownModels.values()].some((own) => own.tariff !== null) ? { tariff } : {}),
  };
};

const NO_PRICE: Tariff = { price: () => null, cost: () => null };

const formatValue = (value: number | boolean | string | null): string => {
  if (value === null) return "unknown";
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
};

/** `context 8192 · tools yes`: the operator's facts, for people. */
export const describeModel = (config: ModelConfig): string => {
  const entries = Object.entries(config).filter(([, value]) => value !== undefined);
  return entries
    .map(([name, value]) =>
      name === "price"
        ? `price ${describePrice(readPrice(value as PriceConfig))}`
        : `${name} ${formatValue(value as string | null)}`,
    )
    .join(" · ");
};
