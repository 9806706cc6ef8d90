// What is promised of a target whose first tokens come late (F19), on a virtual clock, for the default settings, for
// `prefer: fastest` and for `hedge`. docs/outages.md shows the same figures at other rates.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { settings, slownesses, tellSlowness, type Setting, type Slowness } from "./slowness-story.test-support.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "outages.md"), "utf8");

/** Seconds to the first token for 95 of 100 calls, after the first twenty. */
const P95: Readonly<Record<Setting["name"], number>> = { default: 4, "prefer: fastest": 2, hedge: 2 };
const BACK = 30;

function slownessOf(name: string): Slowness {
  const slowness = slownesses.find((one) => one.name === name);
  if (slowness === undefined) throw new Error(`no story of the name ${name}`);
  return slowness;
}

describe.each(settings)("F19: two requests a second, $name", (setting) => {
  test.each(["20 %", "60 %", "60 %, from the start", "all", "one key of two"])(
    "%s of the first tokens late",
    async (name) => {
      const figures = await tellSlowness({ slowness: slownessOf(name), setting, rate: 2 });
      expect(figures.failed).toBe(0);
      expect(figures.p95).toBeLessThanOrEqual(P95[setting.name]);
      expect(figures.backAfter).not.toBeNull();
      expect(figures.backAfter).toBeLessThanOrEqual(BACK);
      expect(page.includes(`| ${name} | ${setting.name} |`)).toBe(true);
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("whatever chance brings: seed %i", async (seed) => {
    const figures = await tellSlowness({ slowness: slownessOf("60 %"), setting, rate: 2, seed });
    expect(figures.p95).toBeLessThanOrEqual(P95[setting.name]);
    expect(figures.backAfter).toBeLessThanOrEqual(BACK);
  });

  test("a target that grows slow is left", async () => {
    const figures = await tellSlowness({ slowness: slownessOf("ramp"), setting, rate: 2 });
    expect(figures.failed).toBe(0);
    expect(figures.p50).toBeLessThanOrEqual(1);
    expect(figures.leftAfter).toBeLessThanOrEqual(BACK);
    expect(figures.backAfter).toBeLessThanOrEqual(BACK);
  });

  test("one slow key costs the target only that key", async () => {
    const { primary } = await tellSlowness({ slowness: slownessOf("one key of two"), setting, rate: 2 });
    expect(primary).toBeGreaterThan(setting.name === "prefer: fastest" ? 0.05 : 0.9);
  });

  test("slowness that all targets share is borne: the first one keeps the lead", async () => {
    const figures = await tellSlowness({ slowness: slownessOf("both targets"), setting, rate: 2 });
    expect(figures.failed).toBe(0);
    expect(figures.p95).toBeLessThanOrEqual(10.2);
    expect(figures.primary).toBeGreaterThan(0.7);
    expect(figures.extra).toBeLessThan(0.15);
  });
});

test.each([0.5, 50])("F19: %s requests a second, default settings", async (rate) => {
  const [setting] = settings;
  if (setting === undefined) throw new Error("no settings");
  const figures = await tellSlowness({ slowness: { ...slownessOf("60 %"), to: 120, end: 160 }, setting, rate });
  expect(figures.failed).toBe(0);
  expect(figures.p95).toBeLessThanOrEqual(4);
  expect(figures.backAfter).toBeLessThanOrEqual(BACK);
});
