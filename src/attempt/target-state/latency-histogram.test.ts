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

test("nothing was seen", () => {
  expect(new LatencyHistogram().quantile(0.99)).toBeNull();
});
