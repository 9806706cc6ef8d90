import { describe, expect, test } from "vitest";
import { anchorOf } from "./anchor.ts";

describe("F3: the words that a stand-in repeats first", () => {
  test.each([
    ["the last words", "The sea is deep, and the harbour was still open.", "harbour was still open."],
    ["no white space at the end", "The sea is deep, and the harbour was still open. \n", "harbour was still open."],
    ["enough letters", "Once more: I am at it, as ever: a b c d", "it, as ever: a b c d"],
    ["a cut word", "The sea is deep, and the harbour was still op", "harbour was still op"],
    ["all of a short text", "The sea", "The sea"],
    ["a script without blanks", "我喜欢吃苹果和香蕉，也喜欢吃葡萄、西瓜和桃子", "蕉，也喜欢吃葡萄、西瓜和桃子"],
    ["words that occur once", "the cat sat on the mat, so the cat sat on the mat", "so the cat sat on the mat"],
    ["a list", "- bread\n- salt\n- water\n- a spoon of olive oil", "spoon of olive oil"],
  ])("%s", (...[, said, anchor]) => {
    expect(anchorOf(said)?.text).toBe(anchor);
    expect(said.slice(anchorOf(said)?.start).trimEnd()).toBe(anchor);
  });

  test("it never begins with half a character or a mark that belongs to the one before", () => {
    const thai = "ทะเลลึกและกว้างใหญ่มากเหลือเกินในยามค่ำคืน";
    expect(anchorOf(thai)?.text).toMatch(/^\P{M}/u);
    expect(anchorOf("x".repeat(50) + "🙂".repeat(3) + "z".repeat(41))?.text).toMatch(/^[^\udc00-\udfff]/u);
  });

  test("a text that repeats itself without end has none, and neither has white space", () => {
    expect(anchorOf("ha ".repeat(500))).toBeNull();
    expect(anchorOf(" \n ")).toBeNull();
  });

  test("a megabyte of one character takes no longer than it must", () => {
    const begun = performance.now();
    expect(anchorOf("a".repeat(1_000_000))).toBeNull();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
