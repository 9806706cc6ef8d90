// A protocol is its folder: outside of `protocols/` no code knows one by its name. What the gateway must know of it is read
// from the facets of its `Protocol`, so that a new wire format is a folder and a line in `protocols/index.ts`.
import { existsSync, globSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { operationsOnly, protocols, targetOnly } from "../src/protocols/index.ts";
import { cutSource } from "./support/source-text.ts";

const root = join(import.meta.dirname, "..");
const all = { ...protocols, ...targetOnly, ...operationsOnly };

/** Where a protocol may be named, and why. */
const PLACES: readonly (readonly [place: string, why: string])[] = [
  ["src/protocols/", "its folder, what the folders share, and the list"],
  ["src/providers/", "a vendor's row says which one it speaks"],
  ["src/core/chat.ts", "the type of the names: core imports nothing, so it cannot be derived from the list"],
  ["src/config/conditions/fields.ts", "an example in the help on conditions"],
];

/** As a word of the code, and without dashes as the name of a value. */
const pattern = new RegExp(
  Object.keys(all)
    .map((name) => name.replace("-", "-?"))
    .join("|"),
  "gi",
);

function namesIn(text: string): string[] {
  const code = cutSource(text).filter(({ kind }) => kind !== "comment");
  return [...new Set(code.flatMap((piece) => piece.text.match(pattern) ?? []))];
}

test("a protocol is named in its folder and in the vendors' rows only", () => {
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
  ['if (call.protocol === "openai-chat") return', ["openai-chat"]],
  ["import { geminiGenerate } from './x.ts'", ["geminiGenerate"]],
  ["// openai-chat is the first", []],
  ["const row = `anthropic-messages ${1}`", ["anthropic-messages"]],
  ["protocols[call.protocol]", []],
])("%s names %j", (text, names) => {
  expect(namesIn(text)).toEqual(names);
});

const folders = readdirSync(join(root, "src/protocols"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "shared")
  .map(({ name }) => name);

/** What a target's protocol needs, and what its clients need as well. */
const ofTargets = ["request/encode", "response/decode", "stream/decode", "failure/decode", "protocol"];
/** What a protocol for operations only does not have. */
const ofChats = /^(?:request|response|stream)\//;
const ofClients = ["request/decode", "response/encode", "stream/encode", "failure/encode", "ingress"];

test.each(folders)("the folder of %s has the common skeleton, and the list has it under its name", (folder) => {
  const protocol = Object.entries(all).find(([name]) => name === folder)?.[1];
  const hasClients = protocol?.ingress !== undefined;
  const skeleton = hasClients ? [...ofTargets, ...ofClients] : ofTargets;
  const expected = folder in operationsOnly ? skeleton.filter((path) => !ofChats.test(path)) : skeleton;
  expect(protocol?.name).toBe(folder);
  expect(expected.filter((path) => !existsSync(join(root, "src/protocols", folder, `${path}.ts`)))).toEqual([]);
});
