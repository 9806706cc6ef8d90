import { expect, test } from "vitest";
import { target } from "../../../test/support/engine-rig.ts";
import type { Usage } from "../../core/chat.ts";
import { openAttemptRecord } from "../target/attempt-record.ts";
import { countCutUsage, sumOf } from "./cut-usage.ts";

const usage = (input: number | null, output: number | null): Usage => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: null,
  reasoning: null,
});
const written = "a".repeat(400);

test.each([
  ["no count: both are estimated", null, usage(7, 100), "estimate"],
  ["a count of the beginning: the output is estimated", usage(50, 1), usage(50, 100), "estimate"],
  ["a count of what came", usage(50, 90), usage(50, 90), undefined],
] as const)("%s", (...[, told, counted, from]) => {
  const record = openAttemptRecord({ target: target("a/m"), key: null, retry: 0 }, 0);
  record.usage = told;
  expect(countCutUsage(record, { written, inputTokens: () => 7 })).toEqual(counted);
  expect(record.usage).toEqual(counted);
  expect(record.usageFrom).toBe(from);
});

test("the sum of both; a figure that the later one did not tell stays untold", () => {
  expect(sumOf(null, usage(1, 2))).toEqual(usage(1, 2));
  expect(sumOf(usage(10, 20), usage(1, 2))).toEqual(usage(11, 22));
  expect(sumOf(usage(10, 20), usage(1, null))).toEqual(usage(11, null));
  expect(sumOf({ ...usage(1, 1), cacheRead: 5 }, { ...usage(1, 1), reasoning: 3, searches: 1 })).toEqual({
    ...usage(2, 2),
    cacheRead: 5,
    reasoning: 3,
    searches: 1,
  });
});
