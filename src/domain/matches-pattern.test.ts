import { expect, test } from "vitest";
import { matchesPattern } from "./matches-pattern.ts";

test.each([
  ["gpt-*", "gpt-4o", true],
  ["gpt-*", "gpt-", true],
  ["gpt-*", "gpt", false],
  ["gpt-*", "chatgpt-4o", false],
  ["*-mini", "gpt-4o-mini", true],
  ["gpt-*-mini", "gpt-4o-mini", true],
  ["gpt-*-mini", "gpt-mini", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["a*ba", "aba", true],
  ["ab*ba", "aba", false],
  ["*", "anything", true],
  ["*", "openai/gpt-4o", false],
  ["anthropic/*", "anthropic/claude-haiku-4-5", true],
  ["anthropic/*", "anthropic/a/b", true],
  ["gpt-4o", "gpt-4o", true],
  ["gpt.*", "gpt-4o", false],
])("%s and %s: %j", (pattern, name, expected) => {
  expect(matchesPattern(pattern, name)).toBe(expected);
});

test("a hostile name costs linear time", () => {
  const pattern = `${"a*".repeat(20)}b`;
  expect(matchesPattern(pattern, "a".repeat(100_000))).toBe(false);
});
