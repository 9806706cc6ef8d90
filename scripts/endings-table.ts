// Writes the tables of endings in docs/protocols/endings.md from the protocols' own tables, between the page's two markers,
// so that the page cannot differ from the engine. It must never change anything outside the markers.
// npx node scripts/endings-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EndingMeaning, Endings } from "../src/core/endings.ts";
import { protocols, targetOnly } from "../src/protocols/index.ts";
import { synonyms } from "../src/protocols/shared/endings.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

const page: string = join(root, "docs", "protocols", "endings.md");

const markers = {
  begin: "<!-- endings:begin, written by scripts/endings-table.ts -->",
  end: "<!-- endings:end -->",
  page,
};

const meanings: Readonly<Record<EndingMeaning, string>> = {
  stop: "the answer is complete",
  own_stop: "a stop sequence of the request ended it",
  tool_calls: "the caller must run tools",
  length: "a limit of tokens cut it",
  content_filter: "policy stopped it",
  cut: "it broke: `cut`",
  overloaded: "it broke: `overloaded`",
  malformed: "it broke: `malformed`",
};
const order = Object.keys(meanings) as EndingMeaning[];

const empties: Readonly<Record<Endings["emptyStop"], string>> = {
  always: "an answer",
  with_stops: "an answer if the request had stop sequences, else `empty`",
  never: "`empty`",
};

const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

const ownWords = ({ own }: Endings, meaning: EndingMeaning): string =>
  listed([...own].filter(([, one]) => one === meaning).map(([word]) => word));

/** The tables, in Markdown. */
const endingTables = (): string => {
  const all = [...Object.values(protocols), ...Object.values(targetOnly)]
    .map((protocol) => protocol.chat.endings)
    .filter(({ protocol }) => protocol !== "openai-completions");
  const cells = (make: (endings: Endings) => string): string => all.map(make).join(" | ");
  return [
    `| meaning | ${cells(({ protocol, member }) => `${protocol}: \`${member}\``)} | other hosts' words, in every protocol |`,
    `| --- | ${cells(() => "---")} | --- |`,
    ...order.map(
      (meaning) =>
        `| ${meanings[meaning]} | ${cells((endings) => ownWords(endings, meaning))} | ${listed(synonyms[meaning] ?? [])} |`,
    ),
    `| it broke: \`cut\`, and the operator is warned | ${cells(() => "any other word")} | |`,
    `| a complete answer without content | ${cells(({ emptyStop }) => empties[emptyStop])} | |`,
  ].join("\n");
};

/** `text` with today's tables between its markers. Throws if a marker is missing. */
export const withEndings = (text: string): string => betweenMarkers(text, markers, endingTables());

if (process.argv[1] === import.meta.filename) writeFileSync(page, withEndings(readFileSync(page, "utf8")));
