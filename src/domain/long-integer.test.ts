import fc from "fast-check";
import { expect, test } from "vitest";
import { holdsLongInteger, textHoldsLongInteger } from "./long-integer.ts";

const pattern = /(?:^|[:,[ \t\n\r])-?[1-9][0-9]{15,}(?=[ \t\n\r,}\]]|$)/u;

test.each([
  ['{"id":9007199254740993}', true],
  ["[-12345678901234567890]", true],
  ["9007199254740993", true],
  ['{"id":900719925474099}', false],
  ['{"id":"chatcmpl-00000000000000000000"}', false],
  ['{"at":0.12345678901234567890}', false],
  ['{"at":12345678901234567890.5}', false],
  [`{"a":"${"1".repeat(500)}","b":${"1".repeat(17)}}`, true],
  ["", false],
])("%s: %s", (text, expected) => {
  expect(textHoldsLongInteger(text)).toBe(expected);
  expect(holdsLongInteger(Buffer.from(text))).toBe(expected);
});

test("property: it finds what the pattern finds, wherever that stands", () => {
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom("0", "1", "7"), minLength: 10, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom("-", ",", ":", " ", "}", "]", "[", ".", "e", '"', "a"), maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join("");
      expect(textHoldsLongInteger(text)).toBe(pattern.test(text));
      const beside = Buffer.from(`1${text}1`);
      expect(holdsLongInteger(beside, 1, beside.length - 1)).toBe(pattern.test(text));
    }),
    { numRuns: 2_000 },
  );
});
