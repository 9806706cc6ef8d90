// The pages are true where a machine can tell: links lead somewhere, configurations load, commands, flags, headers and
// files exist, generated tables are current. The English of pages and of comments is plain where a machine can tell:
// short lines, short pages, plain words. Other tests check the promises.
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import * as library from "../src/index.ts";
import { verdicts } from "../src/core/verdict.ts";
import { check } from "../src/cli/check.ts";
import { demo } from "../src/cli/demo.ts";
import { explain } from "../src/cli/explain.ts";
import { providers } from "../src/cli/providers.ts";
import { status } from "../src/cli/status.ts";
import { serve } from "../src/cli/serve.ts";
import { simulate } from "../src/cli/simulate.ts";
import { withTable } from "../scripts/failure-table.ts";
import { withEndings } from "../scripts/endings-table.ts";
import { withVerdicts } from "../scripts/verdict-table.ts";
import { PLANTED, loadText } from "./support/load-config.ts";
import { cutSource } from "./support/source-text.ts";

const root = join(import.meta.dirname, "..");
const commands = { check, demo, explain, providers, serve, simulate, status };

interface Page {
  readonly path: string;
  readonly text: string;
}

const pages: readonly Page[] = globSync(["*.md", "docs/**/*.md", "examples/*/README.md"], { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .toSorted()
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
const byPath = new Map(pages.map((page) => [page.path, page]));
const moduleNames = new Set(
  globSync(["src/**/*.ts", "test/**/*.ts", "scripts/**/*.ts", "bench/**/*.ts", "examples/**/*.ts"], { cwd: root }).map(
    (path) => basename(path),
  ),
);
const textOf = (path: string): string => byPath.get(path)?.text ?? "";

/** The insides of fenced blocks of one language. */
const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w*)[^\n]*\n([^]*?)^```/gm)].flatMap(([, name, body]) => (name === language ? [body!] : []));

const withoutBlocks = (text: string): string => text.replaceAll(/^```[^]*?^```/gm, "");

/** Spans of code in the running text. */
const spansOf = (text: string): string[] => [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);

/** As the usual renderers make them. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const anchorsOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

const linksOf = (text: string): string[] => {
  const prose = withoutBlocks(text);
  const markdown = [...prose.matchAll(/\]\(([^)\s]+)\)/g)];
  const html = [...prose.matchAll(/(?:src|srcset|href)="([^"\s]+)"/g)];
  return [...markdown, ...html].map(([, target]) => target!).filter((target) => !/^[a-z]+:/.test(target));
};

const isDeadLink = (page: Page, link: string): boolean => {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? page.path : relative(root, join(root, dirname(page.path), file)).replaceAll("\\", "/");
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
};

/** `understudy serve --port 1` and what stands for it in a checkout, from blocks and from spans. */
const commandLinesOf = (text: string): string[] =>
  [...blocksOf(text, "sh"), ...blocksOf(text, ""), ...spansOf(text)]
    .flatMap((code) => code.split("\n"))
    .map((line) => line.replace(/\s#.*$/, ""))
    .flatMap((line) => /^(?:npm run --silent understudy --|(?:npx )?understudy)(?= [a-z]) (.+)$/.exec(line)?.[1] ?? []);

const faultOf = (line: string): string | null => {
  const [name = "", ...words] = line.trim().split(/\s+/);
  if (!Object.hasOwn(commands, name)) return `no command ${name}`;
  const { help } = commands[name as keyof typeof commands];
  const unknown = words.filter((word) => word.startsWith("--") && !help.includes(word.split("=")[0]!));
  return unknown.length === 0 ? null : `no flag ${unknown.join(", ")}`;
};

const source = globSync("src/**/*.ts", { cwd: root })
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(root, path), "utf8"))
  .join("\n");

describe.each(pages)("$path", (page) => {
  test("has no dead link", () => {
    expect(linksOf(page.text).filter((link) => isDeadLink(page, link))).toEqual([]);
  });

  test("shows configurations that load", async () => {
    const environment = { ...PLANTED, OPENAI_API_KEY_2: "another" };
    for (const text of blocksOf(page.text, "yaml").filter((block) => block.startsWith("# understudy.yaml"))) {
      const { rules } = await loadText(text, environment);
      expect(rules.routes.size).toBeGreaterThan(0);
    }
  });

  test("shows JSON that parses", () => {
    for (const text of blocksOf(page.text, "json")) expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test("names commands and flags that exist", () => {
    const faults = commandLinesOf(page.text).flatMap((line) => {
      const fault = faultOf(line);
      return fault === null ? [] : [`${line}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  test("names headers that exist", () => {
    const named = new Set(
      page.text.match(/\bx-(?:understudy|portkey|should|request|accel|goog)-[a-z]+(?:-[a-z]+)*\b/g),
    );
    expect([...named].filter((header) => !source.includes(header))).toEqual([]);
  });

  test("names files that exist", () => {
    const places = spansOf(page.text).filter((span) => /^(?:src|test|docs|scripts|examples)\/[\w./-]+$/.test(span));
    expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([]);
    const modules = spansOf(page.text).filter((span) => /^[\w-]+\.ts$/.test(span));
    expect(modules.filter((name) => !moduleNames.has(name))).toEqual([]);
  });

  test("imports names that the package has", () => {
    const imports = blocksOf(page.text, "ts").flatMap((block) => [
      ...block.matchAll(/import \{ ([^}]+) \} from "understudy-gateway"/g),
    ]);
    const names = imports.flatMap(([, list]) => list!.split(",").map((name) => name.trim()));
    expect(names.filter((name) => !Object.hasOwn(library, name))).toEqual([]);
  });
});

test("there is something to check", () => {
  const all = pages.map(({ text }) => text).join("\n");
  expect(pages.length).toBeGreaterThan(10);
  expect(commandLinesOf(all).length).toBeGreaterThan(10);
  expect(linksOf(all).length).toBeGreaterThan(20);
  expect(blocksOf(all, "yaml").filter((block) => block.startsWith("# understudy.yaml")).length).toBeGreaterThan(2);
});

/** Lines that are neither code nor tables nor generated, with their numbers. Links count as their text. */
const proseOf = (text: string): { readonly number: number; readonly line: string }[] => {
  let isOutside = true;
  return text.split("\n").flatMap((line, index) => {
    const isMark = /^\s*```/.test(line) || /^<!-- [a-z]+:(?:begin|end)/.test(line);
    if (isMark) isOutside = !isOutside;
    if (isMark || !isOutside || /^\s*[|<]/.test(line)) return [];
    return [{ number: index + 1, line: line.replaceAll(/\]\([^)\s]+\)/g, "]") }];
  });
};

const withoutGenerated = (text: string): string => text.replaceAll(/^<!-- ([a-z]+):begin[^]*?^<!-- \1:end -->/gm, "");

/** Words that came up again and again, each with a plain one. */
const plainWords: readonly (readonly [RegExp, string])[] = [
  [/\bof late\b(?! (?:answer|one|probe|target|token)s?\b)/i, "recently, or the figure itself (a moving average)"],
  [/\bmeanwhile\b/i, "during that time"],
  [/\bhence\b/i, "so"],
  [/\b(?:its|the|a) (?:key|target)s? rests?\b|\bresting\b/i, "cooling down"],
  [/\bpassed over\b|\bpass(?:es)? over\b/i, "skipped"],
  [/\bunder way\b/i, "in flight"],
  [/\bgone on from\b|\bgoes on from\b/i, "resumed, continued"],
  [/\banew\b/i, "again, from the start"],
  [/\bnobody else\b/i, "no other target"],
  [/\bas it stands\b|\bas it comes\b|\bas they come\b/i, "unchanged, by default"],
  [/\bmarkedly\b/i, "much"],
  [/\band its kin\b/i, "and similar ones"],
  [/\bheld against\b/i, "checked against"],
  [/\bsees to it\b/i, "checks, makes sure"],
  [/\bin the words of\b/i, "in the format of, with the names of"],
  [/\bwhoever\b/i, "a caller that, a target that"],
];

describe.each(pages)("the English of $path", (page) => {
  test("has a sentence a line: none of more than 200 characters", () => {
    const long = proseOf(page.text).filter(({ line }) => line.length > 200);
    expect(long.map(({ number, line }) => `${page.path}:${number}: ${line.length} characters`)).toEqual([]);
  });

  // CHANGELOG.md is a record, and grows for ever.
  const mostWords = page.path === "CHANGELOG.md" ? Infinity : 2_000;
  test("ends after 2,000 words, generated tables apart", () => {
    expect(withoutGenerated(page.text).split(/\s+/).length).toBeLessThanOrEqual(mostWords);
  });

  test("says it in the plain word", () => {
    const found = proseOf(page.text).flatMap(({ number, line }) =>
      plainWords.flatMap(([pattern, plain]) => {
        const hit = pattern.exec(line.replaceAll(/`[^`]*`|"[^"]*"/g, ""))?.[0];
        return hit === undefined ? [] : [`${page.path}:${number}: "${hit}": rather ${plain}`];
      }),
    );
    expect(found).toEqual([]);
  });
});

/** Further worn words of comments. */
const commentWords: typeof plainWords = [
  ...plainWords,
  [/\blearnt\b/i, "learned"],
  [/\b(?:is|are|was|were) told (?!apart)|\btold of\b/i, "gets, is reported, is called with"],
  [/\bwhat is (?:said|told|asked) of\b/i, "the name of the thing itself"],
  [/\bstands? (?:there|here|beside|behind|before|above|below)\b/i, "is, comes"],
  [/\bas (?:it|they) came\b/i, "unchanged"],
  [/\bborne\b/i, "allowed"],
  [/\bhold(?:s)? .{1,20} against\b/i, "check, compare"],
];

/** Comments of a source text, each on one line, with the number of its first line. Code in them does not count. */
const commentsOf = (text: string): { readonly number: number; readonly words: string }[] => {
  let number = 1;
  return cutSource(text).flatMap((piece) => {
    const at = number;
    number += piece.text.split("\n").length - 1;
    if (piece.kind !== "comment") return [];
    const words = piece.text.replaceAll(/^\s*(?:\/\/|\/?\*+)/gm, " ").replaceAll(/`[^`]*`|"[^"]*"/g, " ");
    return [{ number: at, words: words.replaceAll(/\s+/g, " ") }];
  });
};

/** Folders whose comments still have worn words, and how many. A number may only shrink, and a new folder has none. */
const wornComments: Readonly<Record<string, number>> = {};

/** `src/attempt`, `bench`: the folder whose comments are counted together. */
const commentFolder = (path: string): string => /^src\/[^/]+(?=\/)|^[^/]+/.exec(path)![0];

describe("the English of comments", () => {
  const hits = globSync(["src/**/*.ts", "bench/**/*.ts", "scripts/**/*.ts"], { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .flatMap((path) =>
      commentsOf(readFileSync(join(root, path), "utf8")).flatMap(({ number, words }) =>
        commentWords.flatMap(([pattern, plain]) => {
          const hit = pattern.exec(words)?.[0];
          const place = `${path}:${number}`;
          return hit === undefined
            ? []
            : [{ folder: commentFolder(path), says: `${place}: "${hit}": rather ${plain}` }];
        }),
      ),
    );

  test("says it in the plain word, or in no more worn ones than are listed", () => {
    const byFolder = Object.groupBy(hits, ({ folder }) => folder);
    const over = Object.entries(byFolder).filter(([folder, found = []]) => found.length > (wornComments[folder] ?? 0));
    expect(over.flatMap(([, found = []]) => found.map(({ says }) => says))).toEqual([]);
  });
});

describe("README.md", () => {
  const readme = textOf("README.md");

  test("is short, and begins with the two commands", () => {
    expect(readme.split("\n").length).toBeLessThan(200);
    expect(blocksOf(readme, "sh").slice(0, 2)).toEqual(["npm ci && npm start\n", "npm ci && npm test\n"]);
  });

  test("leads to every page of docs", () => {
    const listed = linksOf(readme);
    expect(globSync("docs/*.md", { cwd: root }).filter((path) => !listed.includes(path.replaceAll("\\", "/")))).toEqual(
      [],
    );
  });
});

describe("docs/failure-contract.md", () => {
  const contract = textOf("docs/failure-contract.md");

  test("shows the table of faults as the tests play it (npx node scripts/failure-table.ts writes it)", () => {
    expect(contract).toBe(withTable(contract));
  });

  test("shows the verdicts as the engine's table has them (npx node scripts/verdict-table.ts writes it)", () => {
    expect(contract).toBe(withVerdicts(contract));
  });

  test("has every verdict, with what follows", () => {
    expect(verdicts.filter((verdict) => !contract.includes(`| \`${verdict}\` | `))).toEqual([]);
  });

  test("has F1 to F22, each with a test", () => {
    const promises = [...contract.matchAll(/^\| (F\d+) \| .* \| (.*) \|$/gm)];
    const names = Array.from({ length: 22 }, (_, index) => `F${index + 1}`);
    expect(promises.map(([, name]) => name)).toEqual(names);
    expect(promises.filter(([, , tested]) => !/`[\w./-]+\.test\.ts`/.test(tested!)).map(([, name]) => name)).toEqual(
      [],
    );
  });
});

test("docs/protocols/endings.md shows the protocols' endings (npx node scripts/endings-table.ts writes it)", () => {
  const page = textOf("docs/protocols/endings.md");
  expect(page).toBe(withEndings(page));
});

test("the list of decisions in attempt.ts names files that exist", () => {
  const folder = join(root, "src", "attempt");
  const comment =
    readFileSync(join(folder, "attempt.ts"), "utf8").match(/Where each decision is made[^]*?\*\//u)?.[0] ?? "";
  const named = [...comment.matchAll(/`([\w/-]+\.ts)`/gu)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  const way = textOf("docs/way-of-a-request.md");
  expect(named.filter((path) => !way.includes(`src/attempt/${path}`))).toEqual([]);
});

describe("CONTRIBUTING.md", () => {
  test("has every room of src on its map", () => {
    const map = textOf("CONTRIBUTING.md");
    const rooms = globSync("src/*", { cwd: root }).map((path) => path.replaceAll("\\", "/"));
    const names = rooms.map((path) => (statSync(join(root, path)).isDirectory() ? `${path}/` : path));
    expect(names.filter((name) => !map.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

describe("docs/decisions", () => {
  const decisions = pages.filter(({ path }) => path.startsWith("docs/decisions/"));

  test.each(decisions)("$path is dated, and says context, decision and consequence", ({ path, text }) => {
    expect(path).toMatch(/\/\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md$/);
    expect(anchorsOf(text).slice(1)).toEqual(["context", "decision", "consequence"]);
  });
});
