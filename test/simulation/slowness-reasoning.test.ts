// F19 for models that reason without being asked: one that takes ten times as long as it usually does is left, and
// reasoning that takes long with good reason is borne. On a virtual clock, at two requests a second.
import { describe, expect, test } from "vitest";
import {
  legitimateSlownesses,
  reasonerSlownesses,
  settings,
  tellSlowness,
  type Setting,
  type SlowFigures,
  type Slowness,
} from "./slowness-story.test-support.ts";

/** Seconds: three times the longest usual time of the primary, and the longest of the stand-in. */
const LEFT_WITHIN = 3 * 4.8 + 4;
/** With `prefer: fastest` and `hedge`. */
const HURRIED_WITHIN = 10;
const BACK = 30;

function tell(stories: readonly Slowness[], name: string, setting: Setting): Promise<SlowFigures> {
  const slowness = stories.find((one) => one.name === name);
  if (slowness === undefined) throw new Error(`no story of the name ${name}`);
  return tellSlowness({ slowness, setting, rate: 2 });
}

describe.each(settings)("F19: a model that reasons unasked, $name", (setting) => {
  test.each(["tenfold", "tenfold, 60 %"])("is left while first tokens come late: %s", async (name) => {
    const figures = await tell(reasonerSlownesses, name, setting);
    expect(figures.failed).toBe(0);
    expect(figures.p50).toBeLessThanOrEqual(4.5);
    expect(figures.p95).toBeLessThanOrEqual(setting.name === "default" ? LEFT_WITHIN : HURRIED_WITHIN);
    expect(figures.primary).toBeLessThan(0.4);
    expect(figures.backAfter).toBeLessThanOrEqual(BACK);
  });

  test("is borne while the stand-in is as slow", async () => {
    const figures = await tell(reasonerSlownesses, "both", setting);
    expect(figures.failed).toBe(0);
    expect(figures.extra).toBeLessThan(0.2);
    expect(figures.backAfter).toBeLessThanOrEqual(BACK);
  });
});

// The other settings want the faster of the two.
describe("F19: a model that reasons unasked keeps the lead", () => {
  test.each(legitimateSlownesses.map(({ name }) => name))("%s", async (name) => {
    const [setting] = settings;
    if (setting === undefined) throw new Error("no settings");
    const figures = await tell(legitimateSlownesses, name, setting);
    expect(figures.failed).toBe(0);
    expect(figures.primary).toBeGreaterThan(0.85);
    expect(figures.extra).toBeLessThan(0.02);
  });
});
