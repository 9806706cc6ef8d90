import { describe, expect, test } from "vitest";
import { durationMs } from "../../domain/duration-ms.ts";
import { retryAfterHint, shouldRetry, untilDate, waitInWords } from "./wait-hints.ts";

const date = "Wed, 21 Oct 2026 07:28:00 GMT";

describe("wait hints", () => {
  test.each([
    [{ "retry-after-ms": "1500.5", "retry-after": "9" }, 1500.5],
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0" }, null],
    [{ "retry-after-ms": "0", "retry-after": "5" }, null],
    [{ "retry-after-ms": "soon", "retry-after": "5" }, 5000],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date }, 30_000],
    [{ "retry-after": "Wed, 21 Oct 2026 07:27:30 GMT", date }, null],
    [{ "retry-after": "Wednesday, 21-Oct-26 07:28:30 GMT", date }, 30_000],
    [{ "retry-after": "Wed Oct 21 07:28:30 2026", date: "Wed Oct 21 07:28:00 2026" }, 30_000],
    [{ "retry-after": "2026-10-21T07:28:30Z", date }, null],
    [{ "retry-after": "-43", date }, null],
    [{ "retry-after": "1e3" }, null],
    [{ "retry-after": "1.5" }, null],
    [{ "retry-after": "0x10" }, null],
    [{ "retry-after": "43", date }, 43_000],
    [{ "retry-after": "99999999999999" }, 86_400_000],
    [{ "retry-after": "Wed, 21 Oct 2043 07:28:30 GMT", date }, 86_400_000],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" }, null],
    [{ "retry-after": "soon", date }, null],
    [{ "retry-after": "-3" }, null],
    [{}, null],
  ])("%o", (headers, expected) => {
    expect(retryAfterHint(headers)).toBe(expected);
  });

  test.each([
    ["1s", 1000],
    ["6m0s", 360_000],
    ["120ms", 120],
    ["34.5s", 34_500],
    ["1h2m3s", 3_723_000],
    ["12", null],
    ["", null],
    [undefined, null],
  ])("duration %s", (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });

  test.each([
    ["Quota exceeded. Please retry in 55.57s.", 55_570],
    ["Please try again in 1m2.5s. Visit", 62_500],
    ["Please try again in 6 ms.", 6],
    ["retry after 20 seconds", 20_000],
    ["Try again in 2 minutes", 120_000],
    ["Please try again later", null],
  ])("%s", (text, expected) => {
    expect(waitInWords(text)).toBe(expected);
  });

  test("the vendor's word on retries", () => {
    expect(shouldRetry({ "x-should-retry": "true" })).toBe(true);
    expect(shouldRetry({ "x-should-retry": "false" })).toBe(false);
    expect(shouldRetry({})).toBeNull();
  });

  test.each([
    "2026-10-21T07:28:05Z",
    "2026-10-21t07:28:05.000z",
    "2026-10-21T09:28:05+02:00",
    "Wed, 21 Oct 2026 07:28:05 GMT",
  ])("a date counts from the date header: %s", (value) => {
    expect(untilDate(value, { date })).toBe(5000);
  });

  test.each([
    "-43",
    "43",
    "2027",
    "2027-10-21",
    "2027-10-21T07:28",
    "Oct 21 2027",
    "21/10/2027",
    "2027-10-21T07:28:05",
    "soon 1",
    "",
  ])("W6a: what the platform alone takes for a date is none, in resets too: %s", (value) => {
    expect(untilDate(value, { date })).toBeNull();
  });
});
