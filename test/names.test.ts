// Names as a test: a type's name means one thing in a folder, and a file exports what it is named for. So a name that somebody
// reads in one place leads to the right file. Mend a name that these tests refuse; an exception needs a reason.
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { cutSource } from "./support/source-text.ts";

const root = join(import.meta.dirname, "..");

/** Files that export nothing of their name, each with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/index.ts": "the public names, one by one",
  "src/simulator/index.ts": "the public names, one by one",
  "src/cli/main.ts": "a program: it exports nothing",
  "src/gateway.ts": "named for the house that it shows; it exports the handler of requests",
  "src/core/load-balancing.ts": "the contract between those who choose and those who ask, named for its subject",
  "src/config/policy-types.ts": "a type alone, so that two files need not import one another",
  "src/config/schema-forms.ts": "a set of forms, each named for what it reads",
  "src/protocols/index.ts": "the one list of protocols",
  "src/protocols/anthropic-messages/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/bedrock-converse/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/cohere-v2/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/gemini-generate/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/openai-chat/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/openai-chat/completions/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/openai-responses/protocol.ts": "its value bears the name of the protocol",
  "src/protocols/shared/read.ts": "readers of a member's value, each named for the type that it gives",
  "src/providers/host-members.ts": "a table for each host, named for the host",
  "src/simulator/vocabulary.ts": "the words that all fake vendors share",
};

/**
 * Past participles that say nothing of a value when they are its whole name: `reply` or `failure` instead of `told`. In front of
 * a noun they are fine (`knownModels`).
 */
const BARE = new Set(
  `told asked said given known wanted kept seen taken shown found left held meant spoken lost placed answered wished named
  heard learnt remembered begun owed taught dealt`.split(/\s+/),
);

/** Declared names that are a bare participle, for each folder: how many at most. These numbers may only shrink. */
const LEFT_BARE: Readonly<Record<string, number>> = {
  "src/simulator": 2,
};

/** Words that a standard term has replaced, with the term. The glossary has the words that stay ours. */
const REPLACED: Readonly<Record<string, string>> = {
  alignment: "overlap",
  boundKey: "keyAffinity",
  conceal: "redactSecrets",
  fitting: "capabilities",
  giveUp: "finalFailure",
  lesson: "learnedLimit",
  lessons: "learnedLimits",
  likeness: "possibleRepeat",
  notices: "alerts",
  outlook: "routeStatus",
  patience: "timeout",
  rests: "cooldowns",
  resting: "coolingDown",
  restsMs: "cooldownMs",
  isResting: "isCoolingDown",
  strain: "errorRate",
  thinks: "asksForReasoning",
  thinksByItself: "reasonsByDefault",
};

interface Source {
  readonly path: string;
  readonly bare: readonly string[];
  readonly replaced: readonly string[];
  readonly types: readonly string[];
  readonly exported: readonly string[];
}

const typeDeclaration = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class) (\w+)/gm;
const exportedDeclaration =
  /^export (?:declare )?(?:abstract |async )?(?:function\*?|class|const|interface|type) (\w+)/gm;
/** Variables, functions, methods, parameters and members: `const told`, `#told`, `told(`, `told:` and `told?:`. */
const anyDeclaration =
  /(?:\b(?:const|let|function\*?|readonly)\s+#?|(?<=[({[,;]\s*)#?|^ +#?)(\w+)(?=\??\s*[:=]|\s*\([^)]*\)\s*:|\s*[;,])/gm;
const exportedList = /^export (?:type )?\{([^}]*)\}/gm;

function readSource(path: string): Source {
  const code = cutSource(readFileSync(join(root, path), "utf8"))
    .filter(({ kind }) => kind === "code")
    .map(({ text }) => text)
    .join("");
  const declared = namesBy(anyDeclaration, code);
  const types = namesBy(typeDeclaration, code);
  const bare = declared.filter((name) => BARE.has(name));
  return { path, bare, replaced: [...declared, ...types].filter(isReplaced), types, exported: exportedBy(code) };
}

function namesBy(pattern: RegExp, code: string): string[] {
  return [...code.matchAll(pattern)].map(([, name = ""]) => name);
}

/** `Lesson` counts as `lesson`. */
function isReplaced(name: string): boolean {
  return Object.hasOwn(REPLACED, name.charAt(0).toLowerCase() + name.slice(1));
}

function exportedBy(code: string): string[] {
  const lists = [...code.matchAll(exportedList)].flatMap(([, list = ""]) => list.split(","));
  const listed = lists.map((one) => one.trim().split(" ").at(-1) ?? "").filter((name) => name !== "");
  return [...namesBy(exportedDeclaration, code), ...listed];
}

/** `readJSONBody` -> read, json, body. */
function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g) ?? []).map((word) => word.toLowerCase());
}

/** Forms of one word agree in their first four letters: describe and description, policy and policies. */
function isSameWord(one: string, other: string): boolean {
  if (one.replace(/s$/, "") === other.replace(/s$/, "")) return true;
  return one.length >= 4 && other.length >= 4 && one.slice(0, 4) === other.slice(0, 4);
}

/** The words of a file's name that no exported name holds. All exported names together may hold them. */
function missingWords({ path, exported }: Pick<Source, "path" | "exported">): string[] {
  const held = exported.flatMap(wordsOf);
  const words = basename(path, ".ts").split("-");
  return words.filter((word) => !held.some((one) => isSameWord(word, one)));
}

/** Types that are defined in more than one file of a folder, as `folder: Name (a.ts, b.ts)`. */
function doubleTypes(sources: readonly Pick<Source, "path" | "types">[]): string[] {
  const places = new Map<string, string[]>();
  for (const { path, types } of sources) {
    for (const name of new Set(types)) {
      const key = `${dirname(path)}: ${name}`;
      places.set(key, [...(places.get(key) ?? []), basename(path)]);
    }
  }
  return [...places].filter(([, files]) => files.length > 1).map(([key, files]) => `${key} (${files.join(", ")})`);
}

const sources = globSync("src/**/*.ts", { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !/\.test(-support)?\.ts$/.test(path))
  .toSorted()
  .map(readSource);

const namedForNothing = sources.filter((source) => missingWords(source).length > 0).map(({ path }) => path);
const double = doubleTypes(sources);

describe("a file exports what it is named for", () => {
  test("each word of its name stands in an exported name", () => {
    const refused = namedForNothing.filter((path) => EXCEPTIONS[path] === undefined);
    expect(refused).toEqual([]);
  });

  test("no exception is left that is none any more", () => {
    expect(Object.keys(EXCEPTIONS).filter((path) => !namedForNothing.includes(path))).toEqual([]);
  });

  test.each([
    ["src/x/retry-policy.ts", ["RetryPolicy"], []],
    ["src/x/retry-policy.ts", ["readPolicies", "retry"], []],
    ["src/x/retry-policy.ts", ["decideRetry"], ["policy"]],
    ["src/x/describe-branch.ts", ["branchDescription"], []],
    ["src/x/sse.ts", ["createSSEParser"], []],
    ["src/x/sse.ts", ["session"], ["sse"]],
    ["src/x/main.ts", [], ["main"]],
  ])("%s with %j lacks %j", (path, exported, missing) => {
    expect(missingWords({ path, exported })).toEqual(missing);
  });
});

describe("a type's name means one thing in a folder", () => {
  test("no type is defined in two files of one folder", () => {
    expect(double).toEqual([]);
  });

  test("a second one is found", () => {
    const files = [
      { path: "src/x/a.ts", types: ["Entry", "Own"] },
      { path: "src/x/b.ts", types: ["Entry"] },
      { path: "src/y/c.ts", types: ["Entry"] },
    ];
    expect(doubleTypes(files)).toEqual(["src/x: Entry (a.ts, b.ts)"]);
  });
});

describe("no name is a bare participle", () => {
  const counts = new Map<string, number>();
  for (const { path, bare } of sources) {
    const folder = path.split("/").slice(0, 2).join("/");
    counts.set(folder, (counts.get(folder) ?? 0) + bare.length);
  }

  test("in each folder no more are left than before", () => {
    const tooMany = [...counts].filter(([folder, count]) => count > (LEFT_BARE[folder] ?? 0));
    expect(tooMany).toEqual([]);
  });

  test.each([
    ["const told = ask();", ["told"]],
    ["function keep(given: Json, place: string): void {}", ["given"]],
    ["  readonly asked?: string;", ["asked"]],
    ["  #held = 0;", ["held"]],
    ["const knownModels = told.models;", []],
    ["return one.told;", []],
  ])("%s: %j", (code, names) => {
    expect(namesBy(anyDeclaration, code).filter((name) => BARE.has(name))).toEqual(names);
  });
});

describe("no name is a word that a standard term has replaced", () => {
  test("nothing is left of them", () => {
    const left = sources.flatMap(({ path, replaced }) => replaced.map((name) => `${path}: ${name}`));
    expect(left).toEqual([]);
  });

  test.each([
    ["Lesson", true],
    ["thinks", true],
    ["learnedLimit", false],
    ["constructor", false],
  ])("%s: %s", (name, expected) => {
    expect(isReplaced(name)).toBe(expected);
  });
});
