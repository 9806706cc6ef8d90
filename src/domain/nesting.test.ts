import { expect, test } from "vitest";
import { isNestedDeeper } from "./nesting.ts";

test.each([
  ["[[[]]]", true],
  ["[[],[],{}]", false],
  ['{"a":[{"b":1}]}', true],
  [String.raw`["[[[\"[[["]`, false],
  [String.raw`["\\",[[]]]`, true],
  ["[".repeat(100_000), true],
  ["]]]][[", false],
  ["", false],
])("%#: more than two levels", (text, expected) => {
  expect(isNestedDeeper(text, 2)).toBe(expected);
});
