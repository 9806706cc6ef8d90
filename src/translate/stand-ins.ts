// Which targets of a route stand in for another vendor: a request that was written for that vendor, even in the same
// protocol, may have members that only that vendor knows. If no other vendor comes earlier, the caller meant this
// target. A vendor's models may be asked in several protocols, depending on the request, so the protocols of one call
// decide, not the vendors' rows.
import type { ProtocolName } from "../core/chat.ts";
import type { RouteNode, TargetNode } from "../core/rules.ts";

/**
 * `other`: another vendor comes earlier, or the same vendor in another protocol: that target got a translated body, and
 * the translation corrects forms that this target refuses. `alike`: an earlier vendor uses this target's protocol, and
 * the route's callers may be its clients.
 */
export type StandsInFor = "nobody" | "other" | "alike";

/** `protocolAt`: in which protocol a target of the route is asked in this call. */
export type FindStandIn = (
  root: RouteNode | undefined,
  target: TargetNode,
  protocolAt: (target: TargetNode) => ProtocolName,
) => StandsInFor;

/** The targets before a target, by vendor and protocol: the first ones that differ in the model or its params. */
type Earlier = ReadonlyMap<string, readonly TargetNode[]>;

/** A route may have a thousand targets of one vendor: so many of them are compared. */
const MOST_OF_A_VENDOR = 8;

const NOTHING: Earlier = new Map();

/** The order is computed once per route. */
export function rememberStandIns(): FindStandIn {
  const memory = new WeakMap<RouteNode, ReadonlyMap<TargetNode, Earlier>>();
  return (root, target, protocolAt) => {
    if (root === undefined || root.kind === "target") return "nobody";
    const order = memory.get(root) ?? orderOf(root);
    memory.set(root, order);
    return standsInFor(target, order.get(target) ?? NOTHING, protocolAt);
  };
}

function standsInFor(
  target: TargetNode,
  earlier: Earlier,
  protocolAt: (target: TargetNode) => ProtocolName,
): StandsInFor {
  if (earlier.size === 0) return "nobody";
  const { row } = target.provider;
  const protocol = protocolAt(target);
  let relation: StandsInFor = "nobody";
  for (const others of earlier.values()) {
    for (const other of others) {
      const isAlike = protocolAt(other) === protocol;
      const { row: otherRow } = other.provider;
      if (otherRow.name === row.name) {
        if (!isAlike) relation = "other";
      } else if (isAlike || otherRow.protocol === protocol) return "alike";
      else relation = "other";
    }
  }
  return relation;
}

function orderOf(root: RouteNode): ReadonlyMap<TargetNode, Earlier> {
  const order = new Map<TargetNode, Earlier>();
  walk(root, NOTHING, order);
  return order;
}

/** Returns the targets that come before everything after `node`. */
function walk(node: RouteNode, before: Earlier, order: Map<TargetNode, Earlier>): Earlier {
  if (node.kind === "target") {
    order.set(node, before);
    return join(NOTHING, [node]);
  }
  // Children without a fixed order may each come after any other.
  const isOrdered = node.kind === "hedge" || (node.kind === "fallback" && node.prefer !== "fastest");
  const isOneOf = node.kind === "when";
  const siblings = isOrdered || isOneOf ? before : join(before, node.children.flatMap(targetsIn));
  let earlier = siblings;
  let within = NOTHING;
  for (const child of node.children) {
    const met = [...walk(child, earlier, order).values()].flat();
    within = join(within, met);
    if (isOrdered) earlier = join(earlier, met);
  }
  return within;
}

/** The same map if it has all of them. */
function join(earlier: Earlier, targets: readonly TargetNode[]): Earlier {
  let union: Map<string, readonly TargetNode[]> | null = null;
  for (const target of targets) {
    const { row } = target.provider;
    const vendor = `${row.name} ${row.protocol}`;
    const others = (union ?? earlier).get(vendor) ?? [];
    if (others.length >= MOST_OF_A_VENDOR || others.some((other) => isAskedAlike(other, target))) continue;
    union ??= new Map(earlier);
    union.set(vendor, [...others, target]);
  }
  return union ?? earlier;
}

function isAskedAlike(one: TargetNode, other: TargetNode): boolean {
  return one.model === other.model && JSON.stringify(one.params) === JSON.stringify(other.params);
}

function targetsIn(node: RouteNode): TargetNode[] {
  return node.kind === "target" ? [node] : node.children.flatMap(targetsIn);
}
