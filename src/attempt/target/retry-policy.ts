// Whether a failed attempt is tried again on the same target, and after how long. A pure function of what happened, the
// rules and a random number: everything that waits is elsewhere.
import type { Random } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { RetryRules } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";

export interface RetryFacts {
  readonly failure: WireFailure;
  /** Tries that were made again already on this target. */
  readonly retries: number;
  readonly rules: RetryRules;
  /** Milliseconds until the call's deadline. */
  readonly remaining: number;
  /** Another target is there to be asked instead. */
  readonly alternatives: boolean;
}

export type RetryDecision = { readonly kind: "leave" } | { readonly kind: "again"; readonly waitMs: number };

const LEAVE: RetryDecision = { kind: "leave" };
/** Waits double from here, up to the cap; full jitter takes a random part of each. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;

/** Honours the vendor's hints (F5): a wait longer than `maxWait` means the next target now. */
export function decideRetry(facts: RetryFacts, random: Random): RetryDecision {
  const { failure, retries, rules } = facts;
  if (retries >= rules.attempts || failure.shouldRetry === false || !isRetryable(facts)) return LEAVE;
  const hint = rules.hints ? failure.waitMs : null;
  if (hint !== null && hint > rules.maxWait) return LEAVE;
  const waitMs = hint ?? backoff(retries, rules.maxWait, random);
  return waitMs < facts.remaining ? { kind: "again", waitMs } : LEAVE;
}

/** Full jitter: a random part of a ceiling that doubles with every try. */
export function backoff(retries: number, longest: number, random: Random): number {
  return random() * Math.min(longest, LONGEST_WAIT, FIRST_WAIT * 2 ** retries);
}

function isRetryable({ failure, rules, alternatives }: RetryFacts): boolean {
  if (rules.statuses !== null)
    return failure.status === null ? failure.verdict === "unreachable" : rules.statuses.has(failure.status);
  switch (ruleOf(failure.verdict).retry) {
    case "always":
      return true;
    // Without a hint nobody knows how long: with another target at hand, waiting is the worse guess.
    case "hinted":
      return failure.waitMs !== null || failure.shouldRetry === true || !alternatives;
    case "invited":
      return failure.shouldRetry === true;
    case "never":
      return false;
  }
}
