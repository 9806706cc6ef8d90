import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReasoningFacts } from "../../core/provider.ts";
import {
  aloneSilence,
  sharedSilence,
  silenceFor,
  slowAfter,
  reasonsByDefault,
  type TimeoutPolicyInput,
} from "./timeout-policy.ts";

const usual: TimeoutPolicyInput = {
  responseMode: "streamed",
  configured: null,
  learned: null,
  bytes: 0,
  remainingTargets: 1,
  hurried: null,
  now: 0,
  begunAt: 0,
  deadline: 600_000,
};

describe("silence before the first content", () => {
  test.each<[string, Partial<TimeoutPolicyInput>, number]>([
    ["a stream, nothing known", {}, 10_000],
    ["a whole answer, nothing known", { responseMode: "whole" }, 10_000],
    ["thought over, nothing known", { responseMode: "thinking" }, 60_000],
    ["nobody else is left", { remainingTargets: 0 }, 30_000],
    ["a whole answer, nobody else is left", { responseMode: "whole", remainingTargets: 0 }, 60_000],
    ["as the operator says, whoever is left", { configured: 700, remainingTargets: 0, learned: 5_000 }, 700],
    ["as the target has shown", { learned: 4_500 }, 4_500],
    ["longer than at first, as the target has shown", { responseMode: "whole", learned: 25_000 }, 25_000],
    ["more for a long request", { learned: 4_500, bytes: 100_000 }, 6_500],
    ["a long request never more than at first", { learned: 4_500, bytes: 9_000_000 }, 10_000],
    ["where the fastest answer is wanted, little more than usual", { learned: 6_000, hurried: 2_000 }, 2_500],
    ["there too, a second at least", { learned: 3_000, hurried: 200 }, 1_000],
    ["there too, more for a long request", { learned: 6_000, hurried: 2_000, bytes: 50_000 }, 3_500],
    ["two thirds of the time, where one is left", { deadline: 6_000 }, 4_000],
    ["half of it, where two are", { deadline: 6_000, remainingTargets: 2 }, 3_000],
    ["all of it, where nobody is", { deadline: 6_000, remainingTargets: 0 }, 30_000],
    ["its share of all silences", { now: 28_000, remainingTargets: 2 }, 6_000],
    ["two seconds when these are used up", { now: 90_000, remainingTargets: 2 }, 2_000],
    ["not where it is thought over", { responseMode: "thinking", now: 90_000, remainingTargets: 2 }, 60_000],
    ["nor where the operator said how long", { configured: 20_000, now: 90_000, remainingTargets: 2 }, 20_000],
  ])("%s: %j is %i ms", (_name, facts, expected) => {
    expect(silenceFor({ ...usual, ...facts })).toBe(expected);
  });

  test("F4: whoever is silent leaves time for everybody after it, down to the last", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1_000, max: 60_000 }), (targets, deadline) => {
        let now = 0;
        for (let left = targets - 1; left > 0; left -= 1)
          now += silenceFor({ ...usual, remainingTargets: left, now, deadline });
        expect(deadline - now).toBeGreaterThanOrEqual(deadline / (targets * (targets + 1)));
      }),
    );
  });

  test("unset, silent targets leave time for a healthy one within 45 s, whatever they showed before", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 30_000 })), { maxLength: 7 }), (shown) => {
        let now = 0;
        for (const [place, learned] of shown.entries())
          now += silenceFor({ ...usual, responseMode: "whole", learned, remainingTargets: shown.length - place, now });
        expect(now).toBeLessThanOrEqual(41_000);
      }),
    );
  });
});

test.each([
  ["nothing is known", "streamed", null, 0, 5_000],
  ["three times as long as usual", "streamed", 1_200, 0, 3_600],
  ["never sooner than after 3 s", "streamed", 300, 0, 3_000],
  ["never later than after 5 s", "streamed", 4_000, 0, 5_000],
  ["a long prompt takes its time", "streamed", 4_000, 400_000, 13_000],
  ["who reasons unasked, three times as long as its longest usual answers", "reasoning", 4_000, 0, 12_000],
  ["there too, five seconds at least", "reasoning", 500, 0, 5_000],
  ["there too, a long prompt takes its time", "reasoning", 4_000, 400_000, 20_000],
  ["there, as long as nothing is known, nothing", "reasoning", null, 0, Infinity],
  ["a whole answer ends with its first byte", "whole", 1_000, 0, Infinity],
  ["reasoning is borne", "thinking", 1_000, 0, Infinity],
] as const)("a first content is slow, %s: %s, %s, %s bytes", (...row) => {
  const [, responseMode, median, bytes, expected] = row;
  expect(slowAfter(responseMode, { usual: median, bytes })).toBe(expected);
});

test("a target is borne for twice as long as the fastest of the others takes", () => {
  expect(aloneSilence("streamed", { learned: 12_000, alone: 45_000 })).toBe(45_000);
  expect(sharedSilence("streamed", 4_000)).toBe(8_000);
  expect(sharedSilence("streamed", 60_000)).toBe(20_000);
  expect(sharedSilence("streamed", null)).toBe(0);
  expect(aloneSilence("streamed", { learned: null })).toBe(30_000);
});

test.each<[ReasoningFacts, boolean]>([
  [{ style: "none" }, false],
  [{ style: "effort", efforts: ["low", "high"] }, true],
  [{ style: "effort", efforts: ["none", "high"] }, false],
  [{ style: "budget", minimum: 128, maximum: 32_768, off: 128 }, true],
  [{ style: "budget", minimum: 0, maximum: 24_576, off: 0 }, false],
  [{ style: "level", levels: ["low", "high"] }, true],
  [{ style: "adaptive", efforts: ["high"], off: true }, false],
  [{ style: "adaptive", efforts: ["high"], off: false }, true],
])("%j thinks by itself: %s", (reasoning, expected) => {
  expect(reasonsByDefault(reasoning)).toBe(expected);
});
