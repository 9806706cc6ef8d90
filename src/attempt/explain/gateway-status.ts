// The current status of a whole gateway as plain data: every route with its targets, and the targets that were asked by
// their own name. Reading it changes nothing, and it contains no key.
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
  readonly routes: readonly { readonly route: string; readonly targets: readonly RouteTarget[] }[];
  /** Asked as `provider/model`, and in no route. */
  readonly direct: readonly RouteTarget[];
}

/** The most targets outside of routes: their names come with requests. */
const MOST_DIRECT = 100;

export function gatewayStatusOf(rules: Rules, parts: DryRunParts & { readonly startedSeconds: number }): GatewayStatus {
  const statusOf = (target: TargetNode): TargetStatus => parts.states.status(target, { ...parts, model: target.model });
  const routes = [...rules.routes.values()].map(({ name, node }) => ({
    route: name,
    targets: targetsIn(node, statusOf),
  }));
  return {
    at: new Date(parts.clock.wall()).toISOString(),
    startedAt: new Date(parts.startedSeconds * 1000).toISOString(),
    config: rules.source,
    routes,
    direct: directTargets(rules, parts).flatMap((node) => targetsIn(node, statusOf)),
  };
}

/** The most recently asked ones. */
function directTargets(rules: Rules, { states }: DryRunParts): TargetNode[] {
  const inRoutes = new Set([...rules.routes.values()].flatMap(keysIn));
  const directKeys = [...states.keys()].filter((key) => !inRoutes.has(key)).slice(-MOST_DIRECT);
  return directKeys.flatMap((key) => {
    const name = key.split(" at ", 1)[0] ?? "";
    const slash = name.indexOf("/");
    const node = slash <= 0 ? undefined : rules.direct(name.slice(0, slash), name.slice(slash + 1))?.node;
    // Not a target of a request's own route, which may have another address or the caller's key.
    return node?.kind === "target" && targetKey(node) === key ? [node] : [];
  });
}

function keysIn({ node }: Route): string[] {
  const nodes = [node];
  const keys: string[] = [];
  for (const one of nodes) {
    if (one.kind === "target") keys.push(targetKey(one));
    else nodes.push(...one.children);
  }
  return keys;
}
