import { expect, test } from "vitest";
import { shortenList } from "./shorten-list.ts";

test("a short list stays as it is", () => {
  expect(shortenList([])).toEqual([]);
  expect(shortenList(["top_k", "tools.look:format>description"])).toEqual(["top_k", "tools.look:format>description"]);
});

test("of a long one the first entries, and how many more there are", () => {
  const entries = Array.from({ length: 40_000 }, (_, index) => `m${index}`);
  const shown = shortenList(entries);
  expect(shown).toHaveLength(51);
  expect(shown.slice(-2)).toEqual(["m49", "and 39950 more"]);
});

test("long words are cut, and fit into a header together", () => {
  const shown = shortenList(Array.from({ length: 100 }, (_, index) => `${index} ${"word ".repeat(1_000)}`));
  expect(shown[0]).toMatch(/^0 word .*\.\.\.$/u);
  expect(shown.at(-1)).toMatch(/^and \d+ more$/u);
  expect(shown.join(", ").length).toBeLessThan(2_000);
});
