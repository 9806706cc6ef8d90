// The small pure functions: durations, sizes, near names, masks.
import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration, parseSize } from "../domain/duration.ts";
import { isSendable, maskKey, redact } from "./keys.ts";
import { didYouMean, editDistance, nearestNames } from "../domain/nearest-names.ts";
import { formatPath } from "./problem.ts";

test.each([
  ["250ms", 250],
  ["3s", 3_000],
  ["1.5s", 1_500],
  [" 2m ", 120_000],
  ["1 h", 3_600_000],
  ["0s", 0],
  ["24d", null],
  ["5", null],
  ["-1s", null],
  ["1e3s", null],
  ["600h", null],
  ["", null],
])("duration %j is %j", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  [250, "250ms"],
  [1_500, "1.5s"],
  [3_000, "3s"],
  [120_000, "120s"],
  [600_000, "10m"],
  [3_600_000, "1h"],
  [1_234, "1234ms"],
])("%i ms reads %s, and back", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  ["32mb", 33_554_432],
  ["32 MiB", 33_554_432],
  ["500kb", 512_000],
  ["1gb", 1_073_741_824],
  [4096, 4096],
  ["12", 12],
  ["lots", null],
  ["-1", null],
])("size %j is %j", (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

test.each([
  ["", "abc", 3],
  ["fallbak", "fallback", 1],
  ["fallabck", "fallback", 1],
  ["kitten", "sitting", 3],
])("from %j to %j are %i edits", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

describe("near names", () => {
  const models = [
    "google/gemini-2.5-flash",
    "google/gemini-2.5-pro",
    "openai/gpt-4o",
    "openai/gpt-4o-mini",
    "assistant",
  ];

  test.each([
    ["asistant", ["assistant"]],
    ["gpt-4o", ["openai/gpt-4o", "openai/gpt-4o-mini"]],
    ["google/gemini-2.5-flsh", ["google/gemini-2.5-flash", "google/gemini-2.5-pro"]],
    ["ASSISTANT", ["assistant"]],
    ["zzz", []],
    ["", []],
  ])("%j", (name, expected) => {
    expect(nearestNames(name, models)).toEqual(expected);
  });

  test("at most as many as asked for, and very long names cost nothing", () => {
    expect(nearestNames("gpt-4o", models, 1)).toEqual(["openai/gpt-4o"]);
    expect(nearestNames("x".repeat(100_000), models)).toEqual([]);
  });

  test("only the best guess and its equals are offered", () => {
    expect(didYouMean("fallbak", ["fallback", "fallback_on"])).toBe('Did you mean "fallback"?');
    expect(didYouMean("rat", ["cat", "bat"])).toBe('Did you mean "bat" or "cat"?');
    expect(didYouMean("rat", ["elephant"])).toBeNull();
  });
});

test.each([
  ["sk-proj-abcdefghijkl3Qa9", "sk-…3Qa9"],
  ["short-key", "…"],
  ["", "…"],
])("the key %j is shown as %s", (key, label) => {
  expect(maskKey(key)).toBe(label);
});

test("what may be sent, and what is taken out of texts", () => {
  expect(["abc", "a b", "a\nb", "ä", ""].map(isSendable)).toEqual([true, false, false, false, false]);
  expect(redact("key abcdefghijklmnop, again abcdefghijklmnop; 1", ["abcdefghijklmnop", "1"])).toBe(
    "key abc…mnop, again abc…mnop; 1",
  );
});

test("paths read as they are written", () => {
  expect(formatPath(["routes", "a.b", "fallback", 0, "timeout"])).toBe('routes["a.b"].fallback[0].timeout');
  expect(formatPath([])).toBe("");
});
