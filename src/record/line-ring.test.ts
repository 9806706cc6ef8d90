import fc from "fast-check";
import { expect, test } from "vitest";
import { LineRing } from "./line-ring.ts";

test("the newest lines, whatever is in them, as an array would keep them", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.integer({ min: 1000, max: 1100 }).map((length) => "x".repeat(length)),
    fc.integer({ min: 300, max: 600 }).map((length) => "ü".repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.nat({ max: 9 }), fc.nat({ max: 12 }), (lines, size, most) => {
      const ring = new LineRing(size);
      for (const one of lines) ring.add(one);
      const kept = lines.slice(Math.max(0, lines.length - size));
      expect(ring.newest(most)).toEqual(kept.slice(Math.max(0, kept.length - most)));
    }),
  );
});

test("a line that is full of plain words but for one character is not cut", () => {
  for (let length = 1010; length <= 1024; length += 1) {
    const ring = new LineRing(1);
    const line = `${"x".repeat(length - 3)}“y”`;
    ring.add(line);
    expect(ring.newest(1)).toEqual([line]);
  }
});

test("a negative wish is none", () => {
  const ring = new LineRing(2);
  ring.add("a");
  expect(ring.newest(-1)).toEqual([]);
});
