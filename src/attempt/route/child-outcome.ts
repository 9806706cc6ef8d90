// What all nodes with children share: whether to leave a child for the next one, which child a condition leads to, and
// the release of answers that nobody will read.
import type { BalanceNode, FallbackNode, HedgeNode, RouteNode, Trigger } from "../../core/rules.ts";
import type { CallRun, Standing } from "../call-run.ts";
import type { Answered, BranchOutcome, Failed } from "../outcome.ts";
import { shouldFallbackOn } from "./fallback-on.ts";

/** Walks one branch of a route. */
export type Walk = (run: CallRun, node: RouteNode, standing: Standing) => Promise<BranchOutcome>;

/** A target's own trigger takes precedence over its node's, also if it has several places. */
export function leavesOnChildOutcome(trigger: Trigger, child: RouteNode, result: Answered | Failed): boolean {
  if (result.kind === "failed" && result.isLast === true) return false;
  const ending = result.kind === "answered" ? (result.behind ?? result) : result;
  const hasAnswer = ending.kind === "answered";
  const verdict = hasAnswer ? ending.verdict : ending.failure.verdict;
  const status = hasAnswer ? 200 : ending.failure.status;
  const truncated = hasAnswer && isTruncated(ending);
  const elsewhere = hasAnswer && ending.elsewhere === true;
  const ours = !hasAnswer && ending.ours === true;
  return shouldFallbackOn(triggerOf(trigger, child), { verdict, status, hasAnswer, truncated, elsewhere, ours });
}

/** A child failed and its node returns that failure. An earlier refusal is better than an error. */
export function endWith(refusal: Answered | null, ending: Failed): Answered | Failed {
  const behind = { ...ending, exhausted: false };
  return refusal === null ? behind : { ...refusal, behind };
}

/** The end of a stream is unknown when it starts. */
function isTruncated({ answer }: Answered): boolean {
  return answer.kind === "whole" && answer.response.choices.some(({ finish }) => finish === "length");
}

function triggerOf(trigger: Trigger, child: RouteNode): Trigger {
  if (child.kind === "target") return child.trigger ?? trigger;
  return (child.kind === "fallback" || child.kind === "balance" ? child.leftOn : undefined) ?? trigger;
}

/**
 * The standing with which a child is asked. If the trigger leaves children for `invalid_output`, their output is
 * checked.
 */
export function standingOf(
  child: RouteNode,
  node: FallbackNode | BalanceNode | HedgeNode,
  { standing, next }: { readonly standing: Standing; readonly next: number },
): Standing {
  const own = triggerOf(node.trigger, child);
  const leavesWrongOutput = own.kind === "verdicts" && own.verdicts.has("invalid_output");
  return {
    remainingTargets: standing.remainingTargets + next,
    forced: false,
    checksOutput: standing.checksOutput || leavesWrongOutput,
    hurried: standing.hurried || node.kind === "hedge" || (node.kind === "fallback" && node.prefer === "fastest"),
  };
}

/** The node that conditions lead to; null, with a note in the exchange, if no case matches. */
export function unwrap(run: CallRun, node: RouteNode | undefined): RouteNode | null {
  let at = node;
  while (at?.kind === "when") {
    const chosen = run.parts.selection.choose(at, run);
    if (chosen === null) {
      const reason = "no `when` case matches this request, and there is no `else`";
      run.exchange.skipped.push({ target: at.path, path: at.path, reason });
      run.unmatchedPaths.push(at.path);
      return null;
    }
    at = chosen;
  }
  return at ?? null;
}

/** Another target's answer replaces it: the rest of a stream is not read. */
export function discard(ending: Answered | null): void {
  if (ending?.answer.kind === "stream") ending.answer.pieces.cancel();
}

export function isOver({ cancellation, exchange, parts }: CallRun): boolean {
  return cancellation.cancelled || parts.clock.now() >= exchange.deadline;
}
