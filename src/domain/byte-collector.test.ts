import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteCollector } from "./byte-collector.ts";

function join(pieces: readonly Uint8Array[]): ByteCollector {
  const collector = new ByteCollector();
  for (const piece of pieces) collector.add(piece);
  return collector;
}

test("a body in one piece is that very piece, and no body is empty", () => {
  const piece = Buffer.from("body");
  expect(join([Buffer.alloc(0), piece]).bytes()).toBe(piece);
  expect(join([]).bytes()).toHaveLength(0);
});

test("property: pieces of any size give their bytes in order, at any time", () => {
  const size = fc.oneof(fc.nat(5), fc.integer({ min: 3_000, max: 20_000 }));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
      const collector = new ByteCollector();
      const pieces = sizes.map((length, index) => Buffer.alloc(length, index + 1));
      for (const [index, piece] of pieces.entries()) {
        collector.add(piece);
        const expected = Buffer.concat(pieces.slice(0, index + 1));
        expect(collector.size).toBe(expected.length);
        expect(Buffer.from(collector.bytes()).equals(expected)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test("W9: a small piece is copied, so that it holds no buffer that it is a view of", () => {
  const buffer = Buffer.from("first" + "second");
  const collector = join([buffer.subarray(0, 5), buffer.subarray(5)]);
  buffer.fill("x");
  expect(Buffer.from(collector.bytes()).toString()).toBe("xxxxxsecond");
});
