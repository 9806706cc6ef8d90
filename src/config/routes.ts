// The file's `routes` -> trees of core nodes with resolved policies. The route that it names replaces `route: name`.
// Unknown names and cycles are problems, with their path.
import type { ProviderRules, Route, RouteNode, TargetNode } from "../core/rules.ts";
import type { ProviderNames } from "../core/provider-names.ts";
import type { ConfigFile, NodeConfig, NodeObject } from "./config-file.ts";
import { missingSettings } from "./account.ts";
import { trimUrl, type Catalog } from "./environment.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import { checkSettings, compileBalance, compileHedge, compileList, compileWhen, type Branch } from "./branches.ts";
import { isPattern } from "../domain/matches-pattern.ts";
import { ASKED_MODEL } from "./pattern-routes.ts";
import { mergePolicies } from "./policies.ts";
import { findPlaced, overPlaces } from "./places.ts";
import type { Policies } from "./policy-types.ts";
import type { Path, ProblemList } from "./problem.ts";
import { modelAt } from "./model-at.ts";
import { hintFor, remedyFor, rowOfAlias } from "./row-of-alias.ts";
import { checkRequires } from "./requires.ts";
import type { TariffOf } from "./tariffs.ts";

export interface RouteContext {
  readonly routes: NonNullable<ConfigFile["routes"]>;
  readonly providers: ReadonlyMap<string, ProviderRules>;
  readonly keyless: ReadonlyMap<string, readonly string[]>;
  readonly catalog: Catalog;
  readonly names?: ProviderNames | undefined;
  readonly tariffOf: TariffOf;
  readonly problems: ProblemList;
}

/** A node's position. */
interface RoutePlace {
  /** In the file. */
  readonly path: Path;
  /** In the route, as in records and in `explain`. */
  readonly at: string;
  /** The routes on the way here, to detect cycles. */
  readonly chain: readonly string[];
  /** It is the child of a balance, where it may have a weight. */
  readonly isWeighed?: boolean;
}

/** From above: the parent's policies, and the context for names. */
interface InheritedPolicies {
  readonly policies: Policies;
  readonly context: RouteContext;
}

const KINDS = ["target", "fallback", "balance", "when", "hedge", "route"] as const;
type Kind = (typeof KINDS)[number];

interface TargetPlace {
  readonly at: string;
  readonly policies: Policies;
  readonly tariffOf: TariffOf;
}

/** A target with resolved policies. */
export const createTarget = (
  provider: ProviderRules,
  model: string,
  { at, policies, tariffOf }: TargetPlace,
): TargetNode => ({
  kind: "target",
  path: at,
  name: model === "" ? provider.name : `${provider.name}/${model}`,
  provider,
  model,
  params: policies.params,
  timeout: policies.timeout,
  retry: policies.retry,
  breaker: policies.breaker,
  concurrency: policies.concurrency,
  midStream: policies.midStream,
  // The model that a client asks for has its own list price.
  tariff: model === ASKED_MODEL && policies.price === null ? null : tariffOf(policies.price, provider.row, model),
});

/** The provider of a target. A known provider without a key here is a warning; the target stays in the tree. */
const findProvider = (writtenName: string, path: Path, context: RouteContext): ProviderRules | null => {
  const isDeclared = findPlaced(context.providers, writtenName) !== undefined;
  const name = isDeclared ? writtenName : (rowOfAlias(writtenName, context.names) ?? writtenName);
  if (name !== writtenName) context.problems.warn(path, ...hintFor(writtenName, name));
  const missing = context.keyless.get(name);
  if (missing !== undefined) {
    context.problems.warn(path, `${name} has no API key, so its targets are skipped`, `Set ${missing.join(" or ")}`);
  }
  const provider = findPlaced(context.providers, name);
  if (provider !== undefined) return provider;
  const row = context.catalog.get(name);
  if (row !== undefined && row.baseUrl !== null) {
    return { name, row, baseUrl: trimUrl(row.baseUrl), keys: [], headers: {}, guarded: false };
  }
  if (row !== undefined) {
    const missing = missingSettings(row, {}).join(" and ");
    const needed = missing === "" ? "its base_url" : missing;
    context.problems.add(path, `${row.title} has no address yet`, `Add ${name} under providers, with ${needed}`);
    return null;
  }
  const remedy = remedyFor(name, context.names);
  const hint = remedy === null ? didYouMean(name, [...context.providers.keys(), ...context.catalog.keys()]) : null;
  const message = `unknown provider ${JSON.stringify(name.slice(0, 64))}`;
  const added = remedy === null ? "Add it under providers" : `Add it under providers. ${remedy}`;
  context.problems.add(path, message, hint ?? added);
  return null;
};

const compileTarget = (
  name: string,
  place: RoutePlace,
  { policies, context }: InheritedPolicies,
): TargetNode | null => {
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1 || /\s/.test(name)) {
    const isRoute = Object.hasOwn(context.routes, name);
    const hint = isRoute
      ? `To use the route of this name, write { route: ${name} }`
      : "Write the provider's name, a slash and the model's name";
    context.problems.add(place.path, "a target must be provider/model", hint);
    return null;
  }
  const provider = findProvider(name.slice(0, slash), place.path, context);
  if (provider === null) return null;
  const model = modelAt(provider.row, name.slice(slash + 1));
  if (model === ASKED_MODEL && !isPattern(place.chain[0] ?? "")) {
    const hint = "Name the model, or put * into the name of the route, e.g. small-*";
    context.problems.add(
      place.path,
      "* stands for the model that the client asks for, but this route has one name",
      hint,
    );
    return null;
  }
  const { requires } = policies;
  const { path } = place;
  if (requires !== null && model !== ASKED_MODEL)
    checkRequires(requires, { row: provider.row, model }, { path, problems: context.problems });
  return createTarget(provider, model, { at: place.at, policies, tariffOf: context.tariffOf });
};

const compileReference = (
  name: string,
  place: RoutePlace,
  { policies, context }: InheritedPolicies,
): RouteNode | null => {
  const node = Object.hasOwn(context.routes, name) ? context.routes[name] : undefined;
  if (node === undefined) {
    const hint = didYouMean(name, Object.keys(context.routes));
    context.problems.add(place.path, `unknown route ${JSON.stringify(name.slice(0, 64))}`, hint);
    return null;
  }
  if (place.chain.includes(name)) {
    const circle = place.chain.slice(place.chain.indexOf(name));
    // Each route of it leads into it: it is reported where the first one by name does.
    if (circle[0] === circle.toSorted()[0]) {
      const chain = [...circle, name].join(" -> ");
      context.problems.add(place.path, `routes form a cycle: ${chain}`, "One of them must end in targets");
    }
    return null;
  }
  const inner: RoutePlace = { path: ["routes", name], at: `${place.at}.route`, chain: [...place.chain, name] };
  return compileNode(node, inner, { policies, context });
};

/** The settings of one kind of node. */
const compileBranch = (kind: Kind, node: NodeObject, branch: Branch): RouteNode | null => {
  switch (kind) {
    case "balance":
      return compileBalance(node, branch);
    case "when":
      return compileWhen(node, branch);
    case "hedge":
      return compileHedge(node, branch);
    default: {
      const children = compileList("fallback", node.fallback ?? [], branch);
      if (children.length === 0) return null;
      const { trigger } = branch.policies;
      return { kind: "fallback", path: branch.at, children, trigger, prefer: node.prefer };
    }
  }
};

/** A node's kind; null, and a problem, if it has none or several. */
const kindOf = (node: NodeObject, { path }: RoutePlace, problems: ProblemList): Kind | null => {
  const kinds = KINDS.filter((kind) => node[kind] !== undefined);
  const [kind] = kinds;
  if (kinds.length === 1 && kind !== undefined) return kind;
  const actual = kinds.length === 0 ? "has none of them" : `has ${kinds.join(" and ")}`;
  problems.add(path, `a node must have exactly one of ${KINDS.join(", ")}; this one ${actual}`);
  return null;
};

const compileNode = (
  node: NodeConfig,
  place: RoutePlace,
  { policies: above, context }: InheritedPolicies,
): RouteNode | null => {
  if (typeof node === "string") {
    const target = compileTarget(node, place, { policies: above, context });
    return target === null ? null : overPlaces(target);
  }
  const { problems } = context;
  const kind = kindOf(node, place, problems);
  if (kind === null) return null;
  checkSettings(node, kind, { path: place.path, problems });
  if (node.weight !== undefined && place.isWeighed !== true)
    problems.warn([...place.path, "weight"], "has an effect in a balance only");
  const policies = mergePolicies(above, node);
  if (node.target !== undefined) {
    const target = compileTarget(node.target, { ...place, path: [...place.path, "target"] }, { policies, context });
    if (target === null) return null;
    return overPlaces(node.fallback_on === undefined ? target : { ...target, trigger: policies.trigger });
  }
  if (node.route !== undefined) {
    return compileReference(node.route, { ...place, path: [...place.path, "route"] }, { policies, context });
  }
  return compileBranch(kind, node, {
    path: place.path,
    at: place.at,
    policies,
    problems,
    child(config, steps) {
      const path = [...place.path, ...steps];
      const at = place.at + steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
      return compileNode(
        config,
        { path, at, chain: place.chain, isWeighed: kind === "balance" },
        { policies, context },
      );
    },
  });
};

/** The limit of the whole call: the route's own, or that of the route that it refers to. */
const totalOf = (name: string, { policies, context }: InheritedPolicies, visited: readonly string[] = []): number => {
  const node = context.routes[name];
  if (node === undefined || typeof node === "string") return policies.timeout.total;
  const own = mergePolicies(policies, node);
  const next = node.route;
  if (next === undefined || visited.includes(next) || !Object.hasOwn(context.routes, next)) return own.timeout.total;
  return totalOf(next, { policies: own, context }, [...visited, name]);
};

/** Every route of the file, by name. */
export const compileRoutes = (context: RouteContext, policies: Policies): ReadonlyMap<string, Route> => {
  const routes = new Map<string, Route>();
  for (const [name, config] of Object.entries(context.routes)) {
    const path: Path = ["routes", name];
    if (name === "" || /[\s\p{Cc}]/u.test(name))
      context.problems.add(path, "a route's name must not be empty or contain whitespace");
    const node = compileNode(config, { path, at: name, chain: [name] }, { policies, context });
    if (node !== null) routes.set(name, { name, node, total: totalOf(name, { policies, context }) });
  }
  return routes;
};
