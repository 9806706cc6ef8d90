// The models that clients can ask for by name: routes first, then what each provider with a key serves, with what is known
// of them. A model that is not listed may work as well: providers have more models than their lists show.
import { providerIn } from "../domain/provider-in.ts";
import type { KnownModel, ListedModel, Modality, ModelLists } from "../core/models.ts";
import type { ModelFacts } from "../core/provider.ts";
import type { ProviderRules, Route, RouteNode, Rules } from "../core/rules.ts";
import type { FactsOf } from "../domain/model-facts-cache.ts";
import type { ServedBy, ServedModel } from "../domain/served-models.ts";

export interface KnownParts {
  readonly servedBy: ServedBy;
  readonly factsOf: FactsOf;
  readonly lists: Pick<ModelLists, "find">;
}

export function knownModels(rules: Rules, parts: KnownParts): readonly KnownModel[] {
  const routes = [...rules.routes].map(([id, { node }]) => ofTargets({ id, provider: null }, targetsIn(node), parts));
  const direct = parts.servedBy(rules).all.map((served) => {
    const { provider, model } = served;
    return ofTargets({ id: `${provider.name}/${model}`, provider: provider.name }, [served], parts);
  });
  return [...routes, ...direct];
}

/** One model by its name, listed or not; null if a request for it would fail. */
export function findModel(rules: Rules, id: string, parts: KnownParts): KnownModel | null {
  const route = rules.routes.get(id) ?? rules.match(id) ?? undefined;
  if (route !== undefined) return ofTargets({ id, provider: null }, targetsIn(route.node), parts);
  const direct = directRoute(rules, id) ?? bareRoute(rules, id, parts);
  if (direct === null) return null;
  const [target] = targetsIn(direct.node);
  return target === undefined ? null : ofTargets({ id, provider: target.provider.name }, [target], parts);
}

function directRoute(rules: Rules, id: string): Route | null {
  const parts = providerIn(id);
  return parts === null ? null : rules.direct(...parts);
}

function bareRoute(rules: Rules, id: string, { servedBy }: KnownParts): Route | null {
  const [only, ...others] = servedBy(rules).providersOf(id);
  return only === undefined || others.length > 0 ? null : rules.direct(only.name, id);
}

/** A route at several places of one provider has one target for each of them. */
function targetsIn(node: RouteNode): readonly ServedModel[] {
  return node.kind === "target" ? [node] : node.children.flatMap(targetsIn);
}

function ofTargets(
  identity: Pick<KnownModel, "id" | "provider">,
  targets: readonly ServedModel[],
  parts: KnownParts,
): KnownModel {
  const all = targets.map((target) => describeTarget(target, parts));
  const listed = identity.provider === null ? null : (all[0]?.listed ?? null);
  return {
    ...identity,
    contextTokens: smallest(all.map(({ contextTokens }) => contextTokens)),
    outputTokens: smallest(all.map(({ facts }) => facts.outputTokens)),
    input: common(all.map(({ input }) => input)),
    output: common(all.map(({ output }) => output)),
    models: targets.map(({ model }) => model),
    title: listed?.title ?? null,
    created: listed?.created ?? null,
  };
}

interface DescribedTarget extends Pick<KnownModel, "contextTokens" | "input" | "output"> {
  readonly facts: ModelFacts;
  readonly listed: ListedModel | null;
}

function describeTarget({ provider, model }: ServedModel, { factsOf, lists }: KnownParts): DescribedTarget {
  const facts = factsOf(provider, model);
  const listed = lists.find(provider, model);
  return {
    facts,
    listed,
    contextTokens: facts.contextTokens ?? windowInPrices(provider, model),
    input: listed?.input ?? inputOf(facts),
    output: listed?.output ?? null,
  };
}

/** A list of prices rounds windows, which is good enough to look at. */
function windowInPrices({ row }: ProviderRules, model: string): number | null {
  return row.listedWindow?.(model) ?? null;
}

const abilities = [
  ["image", "images"],
  ["audio", "audio"],
  ["file", "pdf"],
] as const;

/** Null if nothing is known beyond text. */
function inputOf(facts: ModelFacts): readonly Modality[] | null {
  if (abilities.every(([, fact]) => facts[fact] === null)) return null;
  return ["text", ...abilities.filter(([, fact]) => facts[fact] === true).map(([modality]) => modality)];
}

/** What all targets with known modalities take: any of them may be the one that answers. */
function common(all: readonly (readonly Modality[] | null)[]): readonly Modality[] | null {
  const [first, ...others] = all.filter((one) => one !== null);
  return first === undefined ? null : first.filter((modality) => others.every((one) => one.includes(modality)));
}

function smallest(limits: readonly (number | null)[]): number | null {
  const knownLimits = limits.filter((limit) => limit !== null);
  return knownLimits.length === 0 ? null : Math.min(...knownLimits);
}
