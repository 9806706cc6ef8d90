// Which targets of a route stand in for another vendor: a request that was written for that one, though in the words of their
// protocol, may hold members that only it knows. Where nobody else comes before, the caller's words were meant for the target.
import type { RouteNode, TargetNode } from "../core/rules.ts";
import type { ProviderRow } from "../core/provider.ts";

/** Whether another vendor comes before the target. */
export type IsStandIn = (root: RouteNode, target: TargetNode) => boolean;

type Found = Set<TargetNode>;

/** Looked up once for each route. */
export function rememberStandIns(): IsStandIn {
  const known = new WeakMap<RouteNode, Found>();
  return (root, target) => {
    if (root.kind === "target") return false;
    const found = known.get(root) ?? standInsOf(root);
    known.set(root, found);
    return found.has(target);
  };
}

function standInsOf(root: RouteNode): Found {
  const found: Found = new Set();
  walk(root, new Set(), found);
  return found;
}

/** Gives the rows that whatever comes after `node` comes after. */
function walk(node: RouteNode, before: ReadonlySet<ProviderRow>, found: Found): ReadonlySet<ProviderRow> {
  if (node.kind === "target") {
    const { row } = node.provider;
    for (const other of before) if (other.name !== row.name) found.add(node);
    return new Set([row]);
  }
  // Of children without a fixed order each may come after any other.
  const isOrdered = node.kind === "hedge" || (node.kind === "fallback" && node.prefer !== "fastest");
  const isOneOf = node.kind === "when";
  const rows = new Set<ProviderRow>();
  const siblings = isOrdered || isOneOf ? [] : node.children.flatMap(rowsIn);
  for (const child of node.children) {
    const earlier = new Set([...before, ...siblings, ...(isOrdered ? rows : [])]);
    for (const row of walk(child, earlier, found)) rows.add(row);
  }
  return rows;
}

function rowsIn(node: RouteNode): ProviderRow[] {
  return node.kind === "target" ? [node.provider.row] : node.children.flatMap(rowsIn);
}
