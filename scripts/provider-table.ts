// Writes the tables of docs/providers.md from the run of test/conformance/providers.test.ts: what every row of the catalogue
// is, and how each feature ended there. So the page cannot promise what no test has shown. It must never change anything
// else.
// npx node scripts/provider-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderRow } from "../src/core/provider.ts";
import { catalog } from "../src/providers/catalog.ts";
import { type Cell, makeProviderCells, modelOfRow } from "../test/conformance/providers/provider-cells.test-support.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

export const page: string = join(root, "docs", "providers.md");

const markersOf = (name: string) => ({
  begin: `<!-- ${name}:begin, written by scripts/provider-table.ts -->`,
  end: `<!-- ${name}:end -->`,
  page,
});

const shortNames: Readonly<Record<string, string>> = {
  "openai-chat": "chat",
  "openai-responses": "responses",
  "openai-completions": "completions",
  "anthropic-messages": "messages",
  "gemini-generate": "gemini",
  "bedrock-converse": "converse",
};

const protocolsOf = ({ protocol, alsoTakes = {} }: ProviderRow): string => {
  const further = Object.keys(alsoTakes).filter((one) => one !== "openai-completions" && one !== protocol);
  return [protocol, ...further].map((one) => shortNames[one] ?? one).join(", ");
};

const addressOf = ({ baseUrl, account }: ProviderRow): string => {
  if (baseUrl !== null) return `\`${baseUrl.replace(/^https:\/\//u, "")}\``;
  const all = Object.entries(account?.settings ?? {});
  const required = all.filter(([, setting]) => setting.required === true);
  // Where none is required, the settings without a usual value make the address.
  const settings = required.length > 0 ? required : all.filter(([, setting]) => setting.usual === undefined);
  return settings.length === 0 ? "`base_url`" : `of \`${settings.map(([name]) => name).join("`, `")}\``;
};

const quirksOf = ({ quirks }: ProviderRow): string => {
  const names = quirks.map(({ name }) => name.replace(/ \(.*\)$/u, "")).filter((name) => !name.startsWith("no "));
  return [...new Set(names)].join(", ") || "–";
};

/** Every row: address, variable, protocols, quirks. */
export const rowTable = (): string =>
  [
    "| provider | address | variable | protocols | quirks |",
    "| --- | --- | --- | --- | --- |",
    ...[...catalog.values()].map((row) => {
      const variable = row.keyVariables[0] === undefined ? "–" : `\`${row.keyVariables[0]}\``;
      return `| \`${row.name}\` ${row.title} | ${addressOf(row)} | ${variable} | ${protocolsOf(row)} | ${quirksOf(row)} |`;
    }),
  ].join("\n");

/** Columns, each with the features that it stands for. */
const columns: readonly (readonly [title: string, features: RegExp])[] = [
  ["chat", /^chat /u],
  ["stream, usage", /^stream /u],
  ["tools", /^tools /u],
  ["forced tool", /^(?:forced|named) tool$/u],
  ["tool schemas", /^odd tool schema$/u],
  ["JSON schema", /^JSON schema$/u],
  ["image", /^image$/u],
  ["reasoning on", /^reasoning on$/u],
  ["off", /^reasoning off$/u],
  ["embeddings", /^embeddings$/u],
  ["count", /^count tokens$/u],
  ["failures", /^(?:bad key|rate limit|cooldown|overload|too long|break)$/u],
];

const cellText = (cells: readonly Cell[]): string => {
  if (cells.some(({ problem }) => problem !== null)) return "FAILED";
  const outcomes = cells.flatMap(({ outcome }) => outcome ?? []);
  if (outcomes.length === 0) return "–";
  if (outcomes.every(({ state }) => state === "not offered")) return "not offered";
  const notes = [...new Set(outcomes.flatMap(({ state, note }) => (state === "adapted" ? [note] : [])))];
  return notes.length === 0 ? "ok" : notes.map((note) => (note === "estimate" ? note : `\`${note}\``)).join(", ");
};

/** Every row and feature: `ok`, what was adapted, `not offered`, or a dash for what was not played. */
export const featureTable = (cells: readonly Cell[]): string =>
  [
    `| provider, model | ${columns.map(([title]) => title).join(" | ")} |`,
    `| --- |${" --- |".repeat(columns.length)}`,
    ...[...catalog.keys()].map((name) => {
      const own = cells.filter(({ row }) => row === name);
      const texts = columns.map(([, features]) => cellText(own.filter(({ feature }) => features.test(feature))));
      return `| \`${name}\` ${modelOfRow(name)} | ${texts.join(" | ")} |`;
    }),
  ].join("\n");

/** `text` with both tables between their markers. Throws if a marker is missing. */
export const withProviders = (text: string, cells: readonly Cell[]): string =>
  betweenMarkers(betweenMarkers(text, markersOf("rows"), rowTable()), markersOf("features"), featureTable(cells));

if (process.argv[1] === import.meta.filename)
  writeFileSync(page, withProviders(readFileSync(page, "utf8"), await makeProviderCells()));
