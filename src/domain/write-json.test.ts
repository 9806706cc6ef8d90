import fc from "fast-check";
import { expect, test } from "vitest";
import { writeJson } from "./write-json.ts";

const HALF = "\ud83d";

test.each([
  [`a${HALF}b`, "a\ufffdb"],
  [`${HALF}\ude00`, "\u{1f600}"],
  ["\ude00", "\ufffd"],
  [String.raw`\ud83d`, String.raw`\ud83d`],
  [`\\${HALF}`, "\\\ufffd"],
  [String.raw`\\ud83d` + HALF, String.raw`\\ud83d` + "\ufffd"],
])("%j is read as %j", (text, expected) => {
  expect(JSON.parse(writeJson({ text, [text]: [text] }))).toEqual({ text: expected, [expected]: [expected] });
});

test("property: what is written is well-formed, and the same where it was", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\\", '"', "\ud83d", "\ude00", "\n", "u", "d", "8", "3") });
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const wire = writeJson(texts);
      expect(wire.isWellFormed()).toBe(true);
      expect(JSON.parse(wire)).toEqual(texts.map((one) => one.toWellFormed()));
    }),
    { numRuns: 1_000 },
  );
});
