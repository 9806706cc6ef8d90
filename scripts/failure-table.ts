// Writes the table of faults in docs/failure-contract.md from the rows that the tests play, between the page's two markers.
// It exists so that the page cannot promise what no test has seen; it must never change anything outside the markers.
//   npx node scripts/failure-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rows, type Expected, type Row } from "../test/faults/rows.ts";
import { root } from "./run-step.ts";

export const page: string = join(root, "docs", "failure-contract.md");

const BEGIN = "<!-- faults:begin, written by scripts/failure-table.ts -->";
const END = "<!-- faults:end -->";
const titles = { google: "Gemini", openai: "OpenAI", anthropic: "Anthropic" } as const;

/** `overloaded:503, overloaded:503` -> `overloaded` twice. */
const verdictsInWords = (verdicts: readonly string[]): string => {
  const names = [...new Set(verdicts.map((one) => `\`${one.split(":")[0]}\``))].join(", ");
  return verdicts.length === 1 ? names : `${names} ${verdicts.length === 2 ? "twice" : `${verdicts.length} times`}`;
};

const outcomeInWords = (expected: Expected | undefined): string => {
  if (expected === undefined) return "–";
  switch (expected.by) {
    case "primary":
      return `primary${expected.finish === undefined ? "" : `, \`${expected.finish}\``}`;
    case "stand-in":
      return `stand-in, after ${verdictsInWords(expected.verdicts)}`;
    case "interruption":
      return `what had come, then one error, \`${expected.code}\``;
    case "error":
      return `error ${expected.status} \`${expected.code}\``;
  }
};

const faultInWords = ({ name, vendors }: Row): string =>
  vendors === undefined ? name : `${name} (${vendors.map((vendor) => titles[vendor]).join(", ")})`;

/** The table, in Markdown. */
export const failureTable = (): string =>
  [
    "| fault | streamed | whole | as the simulator plays it |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => {
      const { fault, ...parameters } = row.fault;
      const played = Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`);
      const cells = [faultInWords(row), outcomeInWords(row.streamed), outcomeInWords(row.whole)];
      return `| ${cells.join(" | ")} | ${[`\`${fault}\``, ...played].join(", ")} |`;
    }),
  ].join("\n");

/** `text` with the table of today between its markers. Throws where a marker is missing. */
export const withTable = (text: string): string => {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`${page} must hold ${BEGIN} and after it ${END}`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${failureTable()}\n\n${text.slice(end)}`;
};

if (process.argv[1] === import.meta.filename) writeFileSync(page, withTable(readFileSync(page, "utf8")));
