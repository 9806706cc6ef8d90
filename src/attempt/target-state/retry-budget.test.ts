import fc from "fast-check";
import { expect, test } from "vitest";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { RetryBudget } from "./retry-budget.ts";

const rules = { share: 0.2, floorPerSecond: 1, window: 10_000 };

function spendAll(budget: RetryBudget, provider = "a"): number {
  let spent = 0;
  while (budget.spend(provider)) spent += 1;
  return spent;
}

test("a fifth of the recent requests may be tried again", () => {
  const budget = new RetryBudget(new VirtualClock(), rules);
  for (let count = 0; count < 500; count += 1) budget.earn("a");
  expect(budget.remaining("a")).toBe(100);
  expect(spendAll(budget)).toBe(100);
  expect(budget.remaining("a")).toBe(0);
});

test("where there are few requests, one a second may be", async () => {
  const clock = new VirtualClock();
  const budget = new RetryBudget(clock, rules);
  expect(spendAll(budget)).toBe(10);
  for (let count = 0; count < 10; count += 1) budget.earn("a");
  expect(spendAll(budget)).toBe(0);
  await clock.advance(10_000);
  expect(spendAll(budget)).toBe(10);
});

test("what is long ago counts neither for nor against", async () => {
  const clock = new VirtualClock();
  const budget = new RetryBudget(clock, rules);
  for (let count = 0; count < 1_000; count += 1) budget.earn("a");
  await clock.advance(3_600_000);
  expect(spendAll(budget)).toBe(10);
});

test("providers have accounts of their own", () => {
  const budget = new RetryBudget(new VirtualClock());
  spendAll(budget, "a");
  expect(budget.spend("a")).toBe(false);
  expect(budget.spend("b")).toBe(true);
});

test("F13: whenever they come, retries stay within the share or the floor of any ten seconds", () => {
  const moves = fc.array(fc.record({ gap: fc.nat(900), retries: fc.nat(3) }), { maxLength: 300 });
  fc.assert(
    fc.property(moves, (list) => {
      let now = 0;
      const budget = new RetryBudget({ now: () => now, wall: () => 0, after: () => () => {} }, rules);
      const seen: { readonly second: number; readonly retry: boolean }[] = [];
      for (const { gap, retries } of list) {
        now += gap;
        const second = Math.floor(now / 1_000);
        budget.earn("a");
        seen.push({ second, retry: false });
        for (let count = 0; count < retries; count += 1) if (budget.spend("a")) seen.push({ second, retry: true });
        const recent = seen.filter((one) => one.second > second - 10);
        const made = recent.filter((one) => one.retry).length;
        // Requests that were recent when the retry was allowed may have left the window; those of twenty seconds have
        // not.
        const asked = seen.filter((one) => !one.retry && one.second > second - 20).length;
        expect(made).toBeLessThanOrEqual(Math.max(10, 0.2 * asked));
      }
    }),
    { numRuns: 100 },
  );
});
