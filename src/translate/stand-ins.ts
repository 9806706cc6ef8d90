// Which targets of a route stand in for another vendor: a request that was written for that vendor, even in the same
// protocol, may have members that only that vendor knows. If no other vendor comes earlier, the caller meant this
// target.
import type { RouteNode, TargetNode } from "../core/rules.ts";
import type { ProviderRow } from "../core/provider.ts";

/**
 * `other`: another vendor comes earlier, or the same vendor in another protocol: that target got a translated body, and
 * the translation corrects forms that this target refuses. `alike`: an earlier vendor uses the target's own protocol,
 * and the route's callers may be its clients.
 */
export type StandsInFor = "nobody" | "other" | "alike";
export type FindStandIn = (root: RouteNode | undefined, target: TargetNode) => StandsInFor;

type StandInsByTarget = Map<TargetNode, "other" | "alike">;

/** Computed once per route. */
export function rememberStandIns(): FindStandIn {
  const memory = new WeakMap<RouteNode, StandInsByTarget>();
  return (root, target) => {
    if (root === undefined || root.kind === "target") return "nobody";
    const standIns = memory.get(root) ?? standInsOf(root);
    memory.set(root, standIns);
    return standIns.get(target) ?? "nobody";
  };
}

function standInsOf(root: RouteNode): StandInsByTarget {
  const standIns: StandInsByTarget = new Map();
  walk(root, new Set(), standIns);
  return standIns;
}

/** Returns the rows that come before everything after `node`. */
function walk(node: RouteNode, before: ReadonlySet<ProviderRow>, standIns: StandInsByTarget): ReadonlySet<ProviderRow> {
  if (node.kind === "target") {
    const { row } = node.provider;
    for (const other of before) {
      if (other.name === row.name && other.protocol === row.protocol) continue;
      if (other.protocol === row.protocol) standIns.set(node, "alike");
      else if (!standIns.has(node)) standIns.set(node, "other");
    }
    return new Set([row]);
  }
  // Children without a fixed order may each come after any other.
  const isOrdered = node.kind === "hedge" || (node.kind === "fallback" && node.prefer !== "fastest");
  const isOneOf = node.kind === "when";
  const rows = new Set<ProviderRow>();
  const siblings = isOrdered || isOneOf ? [] : node.children.flatMap(rowsIn);
  for (const child of node.children) {
    const earlier = new Set([...before, ...siblings, ...(isOrdered ? rows : [])]);
    for (const row of walk(child, earlier, standIns)) rows.add(row);
  }
  return rows;
}

function rowsIn(node: RouteNode): ProviderRow[] {
  return node.kind === "target" ? [node.provider.row] : node.children.flatMap(rowsIn);
}
