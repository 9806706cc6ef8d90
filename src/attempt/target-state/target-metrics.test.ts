import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { type AttemptEnd, TargetMetrics } from "./target-metrics.ts";

const end = (more: Partial<AttemptEnd> = {}): AttemptEnd => ({
  verdict: "ok",
  responseMode: "streamed",
  firstMs: 100,
  totalMs: 1_100,
  outputTokens: null,
  waitMs: null,
  ...more,
});

describe("times", () => {
  test("rise at once and fall with time", () => {
    const times = new LatencyHistogram();
    expect([times.average, times.quantile(0.5), times.samples]).toEqual([null, null, 0]);
    times.add(100, 0);
    times.add(5_000, 1_000);
    expect(times.average).toBe(5_000);
    times.add(100, 1_100);
    expect(times.average).toBeGreaterThan(4_800);
    times.add(100, 60_000);
    expect(times.average).toBeCloseTo(100, 0);
    expect(times.at).toBe(60_000);
  });

  test("have quantiles over the last 128", () => {
    const times = new LatencyHistogram();
    for (let ms = 1; ms <= 1_000; ms += 1) times.add(ms, ms);
    expect(times.samples).toBe(128);
    const [half, high, all] = [0.5, 0.95, 1].map((q) => times.quantile(q)!);
    expect(half).toBeGreaterThanOrEqual(928);
    expect(half).toBeLessThanOrEqual(940);
    expect(high).toBeGreaterThanOrEqual(985);
    expect(all).toBe(1_000);
    expect(times.quantile(0)).toBeNull();
  });

  test("of a few are exact", () => {
    const times = new LatencyHistogram();
    for (const ms of [30, 10, 20]) times.add(ms, 0);
    expect([0.01, 0.34, 0.67, 1].map((q) => times.quantile(q))).toEqual([10, 20, 30, 30]);
  });
});

describe("what a target has shown", () => {
  test("is kept by pace", () => {
    const one = new TargetMetrics(new VirtualClock());
    one.began();
    expect(one.outstanding).toBe(1);
    one.recordAnswer(200, "streamed");
    one.recordEnd(end());
    expect([one.outstanding, one.samples("streamed"), one.samples("whole")]).toEqual([0, 1, 0]);
    expect([one.ttftMs("streamed"), one.ttftMs("whole")]).toEqual([200, null]);
  });

  test("the pace of tokens comes from counts that vendors gave", () => {
    const one = new TargetMetrics(new VirtualClock());
    for (const told of [end(), end({ outputTokens: 4 }), end({ responseMode: "whole", outputTokens: 101 })])
      one.recordEnd(told);
    expect(one.perTokenMs).toBeNull();
    one.recordEnd(end({ outputTokens: 101 }));
    expect(one.perTokenMs).toBe(10);
  });

  test("silence and lost races are known to take at least so long", () => {
    const one = new TargetMetrics(new VirtualClock());
    one.recordEnd(end({ verdict: "cancelled", firstMs: null, totalMs: 50 }));
    expect(one.samples("streamed")).toBe(0);
    one.recordAnswer(100, "streamed");
    one.recordEnd(end({ verdict: "cancelled", firstMs: null, totalMs: 50 }));
    expect(one.ttftMs("streamed")).toBe(100);
    one.recordEnd(end({ verdict: "cancelled", firstMs: null, totalMs: 700 }));
    expect(one.ttftMs("streamed")).toBe(700);
    one.recordEnd(end({ verdict: "slow_first_token", firstMs: null, totalMs: 10_000 }));
    expect(one.ttftMs("streamed")).toBe(10_000);
  });

  test("failures raise the error rate, answers and time ease it", async () => {
    const clock = new VirtualClock();
    const one = new TargetMetrics(clock);
    one.recordEnd(end({ verdict: "bad_request", firstMs: null }));
    expect(one.errorRate).toBe(0);
    for (let time = 0; time < 10; time += 1) one.recordEnd(end({ verdict: "server_error", firstMs: null }));
    const raised = one.errorRate;
    expect(raised).toBeGreaterThan(0.8);
    one.recordEnd(end());
    expect(one.errorRate).toBeCloseTo(raised * 0.8);
    const before = one.errorRate;
    await clock.advance(10_000);
    expect(one.errorRate).toBeCloseTo(before / 2);
  });

  test("a refusal for its limit's sake leaves no headroom for as long as it says", async () => {
    const clock = new VirtualClock();
    const one = new TargetMetrics(clock);
    one.recordHeaders({ "x-ratelimit-limit-requests": "10", "x-ratelimit-remaining-requests": "9" }, undefined);
    one.recordEnd(end({ verdict: "rate_limited", firstMs: null, waitMs: 3_000 }));
    expect(one.headroom).toBe(0);
    await clock.advance(3_000);
    expect(one.headroom).toBeGreaterThan(0.9);
  });
});
