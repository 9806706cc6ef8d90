import { describe, expect, test } from "vitest";
import type { Tariff } from "../core/price.ts";
import { plainRow } from "../../test/support/engine-rig.ts";
import { rememberTariffs } from "./tariffs.ts";

const usage = { input: 1_000, output: 100, cacheRead: 900, cacheWrite: null, reasoning: 50 };
const own = { input: 2, output: 10 };

function listed() {
  const asked: string[] = [];
  const row = plainRow("a", {
    tariff: (model): Tariff => {
      asked.push(model);
      return { price: () => ({ input: 7, output: 7 }), cost: () => 7 };
    },
  });
  return { asked, row };
}

describe("what a target costs", () => {
  test("the operator's own price wins, cached input and all, and the list is not asked", () => {
    const { asked, row } = listed();
    const tariff = rememberTariffs()(own, row, "m");
    expect(tariff?.price()).toEqual(own);
    expect(tariff?.cost(usage, 0)).toBeCloseTo(0.003, 12);
    expect(asked).toEqual([]);
  });

  test.each([
    ["no input", own, { ...usage, input: null }, null],
    ["no output that costs something", own, { ...usage, output: null }, null],
    ["no output that costs nothing", { input: 2, output: 0 }, { ...usage, output: null }, 0.002],
  ])("a vendor counts %s", (...[, price, counted, expected]) => {
    expect(rememberTariffs()(price, plainRow("a"), "m")?.cost(counted, 0)).toBe(expected);
  });

  test.each([
    ["a rate of their own", { ...own, cached: 0.5, cacheWrite: 3, cacheWrite1h: 5 }, 0.0142],
    ["the rate of other writes", { ...own, cached: 0.5, cacheWrite: 3 }, 0.0122],
    ["the rate of other input", own, 0.0098],
  ])("writes that stay for an hour have %s", (...[, price, expected]) => {
    // By hand, in millionths: 1000 fresh, 400 read, 2000 written briefly, 1000 for an hour, 100 out.
    const written = {
      input: 4_400,
      output: 100,
      cacheRead: 400,
      cacheWrite: 3_000,
      cacheWrite1h: 1_000,
      reasoning: null,
    };
    expect(rememberTariffs()(price, plainRow("a"), "m")?.cost(written, 0)).toBeCloseTo(expected, 12);
  });

  test("a provider without a list has no price", () => {
    expect(rememberTariffs()(null, plainRow("a"), "m")).toBeNull();
  });

  test("a model is looked up once for all of its targets, and callers' inventions are not kept for ever", () => {
    const { asked, row } = listed();
    const tariffOf = rememberTariffs();
    const first = tariffOf(null, row, "m");
    expect(first?.cost(usage, 0)).toBe(7);
    expect(tariffOf(null, row, "m")).toBe(first);
    expect(asked).toEqual(["m"]);
    for (let count = 0; count < 500; count += 1) tariffOf(null, row, `invented-${count}`);
    expect(tariffOf(null, row, "m")).not.toBe(first);
  });
});
