// Decides what follows a failed attempt: the same target again (with which key, after how long, without which member),
// the next target, or the end. A pure function of the outcome, the rules and a random number; try-target.ts carries it
// out. Whether a node then leaves its child is decided separately, in route/fallback-on.ts.
import type { Random } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { RetryRules } from "../../core/rules.ts";
import type { Relearnt } from "./capability-check.ts";
import { decideRetry } from "./retry-policy.ts";

export type Next =
  | {
      readonly kind: "retry";
      readonly afterMs: number;
      /** Which key of the pool to use. */
      readonly key: "any" | "another";
      /**
       * A retry of the same request, which counts and spends budget. False if the request was changed or another key
       * takes it.
       */
      readonly counts: boolean;
      /**
       * What to leave out of the next request: the refused member, or every member that this vendor's table does not
       * know.
       */
      readonly without?: "refused" | "strangers";
    }
  | { readonly kind: "next-target" }
  /** Nobody waits any more. */
  | { readonly kind: "stop" };

/** The facts when the attempt is over. */
export interface Situation {
  readonly rules: RetryRules;
  /** Retries of the same request at this target, in this call. */
  readonly retries: number;
  /** Milliseconds until the call's deadline. */
  readonly remaining: number;
  /** Another target can be asked instead. */
  readonly alternatives: boolean;
  /** The caller left, or the call's time is over. */
  readonly isOver: boolean;
  /** The failure belongs to the key, and another key is available that this call has not tried. */
  readonly hasOtherKey: boolean;
  /** What the refusal taught and this request did not yet respect. */
  readonly relearnt: Relearnt | null;
  /** How many more times the target may be asked because it taught something. */
  readonly relearningsLeft: number;
  /** Milliseconds until breaker and cooldowns allow a request; Infinity: unknown. */
  readonly cooldownMs: number;
  /** Its provider's retry budget allows one. */
  readonly mayRetry: boolean;
}

const STOP: Next = { kind: "stop" };
const NEXT_TARGET: Next = { kind: "next-target" };

export function decideNext(failure: WireFailure, situation: Situation, random: Random): Next {
  const { isOver, hasOtherKey, relearnt, relearningsLeft, cooldownMs, mayRetry } = situation;
  if (isOver || failure.verdict === "cancelled") return STOP;
  if (hasOtherKey) return { kind: "retry", afterMs: 0, key: "another", counts: false };
  // Even if other targets are left: a target that refuses one member is healthy, and later calls know what it taught.
  if ((relearnt !== null || failure.restated === true) && relearningsLeft > 0) {
    const without = relearnt === "strangers" ? "strangers" : "refused";
    return { kind: "retry", afterMs: 0, key: "any", counts: false, without };
  }
  const decision = decideRetry({ ...situation, failure }, random);
  if (decision.kind === "leave" || cooldownMs > decision.waitMs || !mayRetry) return NEXT_TARGET;
  return { kind: "retry", afterMs: decision.waitMs, key: "any", counts: true };
}
