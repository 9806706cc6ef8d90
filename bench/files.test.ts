// Everything outside the page's markers stays unchanged.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replaceBetweenMarkers } from "./files.ts";

const page = (table: string): string =>
  `# Speed\n\n<!-- bench:begin, written by npm run bench -- --write-docs -->\n\n${table}\n\n<!-- bench:end -->\n\nafter\n`;

test("replaceBetweenMarkers changes the table and nothing else", () => {
  expect(replaceBetweenMarkers(page("old"), "new $& table")).toBe(page("new $& table"));
});

test("a page without markers is an error that names them", () => {
  expect(() => replaceBetweenMarkers("# Speed\n", "new")).toThrow("bench:begin");
});

test("the page of this repository has its markers", () => {
  const text = readFileSync(join(import.meta.dirname, "../docs/performance.md"), "utf8");
  expect(replaceBetweenMarkers(text, "a table")).toContain("a table");
});
