// Which targets of a route stand in for another vendor: a request that was written for that one, though in the words of their
// protocol, may hold members that only it knows. Where nobody else comes before, the caller's words were meant for the target.
import type { RouteNode, TargetNode } from "../core/rules.ts";
import type { ProviderRow } from "../core/provider.ts";

/**
 * `other`: another vendor comes before. `alike`: so does one that is spoken to in the target's own protocol, and whose clients
 * the route's callers may be.
 */
export type StandsInFor = "nobody" | "other" | "alike";
export type FindStandIn = (root: RouteNode | undefined, target: TargetNode) => StandsInFor;

type Found = Map<TargetNode, "other" | "alike">;

/** Looked up once for each route. */
export function rememberStandIns(): FindStandIn {
  const known = new WeakMap<RouteNode, Found>();
  return (root, target) => {
    if (root === undefined || root.kind === "target") return "nobody";
    const found = known.get(root) ?? standInsOf(root);
    known.set(root, found);
    return found.get(target) ?? "nobody";
  };
}

function standInsOf(root: RouteNode): Found {
  const found: Found = new Map();
  walk(root, new Set(), found);
  return found;
}

/** Gives the rows that whatever comes after `node` comes after. */
function walk(node: RouteNode, before: ReadonlySet<ProviderRow>, found: Found): ReadonlySet<ProviderRow> {
  if (node.kind === "target") {
    const { row } = node.provider;
    for (const other of before) {
      if (other.name === row.name) continue;
      if (other.protocol === row.protocol) found.set(node, "alike");
      else if (!found.has(node)) found.set(node, "other");
    }
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
