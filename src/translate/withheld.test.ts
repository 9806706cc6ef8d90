import { expect, test } from "vitest";
import type { LearnedLimit } from "../core/provider.ts";
import { withoutWithheld } from "./withheld.ts";

const learnedLimit = (...values: string[]): LearnedLimit => ({
  facts: {},
  quirks: [],
  refusedMembers: [],
  withheld: values.map((value) => ({ header: "x-beta", value })),
  learnedNames: new Set(),
});

test.each([
  ["a,b, c", ["b"], "a,c"],
  ["a", ["b"], "a"],
  ["a, a-1", ["a"], "a-1"],
  ["a", ["a"], undefined],
])("%s without %j is %s", (given, values, left) => {
  expect(withoutWithheld({ "x-beta": given, other: "1" }, learnedLimit(...values))).toEqual(
    left === undefined ? { other: "1" } : { "x-beta": left, other: "1" },
  );
});

test("a whole header", () => {
  const whole = { ...learnedLimit(), withheld: [{ header: "x-beta", value: null }] };
  expect(withoutWithheld({ "x-beta": "a,b", other: "1" }, whole)).toEqual({ other: "1" });
  const all = { ...learnedLimit(), withheld: [{ header: "*-beta", value: null }] };
  expect(withoutWithheld({ "x-beta": "a", "y-beta": "b", "beta-z": "1" }, all)).toEqual({ "beta-z": "1" });
});

test("one that may stand in any header is looked for in all", () => {
  const anywhere = { ...learnedLimit(), withheld: [{ header: null, value: "new" }] };
  expect(withoutWithheld({ "x-beta": "old,new", other: "anew" }, anywhere)).toEqual({ "x-beta": "old", other: "anew" });
});

test("where nothing is withheld nothing is copied", () => {
  const headers = { "x-beta": "a" };
  for (const one of [null, learnedLimit()]) expect(withoutWithheld(headers, one)).toBe(headers);
});
