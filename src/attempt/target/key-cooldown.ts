// How long an API key cools down after a refusal or a rate limit, by the verdict's rule. Pure. The pool makes sure that
// a caller's own key affects only that caller.
import type { WireFailure } from "../../core/failure.ts";
import type { TargetNode } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";
import type { Cooldown } from "../target-state/cooldown.ts";

/**
 * The platform's timers fire up to a millisecond early: a caller that waited must not find the key still cooling down.
 */
const EARLY = 2;
const LONGEST = 24 * 3_600_000;

/** Null: the key stays in use. */
export function keyCooldownFor(
  { provider, retry }: TargetNode,
  { verdict, waitMs, ofPath }: WireFailure,
): Cooldown | null {
  const { keyCooldown } = ruleOf(verdict);
  if (keyCooldown === undefined || ofPath === true) return null;
  const { models, isRefusal, onlyKey, ms } = keyCooldown;
  const isOnly = provider.keys.length === 1;
  // The call with the hint waits for it and tries again; other calls use another target until then (F5).
  const hinted = waitMs !== null && waitMs > (retry.hints ? 0 : retry.maxWait);
  if (isOnly && (onlyKey === "never" || (onlyKey === "hinted" && !hinted))) return null;
  // A wait of zero says nothing: the pool would use the same key again at once.
  const milliseconds = Math.min(LONGEST, waitMs || ms) - (isOnly && onlyKey === "hinted" ? EARLY : 0);
  return {
    milliseconds,
    reason: verdict,
    wholly: models === "all",
    // Nobody waits for the end of a long cooldown: one request tries the key first, before all others.
    isRefusal: isRefusal || (waitMs !== null && waitMs > retry.maxWait),
    isGuess: waitMs === null,
  };
}
