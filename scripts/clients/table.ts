// Writes what came of the plays into docs/clients.md, between the page's two markers: a row for each client that was played, with
// its version and the day of its oldest result, and below the table what does not hold.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { phases, type StandIn } from "../../test/support/story.ts";
import { root } from "../run-step.ts";
import { resultsOf, type Result } from "./results.ts";
import { cellsOf, type Client, type Speech } from "./vocabulary.ts";

const BEGIN = "<!-- clients:begin, written by scripts/clients.ts -->";
const END = "<!-- clients:end -->";
const page = join(root, "docs", "clients.md");

const columns: readonly StandIn[] = ["chat", "responses", "messages", "gemini", "compatible"];
const head = [
  "| client | version | played | speaks | alone | OpenAI Chat | OpenAI Responses | Anthropic | Gemini | a compatible host |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

const speeches: Readonly<Record<Speech, string>> = {
  chat: "Chat Completions",
  responses: "Responses",
  messages: "Messages",
  gemini: "Gemini",
};

export function writeTable(clients: readonly Client[]): void {
  const text = readFileSync(page, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${page} must hold ${BEGIN} and after it ${END}`);
  const played = clients.map((client) => ({ client, results: resultsOf(client) }));
  const rows = played.filter(({ results }) => results.length > 0).map(({ client, results }) => rowOf(client, results));
  const failed = played.flatMap(({ client, results }) => toldFailures(client, results));
  const list = failed.length === 0 ? [] : ["", "What does not hold:", "", ...failed];
  const table = [...head, ...rows, ...list].join("\n");
  writeFileSync(page, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
}

function rowOf(client: Client, results: readonly Result[]): string {
  const { name, title, speaks } = client;
  const oldest = results.map(({ day }) => day).toSorted((a, b) => a.localeCompare(b))[0] ?? "";
  const alone = told(client, null, results);
  const behind = columns.map((column) => told(client, column, results));
  return `| ${[`${title} (\`${name}\`)`, versionOf(client), oldest, speeches[speaks], alone, ...behind].join(" | ")} |`;
}

/** `ok`; or the plays that hold; empty where nothing is planned. */
function told(client: Client, standIn: StandIn | null, results: readonly Result[]): string {
  const planned = cellsOf(client, phases).filter((cell) => cell.standIn === standIn);
  if (planned.length === 0) return "";
  const holding = results.filter((result) => result.standIn === standIn && result.complaints.length === 0);
  if (holding.length === planned.length) return "ok";
  return phases.filter((phase) => holding.some((result) => result.phase === phase)).join(", ") || "-";
}

/** A line for each phase that does not hold, with the first thing that is wrong. */
function toldFailures({ name }: Client, results: readonly Result[]): string[] {
  return phases.flatMap((phase) => {
    const failed = results.filter((result) => result.phase === phase && result.complaints.length > 0);
    const [first] = failed;
    if (first === undefined) return [];
    const places = failed.map(({ standIn }) => standIn ?? "alone").join(", ");
    const words = (first.complaints[0] ?? "").replace(/[`|<>]/gu, "'").slice(0, 90);
    return [`- \`${name}\`, ${phase} (${places}): ${words}`];
  });
}

/** The version of the client itself, as people write it. */
export function versionOf({ packages, shows }: Client): string {
  const version = shows === undefined ? Object.values(packages.wanted)[0] : packages.wanted[shows];
  return (version ?? "").replace(/^v/u, "");
}
