import fc from "fast-check";
import { expect, test } from "vitest";
import { mendSurrogates } from "./surrogates.ts";

const mend = (text: string): string => Buffer.from(mendSurrogates(Buffer.from(text))).toString();

test.each([
  [String.raw`{"a":"x\ud83d"}`, String.raw`{"a":"x\ufffd"}`],
  [String.raw`{"a":"\uD83D\uDE00 \uDE00"}`, String.raw`{"a":"\uD83D\uDE00 \ufffd"}`],
  [String.raw`{"\ud83d\ud83d\ude00":1}`, String.raw`{"\ufffd\ud83d\ude00":1}`],
  [String.raw`{"a":"\\\ud83d","b":"\\ud83d"}`, String.raw`{"a":"\\\ufffd","b":"\\ud83d"}`],
])("%s", (text, expected) => {
  expect(mend(text)).toBe(expected);
});

test("bytes without any are the very same", () => {
  const bytes = Buffer.from(String.raw`{"a":"\ud83d\ude00 \u00e4 \\ud83d 😀"}`);
  expect(mendSurrogates(bytes)).toBe(bytes);
});

test("property: it says what was said, well-formed", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\\", '"', "\ud83d", "\ude00", "u", "d") });
  const escaped = (value: string): string =>
    JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
  fc.assert(
    fc.property(text, (value) => {
      expect(JSON.parse(mend(escaped(value)))).toBe(value.toWellFormed());
    }),
    { numRuns: 1_000 },
  );
});
