// Writes the table of faults in docs/failure-contract.md from the rows that the tests play, between the page's two
// markers, so that the page cannot promise what no test has shown. It must never change anything outside the markers.
// npx node scripts/failure-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { continued, rows, withoutStandIn, type Expected, type Row } from "../test/faults/rows.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

export const page: string = join(root, "docs", "failure-contract.md");

const markers = {
  begin: "<!-- faults:begin, written by scripts/failure-table.ts -->",
  end: "<!-- faults:end -->",
  page,
};
const titles = { google: "Gemini", openai: "OpenAI", anthropic: "Anthropic" } as const;

const verdictOf = (one: string): string => one.split(":")[0] ?? "";

/** `overloaded:503, overloaded:503` -> `overloaded` twice. */
const verdictsInWords = (verdicts: readonly string[]): string => {
  const names = [...new Set(verdicts.map((one) => `\`${verdictOf(one)}\``))].join(", ");
  return verdicts.length === 1 ? names : `${names} ${verdicts.length === 2 ? "twice" : `${verdicts.length} times`}`;
};

const outcomeInWords = (expected: Expected): string => {
  const { by, verdicts } = expected;
  switch (by) {
    case "primary": {
      const before = verdicts.length === 1 ? "" : `, after ${verdictsInWords(verdicts.slice(0, -1))}`;
      return `primary${before}${expected.finish === "stop" ? "" : `, \`${expected.finish}\``}`;
    }
    case "stand-in":
      return `stand-in, after ${verdictsInWords(verdicts)}`;
    case "interruption":
      return `the text so far, then one error, \`${verdictOf(verdicts.at(-1) ?? "")}\``;
    case "continuation":
      return "the text so far, then the stand-in";
    case "error":
      return `error ${expected.status} \`${expected.code}\`${verdicts.length === 2 ? ", asked twice" : ""}`;
  }
};

/** One cell for streamed and whole answers, if they are equal. */
const together = (streamed: string | null, whole: string | null): string => {
  if (streamed === null || whole === null || streamed === whole) return streamed ?? whole ?? "–";
  return `streamed: ${streamed}; whole: ${whole}`;
};

const outcomes = ({ streamed, whole, written }: Row, of: (expected: Expected) => Expected): string => {
  const own = together(streamed ? outcomeInWords(of(streamed)) : null, whole ? outcomeInWords(of(whole)) : null);
  const other = written === undefined ? own : outcomeInWords(of(written));
  return own === other ? own : `${own}; of a body that the gateway wrote: ${other}`;
};

/** The wait before the ending, by the setting that limits it. */
const waitOf = ({ verdicts }: Expected): string => {
  const names = verdicts.map(verdictOf);
  if (names.includes("stalled")) return "`idle`";
  if (names.some((name) => name === "no_response" || name === "slow_first_token")) return "`first_token`";
  // A refused request is asked again at once, without the refused part.
  return verdicts.length > 1 && names[0] !== "unsupported" ? "one pause" : "nothing";
};

const waits = ({ streamed, whole }: Row): string =>
  together(streamed ? waitOf(streamed) : null, whole ? waitOf(whole) : null);

const ways = ({ streamed, whole }: Row): string => (streamed && whole ? "" : streamed ? ", streamed" : ", whole");

const faultInWords = (row: Row): string => {
  const { name, vendors, notFor } = row;
  const only = vendors === undefined ? "" : ` (${vendors.map((vendor) => titles[vendor]).join(", ")})`;
  const but = notFor === undefined ? "" : ` (not for ${notFor.client}'s own clients at ${titles[notFor.primary]})`;
  return name + ways(row) + only + but;
};

/** The table in Markdown, and what continuation changes. */
export const failureTable = (): string => {
  const broken = rows.filter(
    ({ streamed, calls }) => calls !== true && streamed !== undefined && continued(streamed).by === "continuation",
  );
  return [
    "| fault | with a stand-in | alone | waits for | as the simulator plays it |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => {
      const { fault, ...parameters } = row.fault;
      const played = Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`);
      const withStandIn = outcomes(row, (expected) => expected);
      const alone = outcomes(row, (expected) => withoutStandIn(row, expected));
      const cells = [faultInWords(row), withStandIn, alone === withStandIn ? "the same" : alone, waits(row)];
      return `| ${cells.join(" | ")} | ${[`\`${fault}\``, ...played].join(", ")} |`;
    }),
    "",
    "With `mid_stream: continue` and a stand-in, these end as one whole answer, begun by the primary and finished by the " +
      `stand-in: ${broken.map(({ name }) => name).join(", ")}.`,
  ].join("\n");
};

/** `text` with today's table between its markers. Throws if a marker is missing. */
export const withTable = (text: string): string => {
  return betweenMarkers(text, markers, failureTable());
};

if (process.argv[1] === import.meta.filename) writeFileSync(page, withTable(readFileSync(page, "utf8")));
