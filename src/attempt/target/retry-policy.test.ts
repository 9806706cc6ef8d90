import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../test/support/virtual-clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { RetryRules } from "../../core/rules.ts";
import { verdicts, type FailureVerdict } from "../../core/verdict.ts";
import { backoff, decideRetry, type RetryPolicyInput } from "./retry-policy.ts";
import { wireFailure } from "./wire-failure.ts";

const usual: RetryRules = { attempts: 1, maxWait: 3_000, statuses: null, hints: true };

interface Case {
  readonly name: string;
  readonly failure: Partial<WireFailure> & { readonly verdict: FailureVerdict };
  readonly facts?: Partial<Omit<RetryPolicyInput, "failure" | "rules">>;
  readonly rules?: Partial<RetryRules>;
  /** Milliseconds waited, with half of the jitter; null: the next target. */
  readonly wait: number | null;
}

function decide({ failure, facts, rules }: Case): number | null {
  const decision = decideRetry(
    {
      retries: 0,
      remaining: 60_000,
      alternatives: true,
      ...facts,
      failure: { ...wireFailure(failure.verdict, "it failed"), ...failure },
      rules: { ...usual, ...rules },
    },
    () => 0.5,
  );
  return decision.kind === "again" ? decision.waitMs : null;
}

const cases: readonly Case[] = [
  { name: "overloaded", failure: { verdict: "overloaded" }, wait: 250 },
  { name: "server_error", failure: { verdict: "server_error", status: 500 }, wait: 250 },
  { name: "unreachable, nothing sent", failure: { verdict: "unreachable" }, wait: 250 },
  { name: "a reset, the request was sent", failure: { verdict: "unreachable", sent: true }, wait: 250 },
  { name: "no retry allowed", failure: { verdict: "server_error" }, rules: { attempts: 0 }, wait: null },
  { name: "all retries used", failure: { verdict: "server_error" }, facts: { retries: 1 }, wait: null },
  {
    name: "the second of two waits longer",
    failure: { verdict: "server_error" },
    facts: { retries: 1 },
    rules: { attempts: 2 },
    wait: 500,
  },
  { name: "malformed", failure: { verdict: "malformed", status: 200 }, wait: null },
  { name: "malformed by the model's slip", failure: { verdict: "malformed", shouldRetry: true }, wait: 250 },
  { name: "x-should-retry: false", failure: { verdict: "overloaded", shouldRetry: false }, wait: null },
  { name: "a short hint", failure: { verdict: "rate_limited", waitMs: 1_200 }, wait: 1_200 },
  { name: "a hint of nothing", failure: { verdict: "rate_limited", waitMs: 0 }, wait: 0 },
  { name: "a hint as long as is waited for", failure: { verdict: "rate_limited", waitMs: 3_000 }, wait: 3_000 },
  { name: "a hint that is too long", failure: { verdict: "rate_limited", waitMs: 3_001 }, wait: null },
  {
    name: "a hint that is too long, nobody else",
    failure: { verdict: "rate_limited", waitMs: 3_001 },
    facts: { alternatives: false },
    wait: null,
  },
  { name: "a 503 with a long hint", failure: { verdict: "overloaded", waitMs: 30_000 }, wait: null },
  {
    name: "hints switched off",
    failure: { verdict: "overloaded", waitMs: 30_000 },
    rules: { hints: false },
    wait: 250,
  },
  { name: "rate limited without a hint", failure: { verdict: "rate_limited" }, wait: null },
  {
    name: "rate limited without a hint, nobody else",
    failure: { verdict: "rate_limited" },
    facts: { alternatives: false },
    wait: 250,
  },
  {
    name: "rate limited, x-should-retry: true",
    failure: { verdict: "rate_limited", shouldRetry: true },
    wait: 250,
  },
  {
    name: "the deadline comes before the wait is over",
    failure: { verdict: "rate_limited", waitMs: 1_000 },
    facts: { remaining: 1_000 },
    wait: null,
  },
  {
    name: "a status in the list",
    failure: { verdict: "bad_request", status: 418 },
    rules: { statuses: new Set([418]) },
    wait: 250,
  },
  {
    name: "a status out of the list",
    failure: { verdict: "server_error", status: 500 },
    rules: { statuses: new Set([429]) },
    wait: null,
  },
  {
    name: "a dead host has no status to list",
    failure: { verdict: "unreachable" },
    rules: { statuses: new Set([429]) },
    wait: 250,
  },
  {
    name: "silence is never retried, whatever is listed",
    failure: { verdict: "no_response" },
    rules: { statuses: new Set([504]) },
    wait: null,
  },
];

describe("F5, F6: what is tried again on the same target", () => {
  test.each(cases)("$name", (one) => {
    expect(decide(one)).toBe(one.wait);
  });

  const never = verdicts.filter(
    (verdict): verdict is FailureVerdict =>
      !["ok", "overloaded", "server_error", "unreachable", "rate_limited"].includes(verdict),
  );
  test.each(never)("%s is not", (verdict) => {
    expect(decide({ name: verdict, failure: { verdict }, facts: { alternatives: false }, wait: null })).toBeNull();
  });
});

test("backoff is full jitter below a ceiling that doubles, never above the longest", () => {
  fc.assert(
    fc.property(fc.nat(30), fc.integer({ min: 1, max: 20_000 }), fc.nat(), (retries, longest, seed) => {
      const wait = backoff(retries, longest, seededRandom(seed));
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(Math.min(longest, 8_000, 500 * 2 ** retries));
    }),
  );
});
