// Which other targets of a route could take over a call now, and how fast they are. Checked only when a target is late:
// a slow target is never left if no other target is faster.
import type { RouteNode, TargetNode } from "../../core/rules.ts";
import { responseModeOf } from "../../domain/response-mode.ts";
import type { CallRun } from "../call-run.ts";
import { targetKey } from "../target-state/target-key.ts";

export interface StandIns {
  readonly isAny: boolean;
  /** The shortest recent median of their milliseconds to the first content; null: no samples. */
  readonly fastestMs: number | null;
}

/** Routes can contain a thousand targets: this many are compared. */
const MOST_COMPARED = 8;
/** Older samples, in milliseconds, prove nothing about now. */
const NEWS = 300_000;

export function standInsOf(run: CallRun, target: TargetNode): StandIns {
  const own = targetKey(target);
  const responseMode = responseModeOf(run.call);
  const now = run.parts.clock.now();
  let isAny = false;
  let fastestMs: number | null = null;
  for (const other of targetsOf(run.exchange.route.node)) {
    const key = targetKey(other);
    if (key === own || !mayTakeOver(run, other, key)) continue;
    isAny = true;
    const metrics = run.parts.states.view(other).metrics;
    const median = metrics.recentMedianMs(responseMode);
    if (median === null || now - (metrics.sampledAt(responseMode) ?? -Infinity) > NEWS) continue;
    if (fastestMs === null || median < fastestMs) fastestMs = median;
  }
  return { isAny, fastestMs };
}

function mayTakeOver(run: CallRun, other: TargetNode, key: string): boolean {
  const { parts, exchange, silent, capabilities, attemptedPaths } = run;
  if (silent.has(key) || attemptedPaths?.has(other.path) === true) return false;
  if (exchange.attempts.some(({ target, verdict }) => target === other.name && verdict !== null && verdict !== "ok"))
    return false;
  if (parts.states.view(other).breaker.look(other.breaker).kind === "cooling-down") return false;
  return parts.keys.look(other) === null && capabilities.unfit(other) === null;
}

/** The first targets of a tree, in written order. */
function targetsOf(root: RouteNode): readonly TargetNode[] {
  const targets: TargetNode[] = [];
  const open: RouteNode[] = [root];
  for (let node = open.pop(); node !== undefined && targets.length <= MOST_COMPARED; node = open.pop()) {
    if (node.kind === "target") targets.push(node);
    // Backwards, because the last one is taken first; a thousand children need not all be checked.
    else open.push(...node.children.slice(0, MOST_COMPARED + 1).toReversed());
  }
  return targets;
}
