// Whether to retry a failed attempt on the same target, and after how long. A pure function of the outcome, the rules
// and a random number: other code does the waiting.
import type { Random } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { RetryRules } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";

export interface RetryPolicyInput {
  readonly failure: WireFailure;
  /** Retries at this target so far. */
  readonly retries: number;
  readonly rules: RetryRules;
  /** Milliseconds until the call's deadline. */
  readonly remaining: number;
  /** Another target can be asked instead. */
  readonly alternatives: boolean;
}

export type RetryDecision = { readonly kind: "leave" } | { readonly kind: "again"; readonly waitMs: number };

const LEAVE: RetryDecision = { kind: "leave" };
/** The first wait; waits double up to the cap, and full jitter takes a random part of each. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;

/** Follows the vendor's hints (F5): after a hint longer than `maxWait`, the next target is asked at once. */
export function decideRetry(facts: RetryPolicyInput, random: Random): RetryDecision {
  const { failure, retries, rules } = facts;
  if (retries >= rules.attempts || failure.shouldRetry === false || !isRetryable(facts)) return LEAVE;
  const hint = rules.hints ? failure.waitMs : null;
  if (hint !== null && hint > rules.maxWait) return LEAVE;
  const waitMs = hint ?? backoff(retries, rules.maxWait, random);
  return waitMs < facts.remaining ? { kind: "again", waitMs } : LEAVE;
}

/** Full jitter: a random part of a maximum that doubles with every retry. */
export function backoff(retries: number, longest: number, random: Random): number {
  return random() * Math.min(longest, LONGEST_WAIT, FIRST_WAIT * 2 ** retries);
}

function isRetryable({ failure, rules, alternatives }: RetryPolicyInput): boolean {
  if (rules.statuses !== null)
    return failure.status === null ? failure.verdict === "unreachable" : rules.statuses.has(failure.status);
  switch (ruleOf(failure.verdict).retry) {
    case "always":
      return true;
    // Without a hint the wait is unknown: if another target is available, it is the better choice.
    case "hinted":
      return failure.waitMs !== null || failure.shouldRetry === true || !alternatives;
    case "invited":
      return failure.shouldRetry === true;
    case "never":
      return false;
  }
}
