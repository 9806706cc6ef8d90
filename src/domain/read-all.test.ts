import { describe, expect, test } from "vitest";
import type { Source } from "../core/transport.ts";
import { readAll } from "./read-all.ts";

function sourceOf(...pieces: string[]): Source<Uint8Array> & { cancelled: boolean } {
  const queue = pieces.map((piece) => Buffer.from(piece));
  return {
    cancelled: false,
    next: async () => queue.shift() ?? null,
    cancel() {
      this.cancelled = true;
    },
  };
}

describe("reading all of a source", () => {
  test.each([
    [[], ""],
    [["one"], "one"],
    [["one", "", "two", "three"], "onetwothree"],
  ])("%j gives %j", async (pieces, expected) => {
    expect(Buffer.from(await readAll(sourceOf(...pieces), 11)).toString()).toBe(expected);
  });

  test.each([[["123456"]], [["123", "456"]], [["12345", "6"]]])("%j is more than 5 bytes", async (pieces) => {
    const source = sourceOf(...pieces);
    await expect(readAll(source, 5)).rejects.toThrow(new RangeError("more than 5 bytes"));
    expect(source.cancelled).toBe(true);
  });

  test("hands a failure on", async () => {
    const failing: Source<Uint8Array> = { next: () => Promise.reject(new Error("cut")), cancel: () => {} };
    await expect(readAll(failing, 5)).rejects.toThrow("cut");
  });
});
