import { describe, expect, test } from "vitest";
import { RateLimitHeaders, readReset } from "./rate-limit-headers.ts";

const WALL = Date.UTC(2026, 0, 1);

describe("what is left", () => {
  test("is the tightest limit's share, and fills up until it is whole", () => {
    const headroom = new RateLimitHeaders();
    expect(headroom.remainingShare(0)).toBeNull();
    const headers = {
      "x-ratelimit-limit-requests": "100",
      "x-ratelimit-remaining-requests": "80",
      "x-ratelimit-limit-tokens": "1000",
      "x-ratelimit-remaining-tokens": "200",
      "x-ratelimit-reset-tokens": "10s",
    };
    headroom.recordHeaders(headers, undefined, { now: 1_000, wall: WALL });
    expect(headroom.remainingShare(1_000)).toBeCloseTo(0.2);
    expect(headroom.remainingShare(6_000)).toBeCloseTo(0.6);
    // The requests' limit has no reset, so it is full after a minute.
    expect(headroom.remainingShare(31_000)).toBeCloseTo(0.9);
    expect(headroom.remainingShare(90_000)).toBe(1);
  });

  test("is nothing while the vendor refuses", () => {
    const headroom = new RateLimitHeaders();
    headroom.recordRefusal(0, 5_000);
    headroom.recordRefusal(0, 1_000);
    expect(headroom.remainingShare(4_999)).toBe(0);
    expect(headroom.remainingShare(5_000)).toBeNull();
  });

  test("is read under the names that the vendor has", () => {
    const headroom = new RateLimitHeaders();
    const names = [{ limit: "l", remaining: "r", reset: "x" }];
    headroom.recordHeaders({ l: "10", r: "5", x: "2026-01-01T00:00:10Z" }, names, { now: 0, wall: WALL });
    expect(headroom.remainingShare(5_000)).toBeCloseTo(0.75);
    headroom.recordHeaders({ l: "much", r: "5" }, names, { now: 0, wall: WALL });
    expect(headroom.remainingShare(0)).toBeNull();
  });
});

test.each([
  ["1s", 1_000],
  ["6m0s", 360_000],
  ["88ms", 88],
  ["1h2m", 3_720_000],
  ["30", 30_000],
  ["0.5", 500],
  [String(WALL / 1_000 + 7), 7_000],
  ["2026-01-01T00:01:00Z", 60_000],
  ["2025-01-01T00:01:00Z", 0],
  ["soon", null],
  ["", null],
  [undefined, null],
])("reset %s is %s ms", (text, expected) => {
  expect(readReset(text, WALL)).toBe(expected);
});
