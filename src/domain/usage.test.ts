import { expect, test } from "vitest";
import type { Usage } from "../core/chat.ts";
import { addUsage, mergeUsage } from "./usage.ts";

const counted = (input: number | null, output: number | null, more: Partial<Usage> = {}): Usage => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: null,
  reasoning: null,
  ...more,
});

test("a later count replaces an earlier one, member by member, searches too", () => {
  expect(mergeUsage(null, counted(1, 2))).toEqual(counted(1, 2));
  expect(mergeUsage(counted(1, 2, { searches: 3 }), counted(null, 5))).toEqual(counted(1, 5, { searches: 3 }));
});

test("a later count without parts leaves what the earlier one named", () => {
  const audio = { input: 3, output: 0, cacheRead: 0 };
  const images = { input: 0, output: 4 };
  const earlier = counted(9, null, { cacheWrite: 5, cacheWrite1h: 2, audio, images });
  expect(mergeUsage(earlier, counted(null, 5))).toMatchObject({ output: 5, cacheWrite1h: 2, audio, images });
  expect(addUsage(earlier, counted(1, 1, { cacheWrite1h: 3 })).cacheWrite1h).toBe(5);
});

test("a sum keeps a count that only one side has", () => {
  expect(addUsage(counted(null, 1), counted(2, 3, { searches: 1 }))).toEqual(counted(2, 4, { searches: 1 }));
  expect(addUsage(null, null)).toBeNull();
});
