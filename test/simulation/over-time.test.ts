// What is promised of an outage as it goes on: nobody goes without an answer, the sick vendor is left soon and hardly
// troubled, and it is back soon after it is well. Default settings, fifty requests a second, the whole gateway on a virtual
// clock; docs/outages.md shows the same stories as pictures.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drawOutage } from "../../scripts/outage-picture.ts";
import { figuresOf, scenarios, tell, type Figures } from "./outage-story.test-support.ts";

const docs = join(import.meta.dirname, "..", "..", "docs");

/** Seconds at most until the primary is left, and until it is back; null: that is not asked for. */
const limits: Readonly<Record<string, { readonly left: number | null; readonly back: number | null }>> = {
  down: { left: 1.5, back: 5 },
  silent: { left: 5.5, back: 5 },
  flapping: { left: null, back: 5 },
  // Answers that were asked for while it was slow still come late for twenty seconds.
  ramp: { left: 5, back: 20 },
  // Left for its slowness; a few calls a second go on to tell how slow it is.
  "ramp-fastest": { left: 6, back: 45 },
  errors: { left: null, back: 5 },
  // The sibling is refused after half of the time; a refused key cools down for a minute at first.
  revoked: { left: 30.5, back: 60 },
  // Nobody says when midnight is: the key cools down for five minutes.
  quota: { left: 0.5, back: 61 },
};

describe.each(scenarios)("F13: $title", (scenario) => {
  const { name, isTotal } = scenario;

  test("everybody is answered, and the sick vendor is spared", async () => {
    const story = await tell(scenario);
    const figures: Figures = figuresOf(story);
    expect(figures.calls).toBe(scenario.end * 50);
    expect(figures.failed).toBe(0);
    expect(figures.added).toBeLessThanOrEqual(0.2);
    const { left = null, back = null } = limits[name] ?? {};
    if (left !== null) expect(figures.leftAfter).toBeLessThanOrEqual(left);
    if (back !== null) {
      expect(figures.backAfter).not.toBeNull();
      expect(figures.backAfter).toBeLessThanOrEqual(back);
    }
    if (isTotal) {
      expect(figures.leftAfter).not.toBeNull();
      expect(figures.payingOnceLeft).toBeLessThan(0.05);
    }
    const picture = drawOutage(story);
    expect(picture).toContain(`<title id="title">${scenario.title}</title>`);
    expect(picture).not.toMatch(/NaN|undefined|Infinity/u);
    expect(existsSync(join(docs, "pictures", `outage-${name}.svg`))).toBe(true);
    expect(readFileSync(join(docs, "outages.md"), "utf8")).toContain(`pictures/outage-${name}.svg`);
  });
});

test("a story is told the same way every time", async () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error("there is no story");
  const short = { ...scenario, from: 2, to: 6, end: 10 };
  expect(await tell(short)).toEqual(await tell(short));
});
