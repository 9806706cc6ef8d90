// The nodes that choose between children: checks and resolves their settings. routes.ts compiles the children and resolves
// names; nothing here looks at a request.
import type { BalanceNode, HedgeDelay, HedgeNode, RouteNode, Stickiness, WhenNode } from "../core/rules.ts";
import { compileCondition } from "./conditions/conditions.ts";
import type { NodeConfig, NodeObject } from "./config-file.ts";
import { parseDuration, parseQuantile, parseShare } from "../domain/duration.ts";
import type { Policies } from "./policy-types.ts";
import type { Path, ProblemList } from "./problem.ts";

/** A branch's position, and the compiler of its children. */
export interface Branch {
  /** In the file. */
  readonly path: Path;
  /** In the route. */
  readonly at: string;
  readonly policies: Policies;
  readonly problems: ProblemList;
  /** The child at `steps` below the branch; null if it has a problem, which is then reported. */
  readonly child: (config: NodeConfig, steps: Path) => RouteNode | null;
}

/** Settings that are valid beside one kind of node only. */
const BELONGS: Readonly<Record<string, "fallback" | "balance" | "when" | "hedge">> = {
  prefer: "fallback",
  by: "balance",
  stick: "balance",
  else: "when",
  after: "hedge",
  cap: "hedge",
  side_effects: "hedge",
};

/** Reports settings beside the wrong kind of node. */
export const checkSettings = (
  node: NodeObject,
  kind: string,
  { path, problems }: Pick<Branch, "path" | "problems">,
): void => {
  for (const [name, home] of Object.entries(BELONGS)) {
    if (node[name as keyof NodeObject] !== undefined && home !== kind)
      problems.add([...path, name], `is a setting of ${home}, and this node is a ${kind}`);
  }
};

/** The children of a list, without the invalid ones. */
export const compileList = (
  kind: "fallback" | "balance" | "hedge",
  items: readonly NodeConfig[],
  branch: Branch,
): readonly RouteNode[] => {
  if (items.length === 0) branch.problems.add([...branch.path, kind], "needs at least one target");
  return items.flatMap((item, index) => branch.child(item, [kind, index]) ?? []);
};

const weightOf = (item: NodeConfig): number =>
  typeof item === "object" && item.weight !== undefined ? Number(item.weight) : 1;

const stickinessOf = (by: string): Stickiness =>
  by === "conversation" ? { kind: "conversation" } : { kind: "metadata", name: by.slice("metadata.".length) };

export const compileBalance = (node: NodeObject, branch: Branch): BalanceNode | null => {
  const items = node.balance ?? [];
  const children = compileList("balance", items, branch);
  if (children.length === 0 || children.length < items.length) return null;
  const weights = items.map(weightOf);
  if (weights.every((weight) => weight === 0))
    branch.problems.add([...branch.path, "balance"], "every child has weight 0; give at least one a higher weight");
  return {
    kind: "balance",
    path: branch.at,
    children,
    weights,
    by: node.by ?? "weight",
    stick: node.stick === undefined ? null : stickinessOf(node.stick.by),
    trigger: branch.policies.trigger,
  };
};

export const compileWhen = (node: NodeObject, branch: Branch): WhenNode | null => {
  const cases = node.when ?? [];
  if (cases.length === 0) branch.problems.add([...branch.path, "when"], "needs at least one case");
  const complain = branch.problems.add.bind(branch.problems);
  const conditions = cases.map(({ if: query }, index) =>
    compileCondition(query, { path: [...branch.path, "when", index, "if"], complain }),
  );
  const uses = cases.map(({ use }, index) => branch.child(use, ["when", index, "use"]));
  const others = node.else === undefined ? [] : [branch.child(node.else, ["else"])];
  const children = [...uses, ...others].filter((child) => child !== null);
  const isWhole = children.length === uses.length + others.length && children.length > 0;
  return isWhole ? { kind: "when", path: branch.at, children, conditions } : null;
};

/** Later than 95 of 100 answers; at most one request in ten is hedged. */
const DEFAULT_AFTER: HedgeDelay = { kind: "quantile", quantile: 0.95 };
const DEFAULT_CAP = 0.1;

const delayOf = (text: string | undefined): HedgeDelay => {
  const milliseconds = parseDuration(text ?? "");
  if (milliseconds !== null) return { kind: "fixed", milliseconds };
  const quantile = parseQuantile(text ?? "");
  return quantile === null ? DEFAULT_AFTER : { kind: "quantile", quantile };
};

export const compileHedge = (node: NodeObject, branch: Branch): HedgeNode | null => {
  const items = node.hedge ?? [];
  const children = compileList("hedge", items, branch);
  if (children.length === 0 || children.length < items.length) return null;
  if (children.length === 1) branch.problems.warn([...branch.path, "hedge"], "has one target only, so it never hedges");
  return {
    kind: "hedge",
    path: branch.at,
    children,
    trigger: branch.policies.trigger,
    after: delayOf(node.after),
    cap: node.cap === undefined ? DEFAULT_CAP : (parseShare(node.cap) ?? DEFAULT_CAP),
    sideEffects: node.side_effects === "allowed",
  };
};
