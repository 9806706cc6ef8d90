// The test of the tests: each bug that is put into the gateway on purpose is found, and called by the clause that it
// breaks. Without them nobody would know whether the simulation sees anything at all.
import { describe, expect, test } from "vitest";
import { planted } from "./planted.test-support.ts";
import { simulate } from "./simulate.test-support.ts";

const RUNS = 1_000;

describe("a bug that was planted is found", () => {
  test.each(planted)(
    "$name",
    async ({ clauses, ...options }) => {
      const found = await simulate({ ...options, runs: RUNS, shrinking: 3_000 });
      expect(clauses).toContain(found?.clause ?? "nothing was found");
      // A failure can be read, and seen again.
      expect(found?.told).toMatch(/^F\d+: .*\nseed -?\d+; again with UNDERSTUDY_TEST_SEED=-?\d+\n/u);
      expect(found?.told).toMatch(/\nt= +\d+ {2}call 0 +asks: /u);
    },
    120_000,
  );
});
