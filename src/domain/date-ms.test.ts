import { expect, test } from "vitest";
import { dateMs } from "./date-ms.ts";

const then = Date.UTC(2026, 9, 21, 7, 28, 5);

test.each([
  "2026-10-21T07:28:05Z",
  "2026-10-21t07:28:05.000z",
  "2026-10-21T09:28:05+02:00",
  "Wed, 21 Oct 2026 07:28:05 GMT",
  "Wednesday, 21-Oct-26 07:28:05 GMT",
  "Wed Oct 21 07:28:05 2026",
])("a date: %s", (text) => {
  expect(dateMs(text)).toBe(then);
});

test.each([
  "-43",
  "43",
  "2027",
  "2027-10-21",
  "2027-10-21T07:28",
  "2027-10-21T07:28:05",
  "2027-99-21T07:28:05Z",
  "Oct 21 2027",
  "Oct 21, 2027",
  "21/10/2027",
  "soon 1",
  "",
  undefined,
])("W6a: no date, whatever the platform says: %s", (text) => {
  expect(dateMs(text)).toBeNull();
});
