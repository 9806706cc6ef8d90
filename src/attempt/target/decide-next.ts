// Who decides what follows a failed attempt: asking the same target again (with which key, after how long, without what), the
// next target, or nothing more. A pure function of what happened, the rules and a random number; try-target.ts carries it
// out. Whether a node then leaves its child is the node's own half (route/fallback-on.ts).
import type { Random } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { RetryRules } from "../../core/rules.ts";
import type { Relearnt } from "./capability-check.ts";
import { decideRetry } from "./retry-policy.ts";

export type Next =
  | {
      readonly kind: "retry";
      readonly afterMs: number;
      /** Which key of the pool. */
      readonly key: "any" | "another";
      /** A retry of the same request, which is counted and paid for; else it was mended, or another key takes it. */
      readonly counts: boolean;
      /** What is left out of the next request: what was refused, or all that this vendor's table does not know. */
      readonly without?: "refused" | "strangers";
    }
  | { readonly kind: "next-target" }
  /** Nobody waits any more. */
  | { readonly kind: "stop" };

/** What is known when the attempt is over. */
export interface Situation {
  readonly rules: RetryRules;
  /** Retries of the same request that this target has had in this call. */
  readonly retries: number;
  /** Milliseconds until the call's deadline. */
  readonly remaining: number;
  /** Another target is there to be asked instead. */
  readonly alternatives: boolean;
  /** The caller left, or the call's time is over. */
  readonly isOver: boolean;
  /** The failure belongs to the key, and there is one that was not tried in this call and may be used now. */
  readonly hasOtherKey: boolean;
  /** What the refusal taught that the request had not minded. */
  readonly relearnt: Relearnt | null;
  /** Times that the target may still be asked because it taught something. */
  readonly lessonsLeft: number;
  /** Milliseconds until breaker and cooldowns let it be asked; Infinity: nobody knows. */
  readonly restsMs: number;
  /** Its provider's retry budget allows one. */
  readonly mayRetry: boolean;
}

const STOP: Next = { kind: "stop" };
const NEXT_TARGET: Next = { kind: "next-target" };

export function decideNext(failure: WireFailure, situation: Situation, random: Random): Next {
  const { isOver, hasOtherKey, relearnt, lessonsLeft, restsMs, mayRetry } = situation;
  if (isOver || failure.verdict === "cancelled") return STOP;
  if (hasOtherKey) return { kind: "retry", afterMs: 0, key: "another", counts: false };
  // Whoever else is there: a target that refuses one member is well, and what it taught costs later calls nothing.
  if ((relearnt !== null || failure.restated === true) && lessonsLeft > 0) {
    const without = relearnt === "strangers" ? "strangers" : "refused";
    return { kind: "retry", afterMs: 0, key: "any", counts: false, without };
  }
  const decision = decideRetry({ ...situation, failure }, random);
  if (decision.kind === "leave" || restsMs > decision.waitMs || !mayRetry) return NEXT_TARGET;
  return { kind: "retry", afterMs: decision.waitMs, key: "any", counts: true };
}
