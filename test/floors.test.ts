// The architecture as a test: who may import whom, where a vendor may be named, and the few habits that keep files readable.
// Edit the tables below when the house gets a new room; never weaken a rule to let one file through.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { operationsOnly } from "../src/protocols/index.ts";
import { cutSource, importsOf, type Piece } from "./support/source-text.ts";

const root = join(import.meta.dirname, "..");

/** Floor 1: each of these folders of src imports core, domain and itself, never a neighbour. Neighbours arrive as arguments. */
const STOPS = [
  "listen",
  "authenticate",
  "decode",
  "plan",
  "attempt",
  "translate",
  "transport",
  "model-lists",
  "record",
  "protocols",
  "providers",
  "config",
  "simulator",
];
/** Folders of the protocols that are none: all of them share these. */
const SHARED_BY_PROTOCOLS = ["shared"];
/** The rooms of conversations, which a protocol for operations only does not have. */
const OF_CHATS = /^(?:request|response|stream)\//;
/** Floor 2: the files that put the stops together. */
const WIRING = [
  "gateway.ts",
  "gateway-parts.ts",
  "wire.ts",
  "open-gateway.ts",
  "index.ts",
  "endpoints",
  "check-node.ts",
  "node-fault.ts",
  "portkey-route.ts",
  "system-clock.ts",
];
/** Floor 3: the faces on top; they may import everything. */
const FACES = ["cli", "admin"];

/** Words that belong to one vendor. */
const VENDOR_WORDS =
  "openai anthropic google gemini claude gpt chatgpt groq grok mistral mixtral deepseek cohere azure bedrock vertex ollama openrouter cerebras moonshot qwen llama perplexity fireworks nvidia huggingface".split(
    " ",
  );
/** Names of protocols and of kinds of provider that contain such a word; in code also without the dash (openaiChat). */
const PROTOCOL_NAMES = [
  "openai-chat",
  "openai-completions",
  "openai-responses",
  "openai-compatible",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-v2",
];
/** Where a vendor may be named: the rows, the fake vendors, each protocol's own folder, the faces, and the look-up of usual keys. */
const VENDOR_PLACES = [
  /^src\/providers\//,
  /^src\/simulator\//,
  /^src\/protocols\/(?!shared\/(?!tool-schema\/))[^/]+\//,
  /^src\/cli\//,
  /^src\/config\/environment/,
];

/** The one place that cuts a byte stream into server-sent events. */
const SSE_PLACES = [/^src\/domain\/sse(-[a-z-]+)?\.ts$/];

const MOST_LINES = { source: 300, test: 500 };
const EMPTY_NAMES = /(^|[/-])(utils?|helpers?|common|managers?|misc)(?=[/.-]|$)/;

type SourceFile = { path: string; text: string; pieces: Piece[]; imports: string[]; isTest: boolean };

const files: SourceFile[] = globSync("src/**/*.ts", { cwd: root })
  .map((name) => name.replaceAll("\\", "/"))
  .toSorted()
  .map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const pieces = cutSource(text);
    // What only tests import is a test as well: neither is shipped.
    return { path, text, pieces, imports: importsOf(pieces), isTest: /\.test(-support)?\.ts$/.test(path) };
  });
const sources = files.filter(({ isTest }) => !isTest);

/** Floor 0: contracts. Floor 0.5: what several stops need to know of them, as pure functions and small classes. */
type Room = { floor: 0 | 0.5 | 1 | 2 | 3; name: string };

/** The room that a path of src stands in, undefined where the tables above know none. Each protocol's folder is a room of its own. */
const roomOf = (path: string): Room | undefined => {
  const [, folder = "", inside = "", deeper] = path.split("/");
  if (folder === "core") return { floor: 0, name: "core" };
  if (folder === "domain") return { floor: 0.5, name: "domain" };
  if (folder === "protocols" && deeper !== undefined && !SHARED_BY_PROTOCOLS.includes(inside))
    return { floor: 1, name: `protocols/${inside}` };
  if (STOPS.includes(folder)) return { floor: 1, name: folder };
  if (WIRING.includes(folder)) return { floor: 2, name: "wiring" };
  if (FACES.includes(folder)) return { floor: 3, name: folder };
  return undefined;
};

const mayEnter = (from: Room, to: Room): boolean => {
  if (from.floor === 3) return true;
  if (from.floor === 2) return to.floor <= 2;
  if (to.floor === 0 || from.name === to.name || (from.floor === 1 && to.floor === 0.5)) return true;
  const bothProtocols = from.name.startsWith("protocols") && to.name.startsWith("protocols");
  return from.floor === 1 && bothProtocols && (from.name === "protocols" || to.name === "protocols");
};

/** What is wrong with one import, or undefined. */
const breach = (path: string, specifier: string): string | undefined => {
  const from = roomOf(path);
  if (from === undefined) return undefined; // reported by its own test
  if (!specifier.startsWith(".")) {
    return from.floor === 0 ? `${path}: core imports nothing, not even "${specifier}"` : undefined;
  }
  if (!/\.(ts|json)$/.test(specifier)) return `${path}: "${specifier}" must end in .ts`;
  const target = posix.join(dirname(path), specifier);
  if (!target.startsWith("src/")) return `${path}: "${specifier}" leaves src`;
  const to = roomOf(target);
  if (to !== undefined && mayEnter(from, to)) return undefined;
  return `${path} (floor ${from.floor}) must not import ${target} (${to === undefined ? "no known room" : `floor ${to.floor}`})`;
};

/** Every piece of a file that is not a comment, as one text. */
const codeOf = (file: SourceFile, kinds: readonly Piece["kind"][] = ["code", "string", "regex"]): string =>
  file.pieces
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ text }) => text)
    .join("");

const vendorPattern = new RegExp(VENDOR_WORDS.join("|"), "gi");
const protocolPattern = new RegExp(PROTOCOL_NAMES.map((name) => name.replaceAll("-", "[-_]?")).join("|"), "gi");

const vendorsIn = (text: string): string[] => {
  const bare = text.replaceAll(protocolPattern, " ");
  const hits = [...bare.matchAll(vendorPattern)].filter(({ 0: word, index }) => {
    const before = bare[index - 1] ?? "";
    return !/[a-z]/i.test(before) || (/[a-z]/.test(before) && /^[A-Z]/.test(word)); // a word's start, or a hump of camelCase
  });
  return [...new Set(hits.map(({ 0: word }) => word))];
};

const handCutSse = new RegExp(
  [
    /(?:split|indexOf|search|match)\(\s*(["'`])\\n\\n\1/, // between events
    /split\(\s*\/(?:\(\?:)?\\r\??\\n\)?(?:\\r\??\\n|\{2\})/,
    /startsWith\(\s*["'`](?:data: |event: ?)/, // a field by hand; "data:" alone may well be a data URL
    /\/\^?\(?(?:\?:)?data: ?[\\(.*]/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

const complaints = (list: readonly SourceFile[], find: (file: SourceFile) => string[]): string[] =>
  list.flatMap((file) => find(file).map((what) => `${file.path}: ${what}`));

describe("floors", () => {
  test("every file stands in a room that the tables know", () => {
    expect(files.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path)).toEqual([]);
  });

  test("imports go down only, and never to a neighbour", () => {
    const breaches = sources.flatMap(({ path, imports }) => imports.map((specifier) => breach(path, specifier)));
    expect(breaches.filter((what) => what !== undefined)).toEqual([]);
  });

  test.each([
    ["src/core/chat.ts", "./event.ts", true],
    ["src/core/chat.ts", "node:http", false],
    ["src/core/chat.ts", "../plan/plan.ts", false],
    ["src/core/chat.ts", "../domain/bounded-map.ts", false],
    ["src/domain/bounded-map.ts", "../core/chat.ts", true],
    ["src/domain/bounded-map.ts", "../plan/plan.ts", false],
    ["src/plan/plan.ts", "../domain/bounded-map.ts", true],
    ["src/protocols/openai-chat/request.ts", "../../domain/bounded-map.ts", true],
    ["src/plan/plan.ts", "../core/chat.ts", true],
    ["src/plan/plan.ts", "./weight.ts", true],
    ["src/plan/plan.ts", "../attempt/retry.ts", false],
    ["src/plan/plan.ts", "../parts.ts", false],
    ["src/transport/undici.ts", "undici", true],
    ["src/protocols/openai-chat/request/fits.ts", "../../shared/mask.ts", true],
    ["src/protocols/openai-chat/request.ts", "../gemini-generate/request.ts", false],
    ["src/protocols/openai-chat/request.ts", "../../core/chat.ts", true],
    ["src/protocols/openai-chat/request/encode.ts", "../../shared/tool-schema/lower.ts", true],
    ["src/protocols/all.ts", "./openai-chat/request.ts", true],
    ["src/gateway.ts", "./plan/plan.ts", true],
    ["src/gateway.ts", "./cli/main.ts", false],
    ["src/cli/main.ts", "../gateway.ts", true],
    ["src/cli/main.ts", "../gateway", false],
    ["src/cli/main.ts", "../../package.json", false],
  ])("%s importing %s is allowed: %s", (path, specifier, allowed) => {
    expect(breach(path, specifier) === undefined).toBe(allowed);
  });
});

/** Groups of files that import one another in a circle, type-only and dynamic imports included. */
const circlesAmong = (imports: ReadonlyMap<string, readonly string[]>): string[][] => {
  const [order, low, open, stack] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Set<string>(),
    [] as string[],
  ];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.size - 1);
    stack.push(path);
    open.add(path);
    for (const next of imports.get(path) ?? []) {
      if (!order.has(next)) {
        visit(next);
        low.set(path, Math.min(low.get(path)!, low.get(next)!));
      } else if (open.has(next)) low.set(path, Math.min(low.get(path)!, order.get(next)!));
    }
    if (low.get(path) !== order.get(path)) return;
    const circle = stack.splice(stack.lastIndexOf(path));
    for (const one of circle) open.delete(one);
    if (circle.length > 1) circles.push(circle.toSorted());
  };
  for (const path of imports.keys()) if (!order.has(path)) visit(path);
  return circles.toSorted(([a = ""], [b = ""]) => a.localeCompare(b));
};

const graph: ReadonlyMap<string, readonly string[]> = new Map(
  sources.map(({ path, imports }) => [
    path,
    imports.filter((name) => name.startsWith(".")).map((name) => posix.join(dirname(path), name)),
  ]),
);

describe("circles", () => {
  test("no files import one another in a circle, types included", () => {
    expect(circlesAmong(graph)).toEqual([]);
  });

  test("a circle is found, however long it is", () => {
    const imports = new Map([
      ["a", ["b", "x"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["x", ["y"]],
      ["y", []],
    ]);
    expect(circlesAmong(imports)).toEqual([["a", "b", "c"]]);
  });
});

/** Where a newcomer finds each half of a protocol, the same in every folder. Tests may stand beside. */
const SKELETON = [
  "protocol.ts",
  "ingress.ts",
  "request/decode.ts",
  "request/encode.ts",
  "response/decode.ts",
  "response/encode.ts",
  "stream/decode.ts",
  "stream/encode.ts",
  "failure/encode.ts",
  "features/",
];

/** The half of a protocol that only targets speak: no client's request is read, no client's answer written. */
const TARGET_SKELETON = [
  "protocol.ts",
  "request/encode.ts",
  "response/decode.ts",
  "stream/decode.ts",
  "failure/decode.ts",
];

describe("the skeleton of a protocol", () => {
  const folders = [...new Set(sources.map(({ path }) => /^src\/protocols\/([^/]+)\//.exec(path)?.[1]))].filter(
    (name) => name !== undefined && !SHARED_BY_PROTOCOLS.includes(name),
  );

  test.each(folders)("%s has every bone of it", (folder) => {
    const inside = sources.map(({ path }) => path).filter((path) => path.startsWith(`src/protocols/${folder}/`));
    const skeleton = inside.includes(`src/protocols/${folder}/ingress.ts`) ? SKELETON : TARGET_SKELETON;
    const bones = (folder ?? "") in operationsOnly ? skeleton.filter((bone) => !OF_CHATS.test(bone)) : skeleton;
    expect(bones.filter((bone) => !inside.some((path) => path.startsWith(`src/protocols/${folder}/${bone}`)))).toEqual(
      [],
    );
  });

  test.each(folders)("%s has no other files beside it", (folder) => {
    const rooms = new Set(["request", "response", "stream", "failure", "features", "completions"]);
    const others = sources
      .map(({ path }) => path.split(`src/protocols/${folder}/`)[1])
      .filter((rest) => rest !== undefined && !SKELETON.includes(rest) && !rooms.has(rest.split("/")[0] ?? ""));
    expect(others).toEqual([]);
  });
});

describe("names", () => {
  test("a vendor is named only where vendors live", () => {
    const guarded = sources.filter(({ path }) => !VENDOR_PLACES.some((place) => place.test(path)));
    expect(complaints(guarded, (file) => vendorsIn(codeOf(file)))).toEqual([]);
  });

  test.each([
    ["const openaiChat = protocols['openai-chat']", []],
    ["import { geminiGenerate } from './gemini-generate/index.ts'", []],
    ["if (isOpenAI) return 'gpt-4o'", ["OpenAI", "gpt"]],
    ["process.env.GOOGLE_API_KEY", ["GOOGLE"]],
    ["const kind = 'openai-compatible'", []],
  ])("%s names %j", (text, vendors) => {
    expect(vendorsIn(text)).toEqual(vendors);
  });

  test("no file or folder has an empty name", () => {
    expect(files.filter(({ path }) => EMPTY_NAMES.test(path)).map(({ path }) => path)).toEqual([]);
  });
});

describe("habits", () => {
  test("a file opens with a comment that says what it is", () => {
    const opens = /^(?:#![^\n]*\n)?(?:\/\/ ?\S|\/\*)/;
    expect(sources.filter(({ text }) => !opens.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("no file is too long to read", () => {
    const long = complaints(files, ({ text, isTest }) => {
      const [lines, most] = [text.split("\n").length - 1, isTest ? MOST_LINES.test : MOST_LINES.source];
      return lines > most ? [`${lines} lines, at most ${most}`] : [];
    });
    expect(long).toEqual([]);
  });

  test.each([
    ["export default", /\bexport\s+default\b/],
    ["enum", /\benum\s+[A-Za-z_$][\w$]*\s*\{/],
    ["namespace", /\bnamespace\s+[A-Za-z_$][\w$]*\s*\{/],
    ["mutable state in a module", /^(?:export\s+)?(?:let|var)\s/m],
  ])("no %s", (name, pattern) => {
    expect(complaints(sources, (file) => (pattern.test(codeOf(file, ["code"])) ? [name] : []))).toEqual([]);
  });

  test("one place only cuts a stream into server-sent events", () => {
    const others = sources.filter(({ path }) => !SSE_PLACES.some((place) => place.test(path)));
    expect(complaints(others, (file) => handCutSse.exec(codeOf(file)) ?? [])).toEqual([]);
  });

  test.each([
    ['text.split("\\n\\n")', true],
    ['line.startsWith("data: ")', true],
    ["/^data: (.*)$/.exec(line)", true],
    ['url.startsWith("data:")', false],
    ['text.split("\\n")', false],
    ["text.split(/\\r?\\n\\r?\\n/)", true],
    ['head.indexOf("\\r\\n\\r\\n")', false],
    ["`data: ${json}`", false],
  ])("%s cuts events by hand: %s", (text, cuts) => {
    expect(handCutSse.test(text)).toBe(cuts);
  });
});

describe("the scanner behind these tests", () => {
  test("tells code from comments, strings, templates and regular expressions", () => {
    const source =
      'import a from "./a.ts"; // from "./no.ts"\nconst x = `from ${f("y", `z`)} "q"` / 2; /* import "./no.ts" */ const r = /["\'`/]/g; export * from "./b.ts"; await import("./c.ts");';
    const pieces = cutSource(source);
    expect(importsOf(pieces)).toEqual(["./a.ts", "./b.ts", "./c.ts"]);
    expect(pieces.filter(({ kind }) => kind === "regex").map(({ text }) => text)).toEqual(["/[\"'`/]/g"]);
    expect(pieces.filter(({ kind }) => kind === "comment")).toHaveLength(2);
  });
});
