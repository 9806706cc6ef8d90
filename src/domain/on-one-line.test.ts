import { expect, test } from "vitest";
import { onOneLine } from "./on-one-line.ts";

test.each([
  ["gpt-4o", "gpt-4o"],
  ["a\nb\r\nc", "a?b??c"],
  ["\u001B[31mred", "?[31mred"],
  ["left\u202Eright\u200B\u009B", "left?right??"],
  ["Frühling 春 🌱", "Frühling 春 🌱"],
])("%j is shown as %j", (text, shown) => {
  expect(onOneLine(text)).toBe(shown);
});
