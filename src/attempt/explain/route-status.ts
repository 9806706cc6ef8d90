// How a route stands at this moment, as plain data for people and their programs: each target's status, and who would be
// asked next. Reading it changes nothing, and no key's value is in it.
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
  /** Who would be asked, in this order. */
  readonly next: readonly DryRunStep[];
  /** Each target of the route once, whatever the request is. */
  readonly targets: readonly RouteTarget[];
}

export interface RouteTarget extends TargetStatus {
  /** Its places in the route. */
  readonly paths: readonly string[];
}

export function routeStatusOf(
  route: Route,
  question: Question,
  { parts, random }: { readonly parts: DryRunParts; readonly random: Random },
): RouteStatus {
  const statusOf = (target: TargetNode): TargetStatus =>
    parts.states.status(target, { ...parts, model: modelOf(target, question.call) });
  const places = new Map<string, TargetNode[]>();
  for (const target of targetsOf(route.node)) {
    const name = targetKey(target);
    places.set(name, [...(places.get(name) ?? []), target]);
  }
  return {
    route: route.name,
    at: new Date(parts.clock.wall()).toISOString(),
    next: foresee(route.node, question, { parts, random, statusOf }),
    targets: [...places.values()].flatMap((nodes) => placed(nodes, statusOf)),
  };
}

function targetsOf(node: RouteNode): readonly TargetNode[] {
  return node.kind === "target" ? [node] : node.children.flatMap(targetsOf);
}

/** The same target at several places has one health, by the rules of the first. */
function placed(nodes: readonly TargetNode[], statusOf: (target: TargetNode) => TargetStatus): RouteTarget[] {
  const [first] = nodes;
  if (first === undefined) return [];
  const { target, ...status } = statusOf(first);
  return [{ target, paths: nodes.map(({ path }) => path), ...status }];
}
