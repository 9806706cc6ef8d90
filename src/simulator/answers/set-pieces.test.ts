import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { restAfter, setPiecesFor } from "./set-pieces.ts";

const page = new URL("../../../examples/gemini-to-gpt4o/public/index.html", import.meta.url);
const suggestions = [...readFileSync(page, "utf8").matchAll(/data-testid="suggestion"\s*>\s*([^<]+?)\s*</g)];

it("has an answer ready for every suggestion of the example's page", () => {
  expect(suggestions).toHaveLength(3);
  for (const [, question] of suggestions) expect(setPiecesFor(question ?? "").length).toBeGreaterThan(1);
});

it("leaves every other question alone, and a long one that only mentions the words", () => {
  expect(setPiecesFor("What is rain?")).toEqual([]);
  expect(setPiecesFor(`Why does a theatre keep an understudy? ${"And then? ".repeat(30)}`)).toEqual([]);
});

it("goes on with an answer that broke off, wherever it did", () => {
  const [answer = ""] = setPiecesFor("Explain a circuit breaker");
  for (const length of [30, 77, 150, answer.length - 1]) {
    expect(answer.slice(0, length).trimEnd() + restAfter(answer.slice(0, length))).toBe(answer);
  }
});

it.each([
  ["So far."],
  ["Words of somebody else's, and more than a few of them"],
  [setPiecesFor("circuit breaker")[0]!],
])("has nothing to go on with after %j", (said) => {
  expect(restAfter(said)).toBeNull();
});
