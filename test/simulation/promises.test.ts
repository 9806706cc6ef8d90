// Ten thousand storms: fault schedules, route trees and callers drawn at random, the whole gateway on a virtual clock, and
// after each the failure contract as callers, vendors and the ledger saw it. A failure tells its seed and its timeline;
// docs/simulation.md says how to read and replay it.
import { expect, test } from "vitest";
import { simulate } from "./simulate.test-support.ts";

/** More of them for a night: `UNDERSTUDY_TEST_RUNS=100000`. */
const RUNS = Number(process.env["UNDERSTUDY_TEST_RUNS"] ?? 10_000);

test(
  "F1 to F22 hold whatever vendors and callers do",
  async () => {
    const found = await simulate({ runs: RUNS });
    expect(found?.told ?? "every promise was kept").toBe("every promise was kept");
  },
  RUNS * 30 + 60_000,
);
