// Writes what came of the plays into docs/clients.md, between the page's two markers: a row for each client, with its version and
// the day. Rows of clients that were not played stay as they are.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StandIn } from "../../test/support/story.ts";
import { root } from "../run-step.ts";
import type { Cell, Client, Speech } from "./vocabulary.ts";

const BEGIN = "<!-- clients:begin, written by scripts/clients.ts -->";
const END = "<!-- clients:end -->";
const page = join(root, "docs", "clients.md");

const columns: readonly StandIn[] = ["chat", "responses", "messages", "gemini", "compatible"];
const head = [
  "| client | version | played | speaks | alone | OpenAI Chat | OpenAI Responses | Anthropic | Gemini | a compatible host | asked at most |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

const speeches: Readonly<Record<Speech, string>> = {
  chat: "Chat Completions",
  responses: "Responses",
  messages: "Messages",
  gemini: "Gemini",
};

/** Puts the client's row in; `order`: the names of all clients, as the rows are to stand. */
export function writeTable(client: Client, cells: readonly Cell[], order: readonly string[]): void {
  const text = readFileSync(page, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${page} must hold ${BEGIN} and after it ${END}`);
  const rows = new Map<string, string>();
  for (const line of text.slice(begin, end).split("\n")) {
    const name = /^\| .*\(`([\w-]+)`\) \|/u.exec(line)?.[1];
    if (name !== undefined && order.includes(name)) rows.set(name, line);
  }
  rows.set(client.name, rowOf(client, cells));
  const sorted = order.flatMap((name) => rows.get(name) ?? []);
  const table = [...head, ...sorted].join("\n");
  writeFileSync(page, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
}

function rowOf({ name, title, packages, shows, speaks }: Client, cells: readonly Cell[]): string {
  const version = versionOf({ packages, ...(shows === undefined ? {} : { shows }) });
  const day = new Date().toISOString().slice(0, 10);
  const alone = cells.filter(({ standIn }) => standIn === null);
  const behind = columns.map((column) => told(cells.filter(({ standIn }) => standIn === column)));
  const most = Math.max(...cells.map(({ asked }) => asked));
  return `| ${[`${title} (\`${name}\`)`, version, day, speeches[speaks], told(alone), ...behind, String(most)].join(" | ")} |`;
}

/** The version of the client itself, as people write it. */
export function versionOf({ packages, shows }: Pick<Client, "packages" | "shows">): string {
  const version = shows === undefined ? Object.values(packages.wanted)[0] : packages.wanted[shows];
  return (version ?? "").replace(/^v/u, "");
}

/** `ok`, or which of the plays do not hold. */
function told(cells: readonly Cell[]): string {
  if (cells.length === 0) return "";
  const failed = cells.filter(({ complaints }) => complaints.length > 0);
  return failed.length === 0 ? "ok" : `not: ${failed.map(({ phase }) => phase).join(", ")}`;
}
