import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram } from "./latency-histogram.ts";

test("property: a quantile is the sample at its place among the last 128, in order", () => {
  const times = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1), (samples, q) => {
      const seen = new LatencyHistogram();
      for (const sample of samples) seen.add(sample, 0);
      const sorted = samples.slice(-128).toSorted((one, other) => one - other);
      expect(seen.quantile(q)).toBe(sorted[Math.ceil(q * sorted.length) - 1]);
    }),
  );
});

test("property: a quantile that was read before stays exact", () => {
  const times = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.95), (samples, q) => {
      const seen = new LatencyHistogram();
      for (const [index, sample] of samples.entries()) {
        seen.add(sample, 0);
        const sorted = samples.slice(Math.max(0, index - 127), index + 1).toSorted((one, other) => one - other);
        expect(seen.quantile(q)).toBe(sorted[Math.ceil(q * sorted.length) - 1]);
      }
    }),
    { numRuns: 20 },
  );
});

test("nothing was seen", () => {
  expect(new LatencyHistogram().quantile(0.99)).toBeNull();
});
