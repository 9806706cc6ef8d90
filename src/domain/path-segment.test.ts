import { expect, test } from "vitest";
import { pathSegment } from "./path-segment.ts";

test.each([
  ["gpt-4o", "gpt-4o"],
  ["a/../b?c#d", "a%2F..%2Fb%3Fc%23d"],
  ["..", "_"],
  [".", "_"],
  ["...", "..."],
  ["%2e%2e", "%252e%252e"],
  ["a\r\nb", "a%0D%0Ab"],
  ["\ud83d", "%EF%BF%BD"],
])("%j is %s", (name, segment) => {
  expect(pathSegment(name)).toBe(segment);
});
