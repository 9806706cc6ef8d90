// What becomes of a key that its vendor refused or limits: it rests, and a sibling of its pool may be used at once. What a
// caller's own key was told concerns nobody else.
import type { WireFailure } from "../../core/failure.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";
import type { CallRun } from "../call-run.ts";
import { healthName } from "./single-attempt.ts";

/** Timers of the platform fire up to a millisecond before their time by the clock: who waited must not find it too soon. */
const EARLY = 2;
const LONGEST_REST = 24 * 3_600_000;

/**
 * Lets a key rest that its vendor refused; true where a sibling can be used at once. A long 429 with one key rests the
 * target.
 */
export function sparesKey(
  { parts }: Pick<CallRun, "parts">,
  told: { target: TargetNode; key: Key; failure: WireFailure },
): boolean {
  const { target, key, failure } = told;
  const { verdict } = failure;
  if (key.source === "request") return false;
  const { keyCooldown } = ruleOf(verdict);
  if (keyCooldown === undefined) return false;
  // A wait of nothing says nothing: the pool would come round to the same key at once.
  const milliseconds = Math.min(LONGEST_REST, failure.waitMs || keyCooldown.ms);
  if (verdict === "rate_limited" && target.provider.keys.length === 1) {
    const { hints, maxWait } = target.retry;
    // Whoever was told waits a short while and asks again; everybody else goes elsewhere meanwhile (F5).
    if (failure.waitMs !== null && failure.waitMs > (hints ? 0 : maxWait))
      parts.health.rest(healthName(target), milliseconds - EARLY, "its vendor asked to wait");
    return false;
  }
  const { models, isRefusal } = keyCooldown;
  const rest = { milliseconds, reason: verdict, wholly: models === "all", isRefusal };
  return parts.keys.rest(target, key, { ...rest, isGuess: failure.waitMs === null });
}
