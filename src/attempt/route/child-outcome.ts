// What every node with children does alike: says whether a child's ending is left for the next one, finds the child that a
// condition leads to, and lets go of answers that nobody will read.
import type { RouteNode, Trigger } from "../../core/rules.ts";
import type { CallRun, Standing } from "../call-run.ts";
import type { Answered, BranchEnding, Failed } from "../outcome.ts";
import { shouldLeave } from "./fallback-on.ts";

/** Walks one branch of a route. */
export type Walk = (run: CallRun, node: RouteNode, standing: Standing) => Promise<BranchEnding>;

/** A target's own trigger goes before its node's. */
export function leaves(trigger: Trigger, child: RouteNode, told: Answered | Failed): boolean {
  const ending = told.kind === "answered" ? (told.behind ?? told) : told;
  const answered = ending.kind === "answered";
  const verdict = answered ? ending.verdict : ending.failure.verdict;
  const status = answered ? 200 : ending.failure.status;
  const truncated = answered && isTruncated(ending);
  const elsewhere = answered && ending.elsewhere === true;
  const ours = !answered && ending.ours === true;
  return shouldLeave(triggerOf(trigger, child), { verdict, status, answered, truncated, elsewhere, ours });
}

/** A child failed in a way that its node does not leave. A refusal from before is better than an error. */
export function endWith(refusal: Answered | null, ending: Failed): Answered | Failed {
  const behind = { ...ending, exhausted: false };
  return refusal === null ? behind : { ...refusal, behind };
}

/** A stream's end is not known when its beginning is given. */
function isTruncated({ answer }: Answered): boolean {
  return answer.kind === "whole" && answer.response.choices.some(({ finish }) => finish === "length");
}

function triggerOf(trigger: Trigger, child: RouteNode): Trigger {
  return child.kind === "target" && child.trigger !== undefined ? child.trigger : trigger;
}

/** How a child is asked. Whoever leaves it for answers of another form than was asked for has them checked. */
export function standingOf(
  child: RouteNode,
  trigger: Trigger,
  { standing, next }: { readonly standing: Standing; readonly next: number },
): Standing {
  const own = triggerOf(trigger, child);
  const leavesWrongOutput = own.kind === "verdicts" && own.verdicts.has("invalid_output");
  return {
    left: standing.left + next,
    forced: false,
    checksOutput: standing.checksOutput || leavesWrongOutput,
  };
}

/** The node that conditions lead to; null, and a word in the exchange, where no case is for the request. */
export function unwrap(run: CallRun, node: RouteNode | undefined): RouteNode | null {
  let at = node;
  while (at?.kind === "when") {
    const chosen = run.parts.selection.choose(at, run);
    if (chosen === null) {
      const reason = "no `when` case matches this request, and there is no `else`";
      run.exchange.skipped.push({ target: at.path, path: at.path, reason });
      run.unmatched.push(at.path);
      return null;
    }
    at = chosen;
  }
  return at ?? null;
}

/** Another target's answer takes its place: what is left of a stream is not read. */
export function discard(answered: Answered | null): void {
  if (answered?.answer.kind === "stream") answered.answer.pieces.cancel();
}

export function isOver({ cancellation, exchange, parts }: CallRun): boolean {
  return cancellation.cancelled || parts.clock.now() >= exchange.deadline;
}
