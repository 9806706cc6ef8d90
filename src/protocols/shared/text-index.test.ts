import fc from "fast-check";
import { expect, test } from "vitest";
import "../../../test/support/fixed-seed.ts";
import { TextIndex } from "./text-index.ts";

const texts = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀", "\n"), maxLength: 1_500 });

test("offsets are those of a text that is split anew for each", () => {
  fc.assert(
    fc.property(texts, fc.tuple(fc.nat(1_600), fc.nat(1_600), fc.nat(1_500)), (text, [start, end, cut]) => {
      const characters = Array.from(text);
      const index = new TextIndex(text.slice(0, cut));
      index.byteOf(start);
      index.add(text.slice(cut));
      expect(index.slice(start, end)).toBe(characters.slice(start, end).join(""));
      const head = characters.slice(0, start).join("");
      expect(index.byteOf(start)).toBe(Buffer.byteLength(head));
      const point = Math.min(start, characters.length);
      expect([index.pointOfByte(Buffer.byteLength(head)), index.pointOfUnit(head.length)]).toEqual([point, point]);
    }),
  );
});
