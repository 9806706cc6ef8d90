// Writes the table of recordings and protocols in docs/protocols/recorded-traffic.md from the tests' cells, between the
// page's two markers, so that the page cannot promise what no recording has shown. It must never change anything else.
// npm run conformance-table
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "../src/simulator/index.ts";
import { type Cell, makeCells } from "../test/conformance/matrix.test-support.ts";
import { four } from "../test/conformance/protocols.test-support.ts";
import { openapiMissing, openSchemas } from "../test/support/openapi.ts";
import { recordingsMissing } from "../test/support/recordings.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

export const page: string = join(root, "docs", "protocols", "recorded-traffic.md");

const markers = {
  begin: "<!-- conformance:begin, written by scripts/conformance-table.ts -->",
  end: "<!-- conformance:end -->",
  page,
};
const titles = ["Chat Completions", "Responses", "Messages", "generateContent"] as const;

/** Why a request could go to no target: such cells are not counted by protocol, and reported once. */
const everywhere: ReadonlySet<string> = new Set(["the request was not recorded", "the vendor itself refused it"]);

const unique = (list: readonly string[]): string[] => [...new Set(list)].toSorted();

const countsOf = (cells: readonly Cell[]): string => {
  const failed = cells.filter(({ complaints }) => complaints.length > 0).length;
  const skipped = cells.filter(({ skipped: reason }) => reason !== null).length;
  const passed = cells.length - failed - skipped;
  const beside = [...(skipped > 0 ? [`${skipped} skipped`] : []), ...(failed > 0 ? [`${failed} FAILED`] : [])];
  return [...(passed > 0 ? [String(passed)] : []), ...beside].join(", ") || "–";
};

const groupRow = (group: string, cells: readonly Cell[]): string => {
  const recordings = unique(cells.map(({ recording }) => recording)).length;
  const columns = four.flatMap((to) =>
    (["request", "answer"] as const).map((side) => cells.filter((cell) => cell.to === to && cell.side === side)),
  );
  const counts = columns.map((column) => countsOf(column.filter(({ skipped }) => !everywhere.has(skipped ?? ""))));
  return `| ${[group, recordings, ...counts].join(" | ")} |`;
};

const reasonRows = (cells: readonly Cell[]): string[] => {
  const reasons = unique(cells.flatMap(({ skipped }) => skipped ?? []));
  return reasons.map((reason) => {
    const places = cells.filter(({ skipped }) => skipped === reason);
    const counts = unique(places.map(placeOf)).map(
      (place) => `${place} (${places.filter((cell) => placeOf(cell) === place).length})`,
    );
    return `| ${reason} | ${counts.join(", ")} |`;
  });
};

const placeOf = ({ group, to }: Cell): string => {
  const [api = ""] = group.split(" of ");
  const title = titles[four.findIndex((one) => one === to)];
  return title === undefined ? api : `${api} → ${title}`;
};

/** The tables, in Markdown. */
export const conformanceTable = (cells: readonly Cell[]): string => {
  const talks = cells.filter(({ side }) => side !== "both");
  const others = cells.filter(({ side }) => side === "both");
  const rowsOf = (list: readonly Cell[], row: (group: string, own: readonly Cell[]) => string): string[] =>
    unique(list.map(({ group }) => group)).map((group) =>
      row(
        group,
        list.filter((cell) => cell.group === group),
      ),
    );
  const plain = talks.flatMap((cell) => {
    if (!everywhere.has(cell.skipped ?? "")) return [cell];
    return cell.to === four[0] ? [{ ...cell, to: "" }] : [];
  });
  return [
    `| recorded | exchanges | ${titles.map((title) => `${title}: requests | answers`).join(" | ")} |`,
    `| --- | --- |${" --- | --- |".repeat(titles.length)}`,
    ...rowsOf(talks, groupRow),
    "",
    "| recorded | exchanges | passed |",
    "| --- | --- | --- |",
    ...rowsOf(others, (group, own) => `| ${group} | ${own.length} | ${countsOf(own)} |`),
    "",
    "| skipped for | where (how often) |",
    "| --- | --- |",
    ...reasonRows([...plain, ...others]),
  ].join("\n");
};

/** `text` with `table` between its markers. Throws if a marker is missing. */
export const withConformance = (text: string, table: string): string => {
  return betweenMarkers(text, markers, table);
};

const write = async (): Promise<void> => {
  const missing = recordingsMissing || openapiMissing;
  if (missing !== "") throw new Error(`the table cannot be written: ${missing}`);
  const simulator = await startSimulator();
  const cells = await makeCells({ schemas: openSchemas(), simulator });
  await simulator.close();
  for (const { recording, to, complaints } of cells)
    for (const complaint of complaints) console.error(`${recording} -> ${to}: ${complaint}`);
  writeFileSync(page, withConformance(readFileSync(page, "utf8"), conformanceTable(cells)));
};

if (process.argv[1] === import.meta.filename) await write();
