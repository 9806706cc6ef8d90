// Writes the table of JSON Schema keywords and targets in docs/protocols/schemas.md from the lowering's dialects,
// between the page's two markers, so that the page cannot differ from the code. It changes nothing else.
// npx node scripts/schema-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dialect, Treatment } from "../src/protocols/shared/tool-schema/dialect.ts";
import {
  anthropicDialect,
  anthropicStrictDialect,
  geminiDialect,
  hostDialect,
  openaiDialect,
  openaiStrictDialect,
} from "../src/protocols/shared/tool-schema/dialects.ts";
import { annotations, vocabularyKeywords } from "../src/protocols/shared/tool-schema/vocabulary.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

export const page: string = join(root, "docs", "protocols", "schemas.md");

const markers = {
  begin: "<!-- schemas:begin, written by scripts/schema-table.ts -->",
  end: "<!-- schemas:end -->",
  page,
};

const dialects = [
  openaiDialect,
  openaiStrictDialect,
  hostDialect,
  anthropicDialect,
  anthropicStrictDialect,
  geminiDialect,
];

const words: Readonly<Record<Treatment, string>> = {
  kept: "kept",
  folded: "folded",
  described: "described",
  dropped: "dropped",
  impossible: "no form",
};
const told: ReadonlySet<string> = new Set(["not", "enum", "const"]);

/** Rules for the root of a tool's arguments only. */
const atRoot = (keyword: string, dialect: Dialect): string | null => {
  if (dialect.notAtRoot.has(keyword)) {
    const isUnion = keyword === "anyOf" || keyword === "oneOf" || told.has(keyword);
    if (dialect.closing !== null && isUnion) return "no form at the root";
    return told.has(keyword) ? "described at the root" : "folded at the root";
  }
  if (keyword === "type") return "added at the root";
  if (keyword === "properties" && dialect.namesProperties) return "added at the root";
  if (keyword === "properties" && dialect.propertyNames !== null)
    return dialect.closing === null ? "described at the root under a refused name" : "no form under a refused name";
  return null;
};

const closed = (keyword: string, { closing }: Dialect): string | null => {
  if (closing === null) return null;
  if (keyword === "additionalProperties") return "added as `false`; no form for maps";
  if (keyword !== "required") return null;
  if (closing.required === "all") return "added where a member may be null, else no form";
  return `no form with more than ${closing.required.mostOptional} optional members`;
};

/** Rules that depend on the value. */
const byValue = (keyword: string, dialect: Dialect): string | null => {
  const { patterns, formats, mostFewest, plainValues, foldsMaps } = dialect;
  const compiled = patterns.size === 0 ? [] : ["described unless it compiles there"];
  switch (keyword) {
    case "pattern":
      return compiled[0] ?? null;
    case "patternProperties":
      return [...(foldsMaps ? ["folded where all names match"] : []), ...compiled].join("; ") || null;
    case "format":
      return formats === null ? null : `described, but for ${formats.size} of them`;
    case "minItems":
      return mostFewest === null ? null : `described above ${mostFewest}`;
    case "enum":
    case "const":
      return plainValues ? "described, but for texts and numbers" : null;
    case "items":
      return dialect.namesItems ? "added to arrays" : dialect.unbound === "impossible" ? "no form without" : null;
    case "type":
      return dialect.typed ? "added where it is known" : null;
    case "required":
      return dialect.describesRequired ? "its members are added to `properties`" : null;
    case "$ref":
      return dialect.findsReferences ? "described where it leads nowhere" : null;
    default:
      return null;
  }
};

const holdsSchemas: ReadonlySet<string> = new Set(
  "patternProperties propertyNames dependentSchemas dependentRequired unevaluatedProperties prefixItems contains not if then else dependencies unevaluatedItems additionalItems contentSchema".split(
    " ",
  ),
);

const cell = (keyword: string, dialect: Dialect): string => {
  const treatment = dialect.keywords[keyword] ?? dialect.others;
  const isImpossible = treatment === "described" && dialect.closing?.required === "all" && holdsSchemas.has(keyword);
  const first = isImpossible ? words.impossible : words[treatment];
  const more = isImpossible ? [] : [byValue(keyword, dialect), closed(keyword, dialect), atRoot(keyword, dialect)];
  return [first, ...more.filter((one) => one !== null)].join("; ");
};

/** The table, in Markdown. */
export const schemaTable = (): string =>
  [
    `| keyword | ${dialects.map(({ title }) => title).join(" | ")} |`,
    `| --- |${" --- |".repeat(dialects.length)}`,
    ...[...vocabularyKeywords, ...annotations].map(
      (keyword) => `| \`${keyword}\` | ${dialects.map((dialect) => cell(keyword, dialect)).join(" | ")} |`,
    ),
    `| \`x-…\` | ${dialects.map(({ others }) => words[others === "kept" ? others : "dropped"]).join(" | ")} |`,
    `| others | ${dialects.map(({ others }) => words[others]).join(" | ")} |`,
  ].join("\n");

/** `text` with the table between its markers. Throws if a marker is missing. */
export const withSchemas = (text: string): string => {
  return betweenMarkers(text, markers, schemaTable());
};

if (process.argv[1] === import.meta.filename) writeFileSync(page, withSchemas(readFileSync(page, "utf8")));
