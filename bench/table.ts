// Renders a result as one Markdown table, aligned for terminals and pages.
import type { Machine } from "./machine.ts";
import type { Result, ResultLine } from "./result.ts";
import type { Target } from "./rows/row.ts";
import type { Spread } from "./statistics.ts";

/** The whole result in Markdown: the table, the notes and the machine. */
export function renderResult(result: Result): string {
  const notes = result.lines.flatMap((line) => line.notes.map((note) => `- ${line.id}: ${note}`));
  return [renderLines(result.lines), notes.join("\n"), describe(result)].filter((part) => part !== "").join("\n\n");
}

/** Only the table. Columns without values are left out. */
export function renderLines(lines: readonly ResultLine[]): string {
  const columns: readonly (readonly [string, (line: ResultLine) => string])[] = [
    ["row", (line) => line.title],
    ["unit", (line) => line.unit],
    ["gateway", (line) => value(line.sides.gateway)],
    ["floor", (line) => value(line.sides.floor)],
    ["nginx", (line) => value(line.sides.nginx)],
    ["Portkey", (line) => value(line.sides.portkey)],
    ["gateway / floor", (line) => ratio(line.toFloor)],
    ["above the floor", (line) => difference(line.aboveFloor)],
    ["gateway / nginx", (line) => ratio(line.toNginx)],
    ["Portkey / gateway", (line) => ratio(line.portkeyToGateway)],
    ["target", (line) => renderTarget(line.target)],
    [
      "verdict",
      (line) => (line.verdict === "miss" || line.verdict === "aborted" ? `**${line.verdict}**` : line.verdict),
    ],
    ["commit", (line) => line.commit],
  ];
  const isOptional = (name: string): boolean => name.includes("Portkey") || name === "above the floor";
  const filled = columns.filter(([name, cell]) => !isOptional(name) || lines.some((line) => cell(line) !== ""));
  return renderTable(
    filled.map(([name]) => name),
    lines.map((line) => filled.map(([, cell]) => cell(line))),
  );
}

/** A Markdown table whose columns are padded to one width; pipes inside cells are escaped. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((name, column) =>
    Math.max(3, name.length, ...escaped.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...escaped.map(line)].join("\n");
}

function value(spread: Spread | undefined): string {
  return spread === undefined ? "" : number(spread.median);
}

function number(amount: number): string {
  return amount >= 100 ? Math.round(amount).toLocaleString("en") : amount.toFixed(1);
}

function ratio(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  return `${spread.median.toFixed(2)} (${spread.min.toFixed(2)}-${spread.max.toFixed(2)})`;
}

function difference(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  return `${spread.median.toFixed(1)} (${spread.min.toFixed(1)} to ${spread.max.toFixed(1)})`;
}

function renderTarget(target: Target | undefined): string {
  if (target === undefined) return "";
  if (target.of === "value") return `<= ${target.atMost}`;
  if (target.of === "above floor") return `<= floor + ${target.atMost}`;
  return target.atLeast === undefined ? `<= ${target.atMost} x floor` : `${target.atLeast} to ${target.atMost} x floor`;
}

function describe({ machine, effort }: Result): string {
  return `${describeMachine(machine)} Rounds: ${effort.rounds}, each side ${effort.seconds} s after ${effort.warmup} s of warm-up.`;
}

function describeMachine(machine: Machine): string {
  const programs = [`Node ${machine.node}`, machine.nginx, machine.wrk].filter((name) => name !== null).join(", ");
  const size = `${machine.cores} cores of ${machine.cpu}, ${machine.memoryGigabytes} GB`;
  return `Measured ${machine.date.slice(0, 16).replace("T", " ")} UTC on ${size}, ${machine.system}; ${programs}.`;
}
