// The file's `routes` -> trees of core nodes whose policies are all resolved. `route: name` is replaced by what it names.
// Names that lead nowhere, circles and kinds of node that this version lacks are problems with their place.
import type { FallbackNode, ProviderRules, Route, RouteNode, TargetNode, Trigger } from "../core/rules.ts";
import type { ConfigFile, NodeConfig, NodeObject } from "./config-file.ts";
import { trimUrl, type Catalog } from "./environment.ts";
import { didYouMean } from "./nearest.ts";
import { mergePolicies, triggerOf, type Policies } from "./policies.ts";
import type { Path, ProblemList } from "./problem.ts";

export interface RouteContext {
  readonly routes: NonNullable<ConfigFile["routes"]>;
  readonly providers: ReadonlyMap<string, ProviderRules>;
  readonly keyless: ReadonlyMap<string, readonly string[]>;
  readonly catalog: Catalog;
  readonly problems: ProblemList;
}

/** Where a node stands. */
interface Place {
  /** In the file. */
  readonly path: Path;
  /** In the route, as records and `explain` show it. */
  readonly at: string;
  /** Routes that lead here, for circles. */
  readonly chain: readonly string[];
}

/** What comes from above: the parent's policies, and what names are looked up in. */
interface Inherited {
  readonly policies: Policies;
  readonly context: RouteContext;
}

const KINDS = ["target", "fallback", "route", "balance", "when", "hedge"] as const;
const LATER: ReadonlySet<string> = new Set(["balance", "when", "hedge"]);

/** A target of resolved policies. */
export const createTarget = (
  provider: ProviderRules,
  model: string,
  { at, policies }: { readonly at: string; readonly policies: Policies },
): TargetNode => ({
  kind: "target",
  path: at,
  name: `${provider.name}/${model}`,
  provider,
  model,
  params: policies.params,
  timeout: policies.timeout,
  retry: policies.retry,
  breaker: policies.breaker,
  midStream: policies.midStream,
});

/** The provider of a target; one that is known but has no key here is a warning, and stays in the tree without. */
const findProvider = (name: string, path: Path, context: RouteContext): ProviderRules | null => {
  const missing = context.keyless.get(name);
  if (missing !== undefined) {
    context.problems.warn(path, `${name} has no key, so it is passed over`, `Set ${missing.join(" or ")}`);
  }
  const known = context.providers.get(name);
  if (known !== undefined) return known;
  const row = context.catalog.get(name);
  if (row !== undefined && row.baseUrl !== null) {
    return { name, row, baseUrl: trimUrl(row.baseUrl), keys: [], headers: {}, guarded: false };
  }
  const near = didYouMean(name, [...context.providers.keys(), ...context.catalog.keys()]);
  context.problems.add(
    path,
    `no provider is called ${JSON.stringify(name.slice(0, 64))}`,
    near ?? "Add it under providers",
  );
  return null;
};

const compileTarget = (name: string, place: Place, { policies, context }: Inherited): TargetNode | null => {
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1 || /\s/.test(name)) {
    const isRoute = Object.hasOwn(context.routes, name);
    const hint = isRoute
      ? `For another route write { route: ${name} }`
      : "The provider's name comes first, then a slash";
    context.problems.add(place.path, "a target is written provider/model", hint);
    return null;
  }
  const provider = findProvider(name.slice(0, slash), place.path, context);
  return provider === null ? null : createTarget(provider, name.slice(slash + 1), { at: place.at, policies });
};

const compileReference = (name: string, place: Place, { policies, context }: Inherited): RouteNode | null => {
  const node = Object.hasOwn(context.routes, name) ? context.routes[name] : undefined;
  if (node === undefined) {
    const hint = didYouMean(name, Object.keys(context.routes));
    context.problems.add(place.path, `no route is called ${JSON.stringify(name.slice(0, 64))}`, hint);
    return null;
  }
  if (place.chain.includes(name)) {
    const circle = [...place.chain.slice(place.chain.indexOf(name)), name].join(" -> ");
    context.problems.add(place.path, `routes lead in a circle: ${circle}`, "One of them must end in targets");
    return null;
  }
  const inner: Place = { path: ["routes", name], at: `${place.at}.route`, chain: [...place.chain, name] };
  return compileNode(node, inner, { policies, context });
};

interface Child {
  readonly node: RouteNode;
  /** A target's own trigger, where it has one. */
  readonly own: Trigger | null;
}

/**
 * The children in order. A target with a trigger of its own is left by that one alone: it becomes the first of an inner
 * fallback that holds all that follow, which is asked in the same order.
 */
const createFallback = (children: readonly Child[], at: string, trigger: Trigger): FallbackNode => {
  const nodes = children.map(({ node }) => node);
  const index = children.findIndex(({ own }, place) => own !== null && place < children.length - 1);
  const special = children[index];
  if (special === undefined || special.own === null) return { kind: "fallback", path: at, children: nodes, trigger };
  const after = children.slice(index + 1);
  const rest = after.length === 1 && after[0] !== undefined ? after[0].node : createFallback(after, at, trigger);
  const inner: FallbackNode = { kind: "fallback", path: at, children: [special.node, rest], trigger: special.own };
  return index === 0 ? inner : { kind: "fallback", path: at, children: [...nodes.slice(0, index), inner], trigger };
};

const compileFallback = (
  items: readonly NodeConfig[],
  place: Place,
  { policies, context }: Inherited,
): RouteNode | null => {
  if (items.length === 0) context.problems.add([...place.path, "fallback"], "needs at least one target");
  const children = items.map((item, index) => {
    const inner = { ...place, path: [...place.path, "fallback", index], at: `${place.at}.fallback[${index}]` };
    const node = compileNode(item, inner, { policies, context });
    const own = typeof item === "object" && item.target !== undefined ? item.fallback_on : undefined;
    return node === null ? null : { node, own: own === undefined ? null : triggerOf(own) };
  });
  const whole = children.filter((child) => child !== null);
  return whole.length === 0 ? null : createFallback(whole, place.at, policies.trigger);
};

/** Settings that need what this version has not. */
const refuseLater = (node: NodeObject, place: Place, problems: ProblemList): boolean => {
  const kinds = KINDS.filter((kind) => LATER.has(kind) && node[kind] !== undefined);
  for (const kind of kinds) {
    problems.add([...place.path, kind], `${kind} is not available in this version yet; use fallback`);
  }
  if (node.mid_stream !== undefined && node.mid_stream !== "error") {
    problems.add([...place.path, "mid_stream"], `${node.mid_stream} is not available in this version yet; use error`);
  }
  if (node.requires !== undefined)
    problems.add([...place.path, "requires"], "is not available in this version yet; take it out");
  if (node.weight !== undefined) problems.warn([...place.path, "weight"], "has no effect outside balance");
  return kinds.length > 0;
};

const compileNode = (node: NodeConfig, place: Place, { policies: above, context }: Inherited): RouteNode | null => {
  if (typeof node === "string") return compileTarget(node, place, { policies: above, context });
  if (refuseLater(node, place, context.problems)) return null;
  const kinds = KINDS.filter((kind) => node[kind] !== undefined);
  if (kinds.length !== 1) {
    const found = kinds.length === 0 ? "has none of them" : `has ${kinds.join(" and ")}`;
    context.problems.add(place.path, `a node is exactly one of target, fallback, route; this one ${found}`);
    return null;
  }
  const policies = mergePolicies(above, node);
  if (node.target !== undefined) {
    return compileTarget(node.target, { ...place, path: [...place.path, "target"] }, { policies, context });
  }
  if (node.route !== undefined) {
    return compileReference(node.route, { ...place, path: [...place.path, "route"] }, { policies, context });
  }
  return compileFallback(node.fallback ?? [], place, { policies, context });
};

/** The whole call's bound: the route's own, or the one of the route that it stands for. */
const totalOf = (name: string, { policies, context }: Inherited, seen: readonly string[] = []): number => {
  const node = context.routes[name];
  if (node === undefined || typeof node === "string") return policies.timeout.total;
  const own = mergePolicies(policies, node);
  const next = node.route;
  if (next === undefined || seen.includes(next) || !Object.hasOwn(context.routes, next)) return own.timeout.total;
  return totalOf(next, { policies: own, context }, [...seen, name]);
};

/** Every route of the file, by name. */
export const compileRoutes = (context: RouteContext, policies: Policies): ReadonlyMap<string, Route> => {
  const routes = new Map<string, Route>();
  for (const [name, config] of Object.entries(context.routes)) {
    const path: Path = ["routes", name];
    if (name === "" || /[\s\p{Cc}]/u.test(name))
      context.problems.add(path, "a route's name must not be empty or hold blanks");
    const node = compileNode(config, { path, at: name, chain: [name] }, { policies, context });
    if (node !== null) routes.set(name, { name, node, total: totalOf(name, { policies, context }) });
  }
  return routes;
};
