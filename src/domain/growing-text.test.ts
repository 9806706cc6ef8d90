import { expect, test } from "vitest";
import { GrowingText } from "./growing-text.ts";

test("the text is all pieces in order, however often it is read", () => {
  const text = new GrowingText();
  let whole = "";
  expect(text.toString()).toBe("");
  for (let index = 0; index < 100; index += 1) {
    const piece = index % 7 === 0 ? "" : `${index} 𝒳 `;
    text.push(piece);
    whole += piece;
    expect(text.length).toBe(whole.length);
    if (index % 23 === 0) expect(text.toString()).toBe(whole);
  }
  expect(text.toString()).toBe(whole);
  expect(String(text)).toBe(whole);
});
