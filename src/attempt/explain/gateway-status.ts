// The current status of a whole gateway as plain data: every route with its targets, and the targets that were asked by
// their own name. Reading it changes nothing, and it contains no key.
import type { ListStatus } from "../../core/models.ts";
import type { Route, Rules, TargetNode } from "../../core/rules.ts";
import { targetKey } from "../target-state/target-key.ts";
import type { TargetStatus } from "../target-state/target-status.ts";
import type { DryRunParts } from "./dry-run.ts";
import { targetsIn, type RouteTarget } from "./route-status.ts";

/** All times in milliseconds, all shares from 0 to 1. */
export interface GatewayStatus {
  /** ISO 8601. */
  readonly at: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The source of the configuration. */
  readonly config: string;
  readonly routes: readonly RouteSummary[];
  /** Asked as `provider/model`, and in no route. */
  readonly direct: readonly RouteTarget[];
  /** The providers' lists of models; empty before any was asked for. */
  readonly modelLists: readonly ListStatus[];
}

export interface RouteSummary {
  readonly route: string;
  /**
   * Of a pattern (`gpt-*`): the latest model that a `provider/*` of it was asked for; null: none yet. Absent: no pattern.
   */
  readonly lastModel?: string | null;
  /** Of a pattern: for that model. */
  readonly targets: readonly RouteTarget[];
}

/** The most targets outside of routes: their names come with requests. */
const MOST_DIRECT = 100;

export interface StatusParts extends DryRunParts {
  readonly startedSeconds: number;
  readonly modelLists: { status(): readonly ListStatus[] };
}

export function gatewayStatusOf(rules: Rules, parts: StatusParts): GatewayStatus {
  const statusOf = (target: TargetNode): TargetStatus => parts.states.status(target, { ...parts, model: target.model });
  const matches = rules.patterns.map((pattern) => lastMatchOf(pattern, rules, parts));
  const routes = [
    ...[...rules.routes.values()].map(({ name, node }) => ({ route: name, targets: targetsIn(node, statusOf) })),
    ...matches.map(({ name, node, lastModel }) => ({ route: name, lastModel, targets: targetsIn(node, statusOf) })),
  ];
  return {
    at: new Date(parts.clock.wall()).toISOString(),
    startedAt: new Date(parts.startedSeconds * 1000).toISOString(),
    config: rules.source,
    routes,
    modelLists: parts.modelLists.status(),
    direct: directTargets(rules, [...rules.routes.values(), ...matches], parts).flatMap((node) =>
      targetsIn(node, statusOf),
    ),
  };
}

/** The route of a pattern for the model that was asked last, as the states of its targets show it. */
function lastMatchOf(
  pattern: Route,
  rules: Rules,
  { states }: DryRunParts,
): Pick<Route, "name" | "node"> & { readonly lastModel: string | null } {
  for (const key of [...states.keys()].slice(-MOST_DIRECT).toReversed()) {
    const name = nameIn(key);
    const lastModel = name.slice(name.indexOf("/") + 1);
    const route = rules.match(lastModel);
    if (route?.name === pattern.name && keysIn(route).includes(key)) return { ...route, lastModel };
  }
  return { ...pattern, lastModel: null };
}

/** `provider/model` in the key of a target's state. */
function nameIn(key: string): string {
  return key.split(" at ", 1)[0] ?? "";
}

/** The most recently asked ones. */
function directTargets(
  rules: Rules,
  routes: readonly Pick<Route, "node">[],
  { states }: Pick<DryRunParts, "states">,
): TargetNode[] {
  const inRoutes = new Set(routes.flatMap(keysIn));
  const directKeys = [...states.keys()].filter((key) => !inRoutes.has(key)).slice(-MOST_DIRECT);
  return directKeys.flatMap((key) => {
    const name = nameIn(key);
    const slash = name.indexOf("/");
    const node = slash <= 0 ? undefined : rules.direct(name.slice(0, slash), name.slice(slash + 1))?.node;
    // Not a target of a request's own route, which may have another address or the caller's key.
    return node?.kind === "target" && targetKey(node) === key ? [node] : [];
  });
}

function keysIn({ node }: Pick<Route, "node">): string[] {
  const nodes = [node];
  const keys: string[] = [];
  for (const one of nodes) {
    if (one.kind === "target") keys.push(targetKey(one));
    else nodes.push(...one.children);
  }
  return keys;
}
