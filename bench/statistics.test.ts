// Medians and paired ratios, worked by hand.
import { describe, expect, test } from "vitest";
import { median, pairedRatios, spreadOf } from "./statistics.ts";

describe("median", () => {
  test("is the middle of an odd number of values, whatever their order", () => {
    expect(median([9, 1, 5])).toBe(5);
  });
  test("is the mean of the two middle ones of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
  test("leaves its input as it was", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
  test("refuses an empty list", () => {
    expect(() => median([])).toThrow("median of no values");
  });
});

test("spreadOf keeps the extremes beside the median", () => {
  expect(spreadOf([2, 8, 4])).toEqual({ median: 4, min: 2, max: 8 });
});

describe("pairedRatios", () => {
  test("pairs neighbours in time, so that a drift of the machine cancels out", () => {
    const ours = [60, 120, 90];
    const floor = [40, 80, 60];
    expect(spreadOf(pairedRatios(ours, floor))).toEqual({ median: 1.5, min: 1.5, max: 1.5 });
  });
  test("refuses rounds that have no partner", () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow("cannot pair 2 rounds with 1 rounds");
  });
  test("refuses a reference that measured nothing", () => {
    expect(() => pairedRatios([1], [0])).toThrow("round 1: the reference measured 0");
  });
});
