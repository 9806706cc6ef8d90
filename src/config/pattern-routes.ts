// Routes whose names are patterns, such as `gpt-*`: which of them a model's name matches, and the route for that model. In
// their targets `provider/*` stands for the model that the client asked for. Names come from strangers: matching is
// linear, and what is kept is bounded.
import type { Route, RouteNode, TargetNode } from "../core/rules.ts";
import { BoundedMap } from "../domain/bounded-map.ts";
import { matchesPattern } from "../domain/matches-pattern.ts";
import type { TariffOf } from "./tariffs.ts";

/** In a target: the model that the client asked for. */
export const ASKED_MODEL = "*";
/** No vendor's model has a longer name; a caller's may. */
const LONGEST_NAME = 256;
/** Routes for asked models that are kept. */
const MOST = 1_000;

/** Literal characters: the more, the more specific. */
const weightOf = (pattern: string): number => pattern.replaceAll("*", "").length;

/** The most specific pattern first; equal ones in the order of the file. */
export const orderPatterns = (routes: readonly Route[]): readonly Route[] =>
  routes.toSorted((one, other) => weightOf(other.name) - weightOf(one.name));

/** `patterns` in their order. */
export const matchPatternRoutes = (
  patterns: readonly Route[],
  tariffOf: TariffOf,
): ((model: string) => Route | null) => {
  const routesByModel = new BoundedMap<string, { readonly route: Route | null }>(MOST);
  const find = (model: string): { readonly route: Route | null } => {
    const route = patterns.find(({ name }) => matchesPattern(name, model));
    return { route: route === undefined ? null : { ...route, node: withModel(route.node, model, tariffOf) } };
  };
  return (model) =>
    patterns.length === 0 || model === "" || model.length > LONGEST_NAME
      ? null
      : routesByModel.getOrCreate(model, find).route;
};

/** A copy for one model: each model has its own state, facts and price. */
const withModel = (node: RouteNode, model: string, tariffOf: TariffOf): RouteNode => {
  if (node.kind !== "target")
    return { ...node, children: node.children.map((child) => withModel(child, model, tariffOf)) };
  return node.model === ASKED_MODEL ? targetFor(node, model, tariffOf) : node;
};

const targetFor = (node: TargetNode, model: string, tariffOf: TariffOf): TargetNode => {
  const { provider } = node;
  const tariff = node.tariff ?? tariffOf(null, provider.row, model);
  return { ...node, name: `${provider.name}/${model}`, model, tariff };
};
