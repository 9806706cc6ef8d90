// Writes the results into docs/clients.md, between the page's two markers: the coding agents first, then the SDKs, a
// row per client with its version and the day of its oldest result, and below the failures.
import { betweenMarkers } from "../between-markers.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { phases, type StandIn } from "../../test/support/story.ts";
import { root } from "../run-step.ts";
import { resultsOf, type Book, type Result } from "./results.ts";
import { cellsOf, type Group, type Listed, type Speech } from "./vocabulary.ts";

const page: string = join(root, "docs", "clients.md");
const markers = { begin: "<!-- clients:begin, written by scripts/clients.ts -->", end: "<!-- clients:end -->", page };

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

/** `text`, a page with both markers, with today's tables between them. */
export function withTables(text: string, groups: readonly Group[], book: Book): string {
  const parts = groups.flatMap(({ heading, clients }) => {
    const played = clients.filter((client) => resultsOf(book, client).length > 0);
    const rows = played.map((client) => rowOf(client, resultsOf(book, client)));
    const failed = played.flatMap((client) => toldFailures(client, resultsOf(book, client)));
    const list = failed.length === 0 ? [] : ["Failing cells:", "", ...failed, ""];
    return [`## ${heading}`, "", ...head, ...rows, "", ...list];
  });
  return betweenMarkers(text, markers, parts.slice(0, -1).join("\n"));
}

export function writeTables(groups: readonly Group[], book: Book): void {
  writeFileSync(page, withTables(readFileSync(page, "utf8"), groups, book));
}

function rowOf(client: Listed, results: readonly Result[]): string {
  const { name, title, speaks } = client;
  const oldest = results.map(({ day }) => day).toSorted((a, b) => a.localeCompare(b))[0] ?? "";
  const alone = told(client, null, results);
  const behind = columns.map((column) => told(client, column, results));
  return `| ${[`${title} (\`${name}\`)`, versionOf(client), oldest, speeches[speaks], alone, ...behind].join(" | ")} |`;
}

/** `ok`; or the failures and missing plays; empty if nothing is planned. */
function told(client: Listed, standIn: StandIn | null, results: readonly Result[]): string {
  const planned = cellsOf(client, phases).filter((cell) => cell.standIn === standIn);
  if (planned.length === 0) return "";
  const here = results.filter((result) => result.standIn === standIn);
  const failed = here.filter(({ complaint }) => complaint !== "").map(({ phase }) => phase);
  const open = planned.filter(({ phase }) => !here.some((result) => result.phase === phase)).map(({ phase }) => phase);
  const words = [
    ...(failed.length === 0 ? [] : [`fails: ${failed.join(", ")}`]),
    ...(open.length === 0 ? [] : [`not played: ${open.join(", ")}`]),
  ];
  return words.join("; ") || "ok";
}

/** A line for each failing phase, with its cause or its first error. */
function toldFailures({ name, limits = {} }: Listed, results: readonly Result[]): string[] {
  return phases.flatMap((phase) => {
    const failed = results.filter((result) => result.phase === phase && result.complaint !== "");
    const [first] = failed;
    if (first === undefined) return [];
    const places = failed.map(({ standIn }) => standIn ?? "alone").join(", ");
    const words = limits[phase] ?? first.complaint.replace(/[`|<>]/gu, "'").slice(0, 90);
    return [`- \`${name}\`, ${phase} (${places}): ${words}`];
  });
}

/** The client's own version, as people write it. */
export function versionOf({ packages, shows }: Listed): string {
  const version = shows === undefined ? Object.values(packages.wanted)[0] : packages.wanted[shows];
  return (version ?? "-").replace(/^v/u, "");
}
