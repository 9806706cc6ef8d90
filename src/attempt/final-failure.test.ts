import { describe, expect, test } from "vitest";
import type { Exchange } from "../core/exchange.ts";
import type { FailureVerdict } from "../core/verdict.ts";
import { finalFailure } from "./final-failure.ts";
import { wireFailure } from "./target/wire-failure.ts";

const exchange = { attempts: [{ target: "a/m" }, { target: "a/m" }, { target: "b/m" }] } as unknown as Exchange;

/** The vendor's status, the client's error, and whether a retry after the wait may help. */
const rows: readonly (readonly [FailureVerdict, number | null, number, boolean])[] = [
  ["rate_limited", 429, 429, true],
  ["quota_exhausted", 402, 429, false],
  ["quota_exhausted", 429, 429, false],
  ["overloaded", 529, 529, true],
  ["overloaded", 429, 503, true],
  ["overloaded", null, 503, true],
  ["server_error", 500, 500, true],
  ["server_error", 408, 502, true],
  ["unreachable", null, 502, true],
  ["no_response", null, 504, true],
  ["slow_first_token", 200, 504, true],
  ["stalled", 200, 504, true],
  ["cut", 200, 502, true],
  ["malformed", 200, 502, true],
  ["malformed", 302, 502, true],
  ["empty", 200, 502, true],
  ["invalid_output", 200, 502, false],
  ["bad_key", 401, 502, false],
  ["bad_key", 400, 502, false],
  ["forbidden", 403, 502, false],
  ["unknown_model", 404, 404, false],
  ["unknown_model", 400, 404, false],
  ["context_too_long", 413, 400, false],
  ["unsupported", null, 400, false],
  ["policy_blocked", 403, 400, false],
  ["bad_request", 422, 422, false],
  ["bad_request", 401, 400, false],
  ["bad_request", null, 400, false],
  ["cancelled", null, 499, false],
];

describe("F9, F10: what the caller is told", () => {
  test.each(rows)("%s (%s) is %i, try again: %s", (...[verdict, status, shown, again]) => {
    const failure = { ...wireFailure(verdict, "it failed"), status };
    const told = finalFailure({ failure, exchange, callersKey: false, waitMs: 5_000 });
    expect(told).toMatchObject({ code: verdict, status: shown, shouldRetry: again });
    expect([401, 403]).not.toContain(told.status);
  });

  test.each([401, 403])("with the caller's own key %i is told as it is", (status) => {
    const failure = { ...wireFailure("bad_key", "no"), status };
    expect(finalFailure({ failure, exchange, callersKey: true, waitMs: null }).status).toBe(status);
  });

  test.each([
    { name: "the gateway tried again in vain, and nobody knows when it helps", waitMs: null, again: false },
    { name: "the wait is longer than clients wait", waitMs: 61_000, again: false },
    { name: "clients wait as long as that", waitMs: 60_000, again: true },
  ])("another try by the client: $name", ({ waitMs, again }) => {
    const failure = { ...wireFailure("overloaded", "busy"), status: 503 };
    expect(finalFailure({ failure, exchange, callersKey: false, waitMs }).shouldRetry).toBe(again);
  });

  test("another try by the client helps where the gateway made only one, or where a rate is limited", () => {
    const once = { attempts: [{ target: "a/m" }] } as unknown as Exchange;
    const told = (verdict: FailureVerdict, tried: Exchange) =>
      finalFailure({ failure: wireFailure(verdict, ""), exchange: tried, callersKey: false, waitMs: null }).shouldRetry;
    expect(told("overloaded", once)).toBe(true);
    expect(told("rate_limited", exchange)).toBe(true);
  });

  test("it says how much was tried", () => {
    const failure = wireFailure("cut", "It broke off");
    expect(finalFailure({ failure, exchange, callersKey: false, waitMs: null }).message).toBe(
      "It broke off (3 attempts on 2 targets failed)",
    );
  });

  test("a wait is told where waiting helps", () => {
    const told = (verdict: FailureVerdict) =>
      finalFailure({ failure: wireFailure(verdict, ""), exchange, callersKey: false, waitMs: 700 }).retryAfterMs;
    expect(told("overloaded")).toBe(700);
    expect(told("quota_exhausted")).toBe(700);
    expect(told("bad_request")).toBeNull();
  });
});
