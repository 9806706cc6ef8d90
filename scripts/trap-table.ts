// Writes the tests of each trap into docs/traps.md, from the names of the tests: `trap 12: …`. So the page cannot
// promise what no test covers; it must change only the table's last column.
// npx node scripts/trap-table.ts
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run-step.ts";

export const page: string = join(root, "docs", "traps.md");

/** A test's name, or the name in a row of a test table. */
const named = /["'`]trap (\d+): /gu;

/** The numbers of the traps, and the test files of each. */
export const trapTests = (): ReadonlyMap<number, readonly string[]> => {
  const found = new Map<number, string[]>();
  const paths = globSync(["src/**/*.test.ts", "test/**/*.test.ts"], { cwd: root }).toSorted();
  for (const path of paths) {
    const numbers = [...readFileSync(join(root, path), "utf8").matchAll(named)].map((match) => Number(match[1]));
    for (const number of new Set(numbers)) found.set(number, [...(found.get(number) ?? []), path]);
  }
  return found;
};

const row = /^\| (\d+) \|.*$/gmu;

/** The numbers of the page's rows, in their order. */
export const trapsOn = (text: string): readonly number[] => [...text.matchAll(row)].map((match) => Number(match[1]));

/** `text` with today's files in the last cell of each row. */
const withTests = (text: string): string => {
  const tests = trapTests();
  return text.replaceAll(row, (line, number: string) => {
    const cells = line.split(" | ").slice(0, -1);
    const files = (tests.get(Number(number)) ?? []).map(
      (path) => `[${path.split("/").slice(1).join("/")}](../${path})`,
    );
    return `${cells.join(" | ")} | ${files.join(", ") || "nowhere"} |`;
  });
};

/** Files on the page without a test of their row's trap. */
export const untrueOn = (text: string): readonly string[] => {
  const tests = trapTests();
  return [...text.matchAll(row)].flatMap(([line, number]) => {
    const named = [...line.matchAll(/\]\(\.\.\/([^)]+)\)/gu)].map((match) => match[1] ?? "");
    const untrue = named.filter((path) => tests.get(Number(number))?.includes(path) !== true);
    return named.length === 0 ? [`${number}: nowhere`] : untrue.map((path) => `${number}: ${path}`);
  });
};

if (process.argv[1] === import.meta.filename) writeFileSync(page, withTests(readFileSync(page, "utf8")));
