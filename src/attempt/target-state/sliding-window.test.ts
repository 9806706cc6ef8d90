import fc from "fast-check";
import { expect, test } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";

test("counts what came within the window, and forgets what is older", () => {
  const recent = new SlidingWindow();
  recent.note(0, true);
  recent.note(500, false);
  recent.note(4_000, true);
  expect(recent.count(4_000, 5_000)).toEqual({ all: 3, failed: 2 });
  expect(recent.count(4_000, 2_000)).toEqual({ all: 1, failed: 1 });
  expect(recent.count(9_000, 5_000)).toEqual({ all: 0, failed: 0 });
  expect(recent.count(3_600_000, 60_000)).toEqual({ all: 0, failed: 0 });
});

test("begins anew when it is told to", () => {
  const recent = new SlidingWindow();
  recent.note(1_000, true);
  recent.clear();
  expect(recent.count(1_000, 60_000)).toEqual({ all: 0, failed: 0 });
});

test("counts as a list of everything would", () => {
  const steps = fc.array(fc.record({ gap: fc.nat(20_000), failed: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 60 }), (list, seconds) => {
      const recent = new SlidingWindow();
      const all: { readonly second: number; readonly failed: boolean }[] = [];
      let now = 0;
      for (const { gap, failed } of list) {
        now += gap;
        recent.note(now, failed);
        all.push({ second: Math.floor(now / 1_000), failed });
        const within = all.filter((one) => one.second > Math.floor(now / 1_000) - seconds);
        expect(recent.count(now, seconds * 1_000)).toEqual({
          all: within.length,
          failed: within.filter((one) => one.failed).length,
        });
      }
    }),
    { numRuns: 100 },
  );
});
