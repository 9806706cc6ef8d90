// Summing up, judging and merging of measured lines.
import { describe, expect, test } from "vitest";
import type { Machine } from "./machine.ts";
import { judge, mergeLines, summarise, unmeasured, type ResultLine } from "./result.ts";

const machine: Machine = {
  date: "2026-11-22T10:00:00.000Z",
  commit: "abc1234567",
  cpu: "test",
  cores: 2,
  memoryGigabytes: 8,
  system: "Linux 6",
  node: "v26.0.0",
  nginx: null,
  wrk: null,
  openFiles: 1_024,
};
const one = (value: number): { median: number; min: number; max: number } => ({
  median: value,
  min: value,
  max: value,
});

describe("summarise", () => {
  test("takes the median of paired ratios, not the ratio of medians", () => {
    const line = summarise(
      {
        id: "small",
        title: "small",
        unit: "µs",
        sides: { gateway: [60, 120, 100], floor: [50, 100, 50], nginx: [20, 40, 25] },
      },
      machine,
    );
    expect(line.toFloor).toEqual({ median: 1.2, min: 1.2, max: 2 });
    expect(line.toNginx).toEqual({ median: 3, min: 3, max: 4 });
    expect(line).toMatchObject({ verdict: "measured", commit: "abc1234567", date: "2026-11-22" });
  });
  test("leaves ratios out where a side is missing", () => {
    const line = summarise({ id: "x", title: "x", unit: "ms", sides: { floor: [5] } }, machine);
    expect(line.toFloor).toBeUndefined();
    expect(line.verdict).toBe("no gateway");
  });
});

describe("judge", () => {
  test.each([
    [1.6, "pass"],
    [1.61, "miss"],
  ] as const)("a ratio of %d against 1.6 is a %s", (ratio, verdict) => {
    expect(judge({ of: "ratio to floor", atMost: 1.6 }, { toFloor: one(ratio), value: one(9) })).toBe(verdict);
  });
  test("a value has its own bound", () => {
    expect(judge({ of: "value", atMost: 300 }, { toFloor: one(9), value: one(299) })).toBe("pass");
  });
  test("what a line costs above its floor is taken round by round", () => {
    const target = { of: "above floor", atMost: 10 } as const;
    const sides = { gateway: [22, 44, 31], floor: [15, 35, 14] };
    const line = summarise({ id: "engine-x", title: "x", unit: "µs", sides, target }, machine);
    expect(line).toMatchObject({ aboveFloor: { median: 9, min: 7, max: 17 }, verdict: "pass" });
    expect(judge(target, { toFloor: one(1), aboveFloor: one(10.1), value: one(30) })).toBe("miss");
    expect(judge(target, { toFloor: one(1), aboveFloor: one(-1), value: one(30) })).toBe("pass");
  });
  test("a target may have a lower bound too", () => {
    const target = { of: "ratio to floor", atLeast: 0.9, atMost: 1.1 } as const;
    expect(judge(target, { toFloor: one(0.8), value: one(1) })).toBe("miss");
  });
});

test("mergeLines replaces what was measured again and keeps what was not", () => {
  const line = (id: string, commit: string): ResultLine => ({
    ...unmeasured({ id, title: id }, "skipped", { reason: "-", machine: { ...machine, commit } }),
    verdict: "measured",
  });
  const broken = unmeasured({ id: "b", title: "b" }, "aborted", { reason: "37 status errors", machine });
  const merged = mergeLines([line("a", "old"), line("b", "old")], [line("c", "new"), line("a", "new"), broken]);
  expect(merged.map(({ id, commit }) => `${id} ${commit}`)).toEqual(["a new", "b old", "c new"]);
});
