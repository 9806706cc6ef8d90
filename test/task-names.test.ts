// A task is a value: only protocols, vendors and core know an operation by name. All other code asks the operation, or
// branches on the shape of a body, so a new operation needs a line in core and a file in each protocol that has it.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passedTask } from "../src/core/passthrough.ts";
import { protocols } from "../src/protocols/index.ts";
import { cutSource } from "./support/source-text.ts";

const root = join(import.meta.dirname, "..");

/** Where an operation may be named, and why. */
const PLACES: readonly (readonly [place: string, why: string])[] = [
  ["src/protocols/", "its codecs, and its clients' paths"],
  ["src/providers/", "a vendor's row gives a path for it"],
  ["src/core/", "the list of operations, and their neutral forms"],
  ["src/simulator/", "the vendors' side of it"],
  ["src/config/providers.ts", "paths that a base_url must not end in"],
];

const operations = [...new Set(Object.values(protocols).flatMap((one) => Object.keys(one.operations)))];
/** Other code asks whether `Call.passed` is set. */
const names = [...operations, passedTask.task];

/** Quoted, or as a member of `operations`. Of embeddings any word: no other thing has that name, but many have a count. */
const pattern = new RegExp(
  `${names.map((name) => `["'\`]${name}["'\`]|operations(?:\\??\\.|!\\.)${name}`).join("|")}|\\w*embed(?:ding|s)\\w*`,
  "gi",
);

function namesIn(text: string): string[] {
  const code = cutSource(text).filter(({ kind }) => kind !== "comment");
  return (
    code
      .map((piece) => piece.text)
      .join("")
      .match(pattern) ?? []
  );
}

test("an operation is named in protocols, providers and core only", () => {
  expect(names.toSorted()).toEqual([
    "count",
    "embeddings",
    "image-generation",
    "passthrough",
    "rerank",
    "speech",
    "transcription",
  ]);
  const files = globSync("src/**/*.ts", { cwd: root })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((path) => !/\.test(?:-support)?\.ts$/.test(path) && !PLACES.some(([place]) => path.startsWith(place)));
  expect(files.length).toBeGreaterThan(100);
  const named = files.flatMap((path) =>
    namesIn(readFileSync(join(root, path), "utf8")).map((name) => `${path}: ${name}`),
  );
  expect(named).toEqual([]);
});

test.each([
  ['if (call.task === "embeddings") return', ['"embeddings"']],
  ["const { path } = protocol.operations.count", ["operations.count"]],
  ["call.embeddings !== undefined", ["embeddings"]],
  ["// embeddings are not affected", []],
  ["this.#count += 1", []],
  ['if (call.task === "passthrough") return', ['"passthrough"']],
  ["call.passed !== undefined", []],
  ['call.task === "chat"', []],
  ["protocol.operations[call.task]", []],
])("%s names %j", (text, found) => {
  expect(namesIn(text)).toEqual(found);
});
