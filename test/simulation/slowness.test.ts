// What is promised of a target whose first tokens come late (F19), on a virtual clock, for the default settings, for
// `prefer: fastest` and for `hedge`. docs/outages.md shows the same figures at other rates.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../support/virtual-clock.ts";
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

test.each([28, 35])(
  "F19: fifty a second, both slow and overloaded from second %i: refused by vendors only",
  async (from) => {
    const [setting] = settings;
    if (setting === undefined) throw new Error("no settings");
    const times = { from: 30, to: 60, end: 70, overload: { from, to: from + 2 } };
    const figures = await tellSlowness({ slowness: { ...slownessOf("both targets"), ...times }, setting, rate: 50 });
    expect(figures.failed).toBeLessThanOrEqual(150);
    expect(figures.failedLater).toBe(0);
    expect(figures.p95).toBeLessThanOrEqual(12.7);
  },
);

describe("F19: drawn slowness", () => {
  // The share of late first tokens, how late they are, how many requests come, and how long it lasts.
  test.each(Array.from({ length: 30 }, (_, index) => index + 1))("seed %i", async (seed) => {
    const random = seededRandom(20_261_130 + seed);
    const isFirst = random() < 0.3;
    // Of a target that was never well, nothing usual can be known before a few first tokens came in time.
    const part = 0.1 + (isFirst ? 0.5 : 0.9) * random();
    const [late, rate] = [4_000 + 16_000 * random(), 0.5 + (isFirst ? 1.5 : 4) * random()];
    const setting = settings[Math.floor(random() * settings.length)];
    if (setting === undefined) throw new Error("no settings");
    const [from, lasts] = [isFirst ? 0 : 60, 60 + 120 * random()];
    const slowness: Slowness = {
      name: "drawn",
      what: "A share of the first tokens comes late.",
      from,
      to: from + lasts,
      end: from + lasts + 80,
      late: (moment) => (moment.random() < part ? late : 0),
    };
    const figures = await tellSlowness({ slowness, setting, rate, seed });
    const drawn = `${setting.name}: ${(part * 100).toFixed(0)} % ${late.toFixed(0)} ms late at ${rate.toFixed(1)} a second`;
    const { failed, p95, backAfter } = figures;
    const isKept = failed === 0 && p95 <= P95[setting.name] && backAfter !== null && backAfter <= BACK;
    expect(isKept ? "kept" : `${drawn}: ${JSON.stringify(figures)}`).toBe("kept");
  });
});
