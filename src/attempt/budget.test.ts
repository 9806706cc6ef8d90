import { expect, test } from "vitest";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { RetryBudget } from "./budget.ts";

const rules = { share: 0.2, floorPerSecond: 1, most: 20 };

function spendAll(budget: RetryBudget, provider = "a"): number {
  let spent = 0;
  while (budget.spend(provider)) spent += 1;
  return spent;
}

test("a fifth of the requests may be tried again, beyond what is there at first", () => {
  const budget = new RetryBudget(new VirtualClock(), rules);
  expect(spendAll(budget)).toBe(10);
  for (let count = 0; count < 50; count += 1) budget.earn("a");
  expect(spendAll(budget)).toBe(10);
});

test("savings are bounded, however long it was quiet", async () => {
  const clock = new VirtualClock();
  const budget = new RetryBudget(clock, rules);
  spendAll(budget);
  await clock.advance(5_000);
  expect(spendAll(budget)).toBe(5);
  await clock.advance(3_600_000);
  for (let count = 0; count < 1_000; count += 1) budget.earn("a");
  expect(spendAll(budget)).toBe(20);
});

test("providers have accounts of their own", () => {
  const budget = new RetryBudget(new VirtualClock());
  spendAll(budget, "a");
  expect(budget.spend("a")).toBe(false);
  expect(budget.spend("b")).toBe(true);
});
