import { expect, test } from "vitest";
import { pathSegment } from "./path-segment.ts";

test.each([
  ["gpt-4o", "gpt-4o"],
  ["a/../b?c#d", "a%2F_%2Fb%3Fc%23d"],
  ["../..", "_%2F_"],
  ["..\\a/.", "_%5Ca%2F_"],
  ["..;a/..b", "_%3Ba%2F..b"],
  ["..", "_"],
  [".", "_"],
  ["...", "..."],
  ["%2e%2e", "%252e%252e"],
  ["a\r\nb", "a%0D%0Ab"],
  ["\ud83d", "%EF%BF%BD"],
])("%j is %s", (name, segment) => {
  expect(pathSegment(name)).toBe(segment);
});
