// The test of the tests: each bug that is put into the gateway on purpose is found, and called by the clause that it
// breaks. Without them nobody would know whether the simulation sees anything at all.
import { describe, expect, test } from "vitest";
import { planted } from "./planted.test-support.ts";
import { runSchedule } from "./run.test-support.ts";
import { simulate } from "./simulate.test-support.ts";

const RUNS = 2_000;

/** A quarter of a second is enough to read it: the clause is known with the first broken run. */
const SHRINKING = 250;

describe("a bug that was planted is found", () => {
  test.each(planted)(
    "$name",
    async ({ clauses, ...options }) => {
      const found = await simulate({ ...options, runs: RUNS, shrinking: SHRINKING });
      expect(clauses).toContain(found?.clause ?? "nothing was found");
      // A failure can be read.
      expect(found?.told).toMatch(/^(?:F\d+|concurrency): .*\nseed -?\d+; again with UNDERSTUDY_TEST_SEED=-?\d+\n/u);
      expect(found?.told).toMatch(/\nt= +\d+ {2}call \d+ +asks: /u);
    },
    120_000,
  );
});

test("what was found can be seen again, to the word", async () => {
  const [bug] = planted;
  const found = await simulate({ ...bug, runs: RUNS, seed: 7, shrinking: SHRINKING });
  const again = await simulate({ ...bug, runs: RUNS, seed: 7, shrinking: SHRINKING });
  expect(found).not.toBeNull();
  expect(again?.run).toBe(found?.run);
  if (found === null) return;
  const [one, other] = await Promise.all([1, 2].map(() => runSchedule(found.schedule, { ...bug, telling: true })));
  expect(one?.timeline.length).toBeGreaterThan(3);
  expect(other?.timeline).toEqual(one?.timeline);
}, 60_000);
