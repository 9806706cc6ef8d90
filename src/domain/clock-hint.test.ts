import { expect, test } from "vitest";
import { clockHint } from "./clock-hint.ts";

const wall = Date.parse("2026-11-30T12:00:00Z");

test.each([
  ["Signature expired: 20261130T115000Z is now earlier than 20261130T115500Z", true],
  ["Signature not yet current: x is still later than y", true],
  ["The difference between the request time and the current time is too large: RequestTimeTooSkewed", true],
  ["invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.", true],
  ["invalid_client: AADSTS700024: Client assertion is not within its valid time range.", true],
  ["The request signature we calculated does not match", false],
  ["invalid_client: AADSTS7000215: Invalid client secret provided.", false],
])("%s: a hint to the clock: %s", (message, isHinted) => {
  expect(clockHint({ message, date: undefined, wall }) !== "").toBe(isHinted);
});

test.each([
  ["Mon, 30 Nov 2026 12:10:00 GMT", " (this machine's clock is 10 min behind the server's)"],
  ["Mon, 30 Nov 2026 09:00:00 GMT", " (this machine's clock is 3 h ahead of the server's)"],
  ["Mon, 30 Nov 2026 11:58:00 GMT", ""],
  ["soon", ""],
])("an answer of %s says%s", (date, hint) => {
  expect(clockHint({ message: "The signature does not match", date, wall })).toBe(hint);
});
