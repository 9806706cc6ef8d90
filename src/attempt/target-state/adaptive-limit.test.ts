import { describe, expect, test } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";

/**
 * `count` answers of `milliseconds`, one every 100 ms after `from`, with so many in flight. Returns the time after
 * them.
 */
function answer(limit: AdaptiveLimit, from: number, told: { count: number; milliseconds: number; inFlight: number }) {
  let now = from;
  for (let time = 0; time < told.count; time += 1) {
    now += 100;
    limit.recordAnswer(told.milliseconds, "streamed", { now, inFlight: told.inFlight });
    limit.recordEnd("ok", { now, inFlight: told.inFlight });
  }
  return now;
}

describe("the limit that follows what a target shows", () => {
  test("there is none before there is pressure, however many are under way", () => {
    const limit = new AdaptiveLimit();
    answer(limit, 0, { count: 500, milliseconds: 400, inFlight: 900 });
    expect(limit.limit).toBe(Infinity);
  });

  test("answers that come markedly later make it less, step by step, and never less than 20", () => {
    const limit = new AdaptiveLimit();
    let now = answer(limit, 0, { count: 50, milliseconds: 400, inFlight: 100 });
    now = answer(limit, now, { count: 8, milliseconds: 3_000, inFlight: 100 });
    expect(limit.limit).toBeLessThan(100);
    expect(limit.limit).toBeGreaterThanOrEqual(50);
    answer(limit, now, { count: 100, milliseconds: 3_000, inFlight: 60 });
    expect(limit.limit).toBe(20);
    // Late answers are better than none.
    expect(limit.alone(now + 10_000)).toBe(Infinity);
  });

  test("where nobody else could answer, only the target's own words limit it", () => {
    const limit = new AdaptiveLimit();
    limit.recordEnd("overloaded", { now: 5_000, inFlight: 100 });
    expect([limit.limit, limit.alone(5_000)]).toEqual([80, 80]);
    // Late answers prolong nothing, and each second without such words doubles it.
    answer(limit, 5_000, { count: 30, milliseconds: 9_000, inFlight: 70 });
    expect([8_000, 9_999].map((now) => limit.alone(now))).toEqual([640, 1_280]);
    limit.recordEnd("overloaded", { now: 9_999, inFlight: 400 });
    expect(limit.alone(9_999)).toBe(320);
    answer(limit, 80_000, { count: 1, milliseconds: 400, inFlight: 10 });
    expect(limit.alone(80_100)).toBe(Infinity);
  });

  test("a few requests are not why it is slow", () => {
    const limit = new AdaptiveLimit();
    const now = answer(limit, 0, { count: 50, milliseconds: 400, inFlight: 10 });
    answer(limit, now, { count: 100, milliseconds: 9_000, inFlight: 10 });
    expect(limit.limit).toBe(Infinity);
  });

  test.each(["overloaded", "rate_limited"] as const)("%s takes a fifth off, once a second", (verdict) => {
    const limit = new AdaptiveLimit();
    for (let count = 0; count < 40; count += 1) limit.recordEnd(verdict, { now: 5_000, inFlight: 100 });
    expect(limit.limit).toBe(80);
    limit.recordEnd(verdict, { now: 6_000, inFlight: 80 });
    expect(limit.limit).toBe(64);
  });

  test("down to four, and a lone request that is refused limits nothing", () => {
    const limit = new AdaptiveLimit();
    limit.recordEnd("overloaded", { now: 0, inFlight: 1 });
    expect(limit.limit).toBe(Infinity);
    for (let second = 1; second < 60; second += 1)
      limit.recordEnd("overloaded", { now: second * 1_000, inFlight: Math.min(100, limit.limit) });
    expect(limit.limit).toBe(4);
  });

  test("a lone probe that is refused during an outage takes nothing off what is left", () => {
    const limit = new AdaptiveLimit();
    limit.recordEnd("overloaded", { now: 0, inFlight: 50 });
    for (let second = 3; second < 30; second += 3) limit.recordEnd("overloaded", { now: second * 1_000, inFlight: 1 });
    expect(limit.limit).toBe(40);
  });

  test("grows again while it is used and answers come in time, and is lifted after a minute", () => {
    const limit = new AdaptiveLimit();
    limit.recordEnd("overloaded", { now: 0, inFlight: 50 });
    answer(limit, 1_000, { count: 100, milliseconds: 400, inFlight: 10 });
    expect(limit.limit).toBe(40);
    answer(limit, 20_000, { count: 100, milliseconds: 400, inFlight: 45 });
    expect(limit.limit).toBeGreaterThan(50);
    answer(limit, 60_000, { count: 1, milliseconds: 400, inFlight: 1 });
    expect(limit.limit).toBe(Infinity);
  });
});
