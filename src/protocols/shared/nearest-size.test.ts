import { describe, expect, test } from "vitest";
import type { ImageSize } from "../../core/image.ts";
import { nearestSize, parsePixels, parseRatio, pixelsFor } from "./nearest-size.ts";

const sizeOf = (words: string): ImageSize => (parsePixels(words) ?? parseRatio(words))!;

test.each(["", "auto", "1024", "x", "0x10", "16:0", "1024x1024x3", "-1x5"])("%j is no size", (words) => {
  expect([parsePixels(words), parseRatio(words)]).toEqual([null, null]);
});

describe("the nearest size", () => {
  const ratios = ["1:1", "3:4", "4:3", "9:16", "16:9"];
  const pixels = ["1024x1024", "512x512", "1792x1024", "1024x1792"];
  test.each([
    ["1536x1024", ratios, "4:3"],
    ["1024x1792", ratios, "9:16"],
    ["4096x4000", ratios, "1:1"],
    ["16:9", pixels, "1792x1024"],
    ["600x600", pixels, "512x512"],
    ["900x900", pixels, "1024x1024"],
    ["1:1", pixels, "1024x1024"],
  ])("of %s among %j is %s", (wish, choices, expected) => expect(nearestSize(sizeOf(wish), choices)).toBe(expected));
});

describe("a size in pixels", () => {
  const most = { longest: 3840, shortest: 2160 };
  test.each([
    ["1:1", null, "1024x1024"],
    ["16:9", null, "1360x768"],
    ["9:16", 1024, "768x1360"],
    ["16:9", 4096, "3840x2160"],
    ["21:9", 2048, "3136x1344"],
    ["9:1", null, "1776x592"],
  ])("of %s with %j is %s", (ratio, longest, expected) =>
    expect(pixelsFor(parseRatio(ratio, longest)!, most)).toBe(expected),
  );
});
