import { describe, expect, test } from "vitest";
import type { ImagePart } from "../../core/chat.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { detailOfLevel, imageDetailWord, levelForAll, levelOfDetail } from "./image-detail.ts";

const image = (detail: string | null): ImagePart => ({
  type: "image",
  source: { kind: "data", mediaType: "image/png", data: "AA" },
  detail,
});
const low = "MEDIA_RESOLUTION_LOW";
const medium = "MEDIA_RESOLUTION_MEDIUM";
const high = "MEDIA_RESOLUTION_HIGH";

describe("one image", () => {
  test.each([
    ["MEDIA_RESOLUTION_ULTRA_HIGH", "original"],
    [high, "high"],
    [medium, "medium"],
    [low, "low"],
  ])("%s is %s, and back", (level, detail) => {
    expect(detailOfLevel(level)).toBe(detail);
    expect(levelOfDetail(detail)).toBe(level);
  });

  test("what is no level or no detail says nothing", () => {
    expect([undefined, "MEDIA_RESOLUTION_UNSPECIFIED", 3].map(detailOfLevel)).toEqual([null, null, null]);
    expect([null, "auto", "sharp"].map(levelOfDetail)).toEqual([null, null, null]);
  });

  test("each target is told a word that it knows", () => {
    const told = (detail: string | null, facts: Partial<ModelFacts>, isOwn = false): readonly (string | null)[] => {
      const adapted = new Set<string>();
      return [imageDetailWord(detail, { facts: facts as ModelFacts, isOwn, adapted }), ...adapted];
    };
    expect(["medium", "high", null].map((detail) => told(detail, {}))).toEqual([["auto"], ["high"], [null]]);
    const lowered = ["high", "image_url.detail:original>high"];
    expect(told("original", {})).toEqual(lowered);
    expect(told("original", { originalDetail: false }, true)).toEqual(lowered);
    expect(told("original", { originalDetail: true })).toEqual(["original"]);
    expect(told("original", {}, true)).toEqual(["original"]);
  });
});

test.each([
  [[], null, true],
  [[null], null, true],
  [["auto", null], null, true],
  [["low", "low"], low, true],
  [["medium"], medium, true],
  [["low", "medium"], medium, false],
  [["low", "high"], high, false],
  [["high", null], high, false],
  [["original"], high, false],
  [["low", null], null, false],
])("%j together: %s (exact: %s)", (details, level, exact) => {
  expect(levelForAll(details.map(image))).toEqual({ level, exact });
});
