// Walks a route's tree: it asks targets in each node's order until one answers and its node accepts the answer. If a
// node leaves a refusal, the walk keeps it until another target answers: a refusal is better than an error.
import type { BalanceNode, FallbackNode, RouteNode } from "../../core/rules.ts";
import type { Order } from "../../core/load-balancing.ts";
import { tryTarget } from "../target/try-target.ts";
import { type CallRun, type CoolingTarget, type Standing } from "../call-run.ts";
import { discard, endWith, isOver, leavesOnChildOutcome, standingOf, unwrap } from "./child-outcome.ts";
import type { Answered, BranchOutcome, Failed } from "../outcome.ts";
import { walkHedgedNode } from "./hedged-node.ts";
import { targetKey } from "../target-state/target-key.ts";
import { wireFailure } from "../target/wire-failure.ts";

const NOBODY_ELSE: Standing = { remainingTargets: 0, forced: false, checksOutput: false, hurried: false };

/**
 * Asks in order. If all targets are cooling down, the one with the shortest cooldown is asked anyway: never all are
 * out. If all others have failed, one with an open breaker is the last resort, within the retry budget.
 */
export function walkRoute(run: CallRun, root: RouteNode): Promise<BranchOutcome> {
  return walk(run, root, NOBODY_ELSE).then((ending) =>
    ending.kind === "answered" || isOver(run) ? ending : lastResort(run, ending),
  );
}

/** After the whole tree: asks one of the targets that were skipped, or returns `ending`. */
async function lastResort(run: CallRun, ending: Exclude<BranchOutcome, Answered>): Promise<BranchOutcome> {
  if (ending.kind === "failed" && !ending.exhausted) return ending;
  // That target is healthy, and can serve the request that the client sends next.
  if (resendIn(run) !== null) return ending;
  const leastBad = soonest(run);
  if (leastBad === null) return ending;
  const { target, byBreaker } = leastBad;
  if (ending.kind === "failed" && !(byBreaker && run.parts.budget.spend(target.provider.name))) return ending;
  const last = await tryTarget(run, target, { ...NOBODY_ELSE, forced: true });
  if (last.kind === "skipped") return ending;
  return last.kind === "failed" ? { ...last, exhausted: true } : last;
}

function walk(run: CallRun, node: RouteNode, standing: Standing): Promise<BranchOutcome> {
  switch (node.kind) {
    case "target":
      return tryTarget(run, node, standing);
    case "hedge":
      return walkHedgedNode(node, { run, standing, walk });
    case "when": {
      const child = unwrap(run, node);
      return child === null ? Promise.resolve({ kind: "skipped" }) : walk(run, child, standing);
    }
    default:
      return walkInOrder(run, node, standing);
  }
}

async function walkInOrder(run: CallRun, node: FallbackNode | BalanceNode, standing: Standing): Promise<BranchOutcome> {
  const { children, trigger } = node;
  const order = orderOf(run, node);
  let failed: Failed | null = null;
  let refusal: Answered | null = null;
  for (let remaining = children.length - 1, place = order.next(); place !== -1; remaining -= 1, place = order.next()) {
    if (isOver(run)) {
      failed ??= outOfTime();
      break;
    }
    const child = unwrap(run, children[place]);
    if (child === null) continue;
    const ending = await walk(run, child, standingOf(child, node, { standing, next: remaining }));
    if (ending.kind === "skipped") continue;
    const isLeft = leavesOnChildOutcome(trigger, child, ending);
    if (ending.kind === "answered") {
      discard(refusal);
      if (!isLeft) return ending;
      refusal = ending;
    } else if (isLeft) failed = ending;
    else return endWith(refusal, ending);
  }
  if (refusal !== null) return refusal;
  return failed === null ? { kind: "skipped" } : { ...failed, exhausted: true };
}

function orderOf(run: CallRun, node: FallbackNode | BalanceNode): Order {
  const { selection } = run.parts;
  if (node.kind === "balance") return selection.balance(node, run);
  return node.prefer === "fastest" ? selection.prefer(node, run) : new WrittenOrder(node.children.length);
}

class WrittenOrder implements Order {
  readonly #count: number;
  #place = 0;

  constructor(count: number) {
    this.#count = count;
  }

  next(): number {
    if (this.#place >= this.#count) return -1;
    this.#place += 1;
    return this.#place - 1;
  }
}

function outOfTime(): Failed {
  const message = "the call reached its total timeout before this target could be tried";
  return { kind: "failed", failure: wireFailure("no_response", message), exhausted: true, callersKey: false };
}

/** A target that could serve the request if the client sent the whole conversation. */
export function resendIn({ failures }: CallRun): Failed | null {
  return failures.find(({ failure }) => failure.resend === true) ?? null;
}

function soonest(run: CallRun): CoolingTarget | null {
  let best: CoolingTarget | null = null;
  for (const one of run.coolingDown) {
    if (one.isFull === true || run.silent.has(targetKey(one.target))) continue;
    if (best === null || one.untilMs < best.untilMs) best = one;
  }
  return best;
}
