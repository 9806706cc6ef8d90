// How a search is joined from its steps, and which text a citation supports.
import { describe, expect, test } from "vitest";
import { citedWords, SearchBook, slicer } from "./searches.ts";

const sky = { url: "https://sky.example/why", title: "Why the sky is blue" };
const sea = { url: "https://sea.example/why", title: "Why the sea is blue" };

describe("what a citation proves", () => {
  const cite = (quote: string | null, from: number, to: number) => ({
    url: sky.url,
    title: null,
    quote,
    start: from,
    end: to,
  });

  test("the page's own words, else the answer's, else the sentence that a link stands behind", () => {
    const text = `First this. Then that, 🌤 too. ([a.example](https://a.example/)) Last.`;
    const cut = slicer(text);
    expect(citedWords(cite("Said there.", 0, 5), cut)).toBe("Said there.");
    expect(citedWords(cite(null, 0, 11), cut)).toBe("First this.");
    const at = Array.from(text.slice(0, text.indexOf("([a"))).length;
    expect(citedWords(cite(null, at, at + Array.from("([a.example](https://a.example/))").length), cut)).toBe(
      "Then that, 🌤 too.",
    );
  });

  test("no more than the Messages API quotes", () => {
    expect(citedWords(cite("x".repeat(400), 0, 1), slicer(""))).toHaveLength(150);
  });
});

test("steps find each other by their id, and those without one are one search", () => {
  const book = new SearchBook();
  book.add({ id: "a", queries: ["one"], pages: null, error: null });
  book.add({ id: "", queries: ["two"], pages: [], error: null });
  book.add({ id: "a", queries: null, pages: [{ ...sky, age: null }], error: null });
  book.add({
    id: "",
    queries: ["two", "three"],
    pages: [
      { ...sea, title: null, age: null },
      { ...sea, age: null },
    ],
    error: null,
  });
  expect(book.all).toEqual([
    { id: "a", queries: ["one"], pages: [{ ...sky, age: null }], error: null },
    { id: "", queries: ["two", "three"], pages: [{ ...sea, age: null }], error: null },
  ]);
});
