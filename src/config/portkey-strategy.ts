// Portkey's `loadbalance` and `conditional` as nodes of a route. Two differences on purpose: a load balance skips a target
// that is cooling down, and `$and`, `$or` and `$regex` do not disable the conditions beside them.
import type { Json, JsonObject } from "../core/json.ts";
import type { BalanceNode, RouteNode, Trigger, WhenNode } from "../core/rules.ts";
import { compileCondition } from "./conditions/conditions.ts";
import { PortkeyConfigError, type PortkeyNode } from "./portkey-shape.ts";
import { formatPath } from "./problem.ts";

/** One draw, without failover: a target of weight 0 does not exist, unless all have weight 0. */
const NEVER: Trigger = { kind: "verdicts", verdicts: new Set(), statuses: new Set() };

export const portkeyBalanceStrategy = (
  node: PortkeyNode,
  path: string,
  children: readonly RouteNode[],
): BalanceNode => {
  const all = node.targets.map(({ weight }) => weight);
  const isDrawn = (_: unknown, index: number): boolean => (all[index] ?? 0) > 0 || all.every((weight) => weight === 0);
  const weights = all.filter(isDrawn);
  return {
    kind: "balance",
    path,
    children: children.filter(isDrawn),
    weights,
    by: "weight",
    stick: null,
    trigger: NEVER,
  };
};

/** Throws PortkeyConfigError if a query or a target name is invalid. */
export const portkeyConditionalStrategy = (
  node: PortkeyNode,
  path: string,
  children: readonly RouteNode[],
): WhenNode => {
  if (node.conditions.length === 0)
    throw new PortkeyConfigError(`'strategy.conditions' of ${path} needs at least one condition`);
  const byName = new Map<string, RouteNode | undefined>();
  for (const [index, { texts }] of node.targets.entries()) {
    const { name } = texts;
    if (name !== undefined && !byName.has(name)) byName.set(name, children[index]);
  }
  const targetNamed = (name: string, place: string): RouteNode => {
    const child = byName.get(name);
    if (child !== undefined) return child;
    const names = [...byName.keys()].join(", ");
    throw new PortkeyConfigError(
      `No target of ${path} has the name '${name}', which ${place} uses. Names: ${names || "none"}`,
    );
  };
  const conditions = node.conditions.map(({ query }, index) =>
    compileCondition(withOwnNames(query), {
      path: [],
      complain(place, message, hint = null) {
        const at = `${path}.strategy.conditions[${index}].query${place.length === 0 ? "" : ` ${formatPath(place)}`}`;
        throw new PortkeyConfigError(`${at}: ${message}${hint === null ? "" : `. ${hint}`}`);
      },
    }),
  );
  const uses = node.conditions.map(({ use }, index) => targetNamed(use, `strategy.conditions[${index}].then`));
  const others = node.otherwise === null ? [] : [targetNamed(node.otherwise, "strategy.default")];
  return { kind: "when", path, children: [...uses, ...others], conditions };
};

/** Portkey's `url.pathname` is our `request.path`. */
const withOwnNames = (query: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name === "url.pathname" ? "request.path" : name, inLists(value)]),
  );

const inLists = (value: Json | undefined): Json | undefined => {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).map((item) =>
    typeof item === "object" && item !== null && !Array.isArray(item) ? withOwnNames(item as JsonObject) : item,
  );
};
