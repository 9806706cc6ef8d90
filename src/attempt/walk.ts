// Walks a route's tree: asks targets in order until one answers in a way that its node does not leave.
import type { RouteNode, TargetNode } from "../core/rules.ts";
import { askTarget, healthName, outOfTime, type Course } from "./ask-target.ts";
import type { BranchEnding } from "./ending.ts";
import { shouldLeave } from "./trigger.ts";

/** Asks in order. Where every target rests, the one that rests the shortest is asked all the same: never all are out. */
export async function walkRoute(course: Course, root: RouteNode): Promise<BranchEnding> {
  const ending = await walk(course, root, false);
  if (ending.kind !== "skipped") return ending;
  const leastBad = soonest(course);
  if (leastBad === null) return ending;
  return askTarget(course, leastBad, { alternatives: false, forced: true });
}

async function walk(course: Course, node: RouteNode, alternatives: boolean): Promise<BranchEnding> {
  if (node.kind === "target") return askTarget(course, node, { alternatives, forced: false });
  let last: BranchEnding = { kind: "skipped" };
  for (const [index, child] of node.children.entries()) {
    if (isOver(course))
      return last.kind === "skipped" ? { kind: "failed", failure: outOfTime(), exhausted: true } : last;
    const more = alternatives || index < node.children.length - 1;
    const ending = await walk(course, child, more);
    if (ending.kind === "skipped") continue;
    if (ending.kind === "answered") {
      if (!leaves(node, ending)) return ending;
      if (ending.answer.kind === "stream" && more) ending.answer.pieces.cancel();
    } else if (!leaves(node, ending)) return { ...ending, exhausted: false };
    last = ending;
  }
  return last.kind === "failed" ? { ...last, exhausted: true } : last;
}

function leaves(
  node: Extract<RouteNode, { kind: "fallback" }>,
  ending: Exclude<BranchEnding, { kind: "skipped" }>,
): boolean {
  const answered = ending.kind === "answered";
  const verdict = answered ? ending.verdict : ending.failure.verdict;
  const status = answered ? 200 : ending.failure.status;
  return shouldLeave(node.trigger, { verdict, status, answered });
}

function isOver(course: Course): boolean {
  const { exchange, parts } = course;
  return exchange.cancellation.cancelled || parts.clock.now() >= exchange.deadline;
}

function soonest(course: Course): TargetNode | null {
  let best: { target: TargetNode; untilMs: number } | null = null;
  for (const one of course.resting) {
    if (course.silent.has(healthName(one.target))) continue;
    if (best === null || one.untilMs < best.untilMs) best = one;
  }
  return best?.target ?? null;
}
