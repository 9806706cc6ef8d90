// The target that represents a node of a route when nodes are compared before any of them is asked.
import type { RouteNode, TargetNode } from "../core/rules.ts";

/** The target that a node would ask first, as far as that is known in advance; its figures stand for the node. */
export function leadTargetOf(node: RouteNode | undefined): TargetNode | null {
  let at = node;
  while (at !== undefined && at.kind !== "target") at = at.children[0];
  return at ?? null;
}
