// docs/clients.md says what `npm run clients` has seen and nothing else, and a run of some cells takes nothing from the others.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { groups } from "../../scripts/clients/groups.ts";
import { readBook, resultsOf, withResult, type Book } from "../../scripts/clients/results.ts";
import { withTables } from "../../scripts/clients/table.ts";
import type { Cell, Client, Listed } from "../../scripts/clients/vocabulary.ts";
import type { Phase, StandIn } from "../support/story.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "clients.md"), "utf8");

const client = (version: string): Client => ({
  name: "an-agent",
  title: "An agent",
  packages: { from: "npm", wanted: { "an-agent": version } },
  speaks: "messages",
  model: "assistant",
  command: () => ({ file: "none", args: [] }),
});

const cell = (phase: Phase, standIn: StandIn | null, more: Partial<Cell> = {}): Cell => ({
  client: client("1"),
  phase,
  standIn,
  day: "2026-11-30",
  complaints: [],
  facts: "",
  ...more,
});

const bookOf = (cells: readonly Cell[]): Book => cells.reduce<Book>((book, one) => withResult(book, one), {});

const rowsOf = (book: Book, listed: Client): string[] => {
  const empty = "<!-- clients:begin, written by scripts/clients.ts -->\n<!-- clients:end -->\n";
  return withTables(empty, [{ heading: "Agents", clients: [listed] }], book).split("\n");
};

const held = (book: Book, listed: Listed): string[] =>
  resultsOf(book, listed).map(({ phase, standIn }) => `${phase} ${standIn ?? "alone"}`);

test("the page holds the tables of the results that are kept", () => {
  expect(withTables(page, groups, readBook())).toBe(page);
});

test("a phase that is played later leaves those played before", () => {
  const before = bookOf([cell("up", null), cell("down", "chat"), cell("flip", "chat")]);
  const after = withResult(before, cell("dying", "chat", { day: "2026-12-01" }));
  expect(held(after, client("1"))).toEqual(["up alone", "down chat", "flip chat", "dying chat"]);
  expect(withResult(after, cell("up", null))).toEqual(after);
});

test("results of another version are not told as this one's", () => {
  const before = bookOf([cell("up", null), cell("down", "chat")]);
  const after = withResult(before, cell("up", null, { client: client("2") }));
  expect(held(before, client("2"))).toEqual([]);
  expect(held(after, client("2"))).toEqual(["up alone"]);
});

test("a cell is ok, or names what fails and what was not played; why stands below", () => {
  const whole = (["down", "flip", "dying"] as const).map((phase) => cell(phase, "chat"));
  const failed = cell("dying", "gemini", { complaints: ["exit code 1", "and more"], day: "2026-11-29" });
  const rows = rowsOf(bookOf([cell("up", null), ...whole, failed]), client("1"));
  const none = "not played: down, flip, dying";
  expect(rows).toContain(
    `| An agent (\`an-agent\`) | 1 | 2026-11-29 | Messages | ok | ok | ${none} | ${none} | fails: dying; not played: down, flip | ${none} |`,
  );
  expect(rows).toContain("- `an-agent`, dying (gemini): exit code 1");
  const known = { ...client("1"), limits: { dying: "it gives up" } };
  expect(rowsOf(bookOf([failed]), known)).toContain("- `an-agent`, dying (gemini): it gives up");
});
