import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";
import { PatternError } from "./pattern-parse.ts";

const patterns = [
  "abc",
  "^abc$",
  "a|bc|",
  "(a|b)*c",
  "a+b?c*",
  "a{2}",
  "a{2,}",
  "^a{1,3}$",
  "[a-c]+",
  "[^a-c]",
  "^[\\w-]+@\\w+\\.com$",
  "\\ba\\b",
  "a\\Bb",
  "\\d+\\s\\S",
  "^(?:ab)+$",
  "(?<name>a)b",
  "^$",
  "a.c",
  "\\x61\\u0062",
  "a+?b",
  "[\\]a]",
  "[a-]",
  "\\.\\*",
  "(a*)*b",
  "(a|a)*b",
] as const;

describe("a pattern", () => {
  test.each(patterns)("%s means what it means in JavaScript", (pattern) => {
    const own = compilePattern(pattern);
    const theirs = new RegExp(pattern);
    const text = fc.string({ unit: fc.constantFrom(...Array.from("abcC -_.*]@1\n\tom")), maxLength: 12 });
    fc.assert(
      fc.property(text, (value) => {
        expect(own(value)).toBe(theirs.test(value));
      }),
      { numRuns: 300 },
    );
  });

  test.each(["a", "[A-C]+", "\\D", "^Pro$"])("%s without regard to case", (pattern) => {
    const [own, theirs] = [compilePattern(pattern, true), new RegExp(pattern, "i")];
    for (const value of ["a", "A", "b", "PRO", "pro", "1", ""]) expect(own(value)).toBe(theirs.test(value));
  });

  test.each([
    ["(a+)+$", `${"a".repeat(4_000)}b`],
    ["^(a|a)*$", `${"a".repeat(4_000)}b`],
    ["(.*)*x", "y".repeat(4_000)],
    ["a{100}a{100}a{100}b", "a".repeat(4_000)],
  ])("%s needs no more time than the text is long", (pattern, text) => {
    const matches = compilePattern(pattern);
    const began = performance.now();
    expect(matches(text)).toBe(false);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("of a long text the beginning is looked at", () => {
    expect(compilePattern("end$")(`${"x".repeat(5_000)}end`)).toBe(false);
  });

  test.each([
    ["(a", "is missing a )"],
    ["a)", "has an unmatched )"],
    ["[a", "is missing a ]"],
    ["*a", "has a * with nothing to repeat"],
    ["a**", "has two repeats in a row"],
    ["(a)\\1", "has a backreference, which is not supported"],
    ["(?=a)", "has a lookahead or lookbehind, which is not supported"],
    ["(?<!a)b", "has a lookahead or lookbehind, which is not supported"],
    ["(?i:a)", "has a group of a kind that is not supported"],
    ["a{1000}", "repeats more than 100 times; write * or + instead"],
    ["a{3,2}", "has a repeat whose numbers are out of order"],
    ["[z-a]", "has a range out of order in []"],
    ["\\", "ends in a \\"],
    ["\\p", "has the escape \\p, which is not supported"],
    ["\\xg", "has \\x without hexadecimal digits"],
    ["((a{99}){99}){99}", "is too large: its repeats expand too far"],
    [`${"(".repeat(30)}a${")".repeat(30)}`, "has groups nested deeper than 20"],
    ["a".repeat(501), "must have at most 500 characters"],
  ])("%s is refused", (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(new PatternError(message));
  });
});
