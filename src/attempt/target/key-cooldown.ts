// For how long a key cools down that its vendor refused or limits, as the verdict's rule says. Pure; what a caller's own key
// was told concerns nobody else, which the pool sees to.
import type { WireFailure } from "../../core/failure.ts";
import type { TargetNode } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";
import type { Cooldown } from "../target-state/cooldown.ts";

/** Timers of the platform fire up to a millisecond before their time by the clock: whoever waited must not find it too soon. */
const EARLY = 2;
const LONGEST = 24 * 3_600_000;

/** Null: it goes on serving. */
export function cooldownFor({ provider, retry }: TargetNode, { verdict, waitMs }: WireFailure): Cooldown | null {
  const { keyCooldown } = ruleOf(verdict);
  if (keyCooldown === undefined) return null;
  const { models, isRefusal, onlyKey, ms } = keyCooldown;
  const isOnly = provider.keys.length === 1;
  // Whoever was told waits a short while and asks again; everybody else goes elsewhere until then (F5).
  const hinted = waitMs !== null && waitMs > (retry.hints ? 0 : retry.maxWait);
  if (isOnly && (onlyKey === "never" || (onlyKey === "hinted" && !hinted))) return null;
  // A wait of nothing says nothing: the pool would come round to the same key at once.
  const milliseconds = Math.min(LONGEST, waitMs || ms) - (isOnly && onlyKey === "hinted" ? EARLY : 0);
  return {
    milliseconds,
    reason: verdict,
    wholly: models === "all",
    // Nobody waits for the end of a long one: one request tries it then, before all others come.
    isRefusal: isRefusal || (waitMs !== null && waitMs > retry.maxWait),
    isGuess: waitMs === null,
  };
}
