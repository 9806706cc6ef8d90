// The current status of a route as plain data: each target's state, and the targets that a request would ask next.
// Reading it changes nothing, and it contains no key.
import type { Random } from "../../core/clock.ts";
import type { Question } from "../../core/load-balancing.ts";
import type { Route, RouteNode, TargetNode } from "../../core/rules.ts";
import { modelOf } from "../../domain/model-of.ts";
import { targetKey } from "../target-state/target-key.ts";
import type { TargetStatus } from "../target-state/target-status.ts";
import { foresee, type DryRunStep, type DryRunParts } from "./dry-run.ts";

/** All times in milliseconds, all shares from 0 to 1. */
export interface RouteStatus {
  readonly route: string;
  /** ISO 8601. */
  readonly at: string;
  /** The targets that would be asked, in this order. */
  readonly next: readonly DryRunStep[];
  /** Each target of the route once, for any request. */
  readonly targets: readonly RouteTarget[];
}

export interface RouteTarget extends TargetStatus {
  /** Its paths in the route. */
  readonly paths: readonly string[];
}

export function routeStatusOf(
  route: Route,
  question: Question,
  { parts, random }: { readonly parts: DryRunParts; readonly random: Random },
): RouteStatus {
  const statusOf = (target: TargetNode): TargetStatus =>
    parts.states.status(target, { ...parts, model: modelOf(target, question.call) });
  return {
    route: route.name,
    at: new Date(parts.clock.wall()).toISOString(),
    next: foresee(route.node, question, { parts, random, statusOf }),
    targets: targetsIn(route.node, statusOf),
  };
}

/** Each target of the route once. */
export function targetsIn(root: RouteNode, statusOf: (target: TargetNode) => TargetStatus): readonly RouteTarget[] {
  const places = new Map<string, TargetNode[]>();
  for (const target of targetsOf(root)) {
    const name = targetKey(target);
    const nodes = places.get(name);
    if (nodes === undefined) places.set(name, [target]);
    else nodes.push(target);
  }
  return [...places.values()].flatMap((nodes) => groupStatus(nodes, statusOf));
}

function targetsOf(node: RouteNode): readonly TargetNode[] {
  return node.kind === "target" ? [node] : node.children.flatMap(targetsOf);
}

/** A target at several paths has one state, by the rules of the first path. */
function groupStatus(nodes: readonly TargetNode[], statusOf: (target: TargetNode) => TargetStatus): RouteTarget[] {
  const [first] = nodes;
  if (first === undefined) return [];
  const { target, ...status } = statusOf(first);
  return [{ target, paths: nodes.map(({ path }) => path), ...status }];
}
