// Writes results: every run into bench/results under its date and commit, which git ignores; with --write-docs also
// into latest.json and latest.md there, which are committed, and between the markers of docs/performance.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { betweenMarkers } from "../scripts/between-markers.ts";
import { root } from "./gateway.ts";
import { mergeLines, type Result } from "./result.ts";
import { renderResult } from "./table.ts";

const folder = join(root, "bench/results");
const page = join(root, "docs/performance.md");
const markers = {
  begin: "<!-- bench:begin, written by npm run bench -- --write-docs -->",
  end: "<!-- bench:end -->",
  page: "docs/performance.md",
};

/** Writes the run's own two files and returns the path of the table. */
export function writeRun(result: Result): string {
  const name = `${result.machine.date.slice(0, 16).replace(":", "")}-${result.machine.commit}`;
  return writePair(name, result);
}

/** Writes the run's lines into the committed result and the page; other lines stay unchanged. */
export function writeDocs(result: Result): string {
  const file = join(folder, "latest.json");
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result).lines : [];
  const latest: Result = { ...result, lines: mergeLines(kept, result.lines) };
  writePair("latest", latest);
  writeFileSync(page, replaceBetweenMarkers(readFileSync(page, "utf8"), renderResult(latest)));
  return page;
}

/** The page with `table` between its two markers. Throws if a marker is missing. */
export function replaceBetweenMarkers(text: string, table: string): string {
  return betweenMarkers(text, markers, table);
}

function writePair(name: string, result: Result): string {
  mkdirSync(folder, { recursive: true });
  const table = join(folder, `${name}.md`);
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(table, `${renderResult(result)}\n`);
  return table;
}
