// Walks a route's tree: asks targets in order until one answers in a way that its node does not leave. A refusal that a
// node does leave is kept until another target answers: it is an answer, and better than an error.
import type { FallbackNode, RouteNode } from "../core/rules.ts";
import { askTarget, type Course, type Resting, type Standing } from "./ask-target.ts";
import type { Answered, BranchEnding, Failed } from "./ending.ts";
import { healthName } from "./once.ts";
import { shouldLeave } from "./trigger.ts";
import { wireFailure } from "./wire-failure.ts";

const NOBODY_ELSE: Standing = { alternatives: false, forced: false, checksOutput: false };

/**
 * Asks in order. Where every target rests, the one that rests the shortest is asked all the same: never all are out.
 * Where all that do not rest have failed, one whose breaker is open is the last resort, within the retry budget.
 */
export async function walkRoute(course: Course, root: RouteNode): Promise<BranchEnding> {
  const ending = await walk(course, root, NOBODY_ELSE);
  if (ending.kind === "answered" || isOver(course)) return ending;
  if (ending.kind === "failed" && !ending.exhausted) return ending;
  const leastBad = soonest(course);
  if (leastBad === null) return ending;
  const { target, byBreaker } = leastBad;
  if (ending.kind === "failed" && !(byBreaker && course.parts.budget.spend(target.provider.name))) return ending;
  const last = await askTarget(course, target, { ...NOBODY_ELSE, forced: true });
  if (last.kind === "skipped") return ending;
  return last.kind === "failed" ? { ...last, exhausted: true } : last;
}

async function walk(course: Course, node: RouteNode, standing: Standing): Promise<BranchEnding> {
  if (node.kind === "target") return askTarget(course, node, standing);
  const checksOutput = standing.checksOutput || leavesInvalidOutput(node);
  let failed: Failed | null = null;
  let refusal: Answered | null = null;
  for (const [index, child] of node.children.entries()) {
    if (isOver(course)) {
      failed ??= outOfTime();
      break;
    }
    const alternatives = standing.alternatives || index < node.children.length - 1;
    const ending = await walk(course, child, { alternatives, checksOutput, forced: false });
    if (ending.kind === "skipped") continue;
    if (ending.kind === "answered") {
      discard(refusal);
      if (!leaves(node, ending)) return ending;
      refusal = ending;
    } else if (leaves(node, ending)) failed = ending;
    else return refusal ?? { ...ending, exhausted: false };
  }
  if (refusal !== null) return refusal;
  return failed === null ? { kind: "skipped" } : { ...failed, exhausted: true };
}

function leavesInvalidOutput({ trigger }: FallbackNode): boolean {
  return trigger.kind === "verdicts" && trigger.verdicts.has("invalid_output");
}

function leaves(node: FallbackNode, ending: Answered | Failed): boolean {
  const answered = ending.kind === "answered";
  const verdict = answered ? ending.verdict : ending.failure.verdict;
  const status = answered ? 200 : ending.failure.status;
  return shouldLeave(node.trigger, { verdict, status, answered });
}

/** Another target's answer takes its place: what is left of a stream is not read. */
function discard(refusal: Answered | null): void {
  if (refusal?.answer.kind === "stream") refusal.answer.pieces.cancel();
}

function isOver(course: Course): boolean {
  const { exchange, parts } = course;
  return exchange.cancellation.cancelled || parts.clock.now() >= exchange.deadline;
}

function outOfTime(): Failed {
  const message = "the time allowed for the whole call was over before this target could be asked";
  return { kind: "failed", failure: wireFailure("no_response", message), exhausted: true, callersKey: false };
}

function soonest(course: Course): Resting | null {
  let best: Resting | null = null;
  for (const one of course.resting) {
    if (course.silent.has(healthName(one.target))) continue;
    if (best === null || one.untilMs < best.untilMs) best = one;
  }
  return best;
}
