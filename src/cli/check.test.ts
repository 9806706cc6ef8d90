// `understudy check`: what loads but looks misspelt, an empty configuration, and `--live`, which asks each target.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSimulator } from "../simulator/index.ts";
import { check } from "./check.ts";
import type { Terminal } from "./terminal.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-check-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keys = { OPENAI_API_KEY: "sk-proj-PLANTEDplanted0002", GEMINI_API_KEY: "AIzaPLANTEDplantedPLANTED0001" };

async function run(
  text: string,
  { words = [] as readonly string[], environment = keys as Record<string, string> } = {},
) {
  const path = join(folder, "understudy.yaml");
  await writeFile(path, text);
  const said = { out: "", error: "" };
  const terminal: Terminal = {
    environment,
    directory: folder,
    print: (line) => void (said.out += `${line}\n`),
    warn: (line) => void (said.error += `${line}\n`),
    onSignal: () => () => {},
    exit: () => {},
  };
  const code = await check.run(["--config", path, ...words], terminal);
  expect(said.out + said.error).not.toContain("PLANTED");
  return { code, ...said };
}

describe("vectors that cannot be compared", () => {
  test.each([
    "{ fallback: [openai/text-embedding-3-small, google/gemini-embedding-001] }",
    "{ balance: [openai/text-embedding-3-small, openai/text-embedding-3-large] }",
  ])("%s is doubted", async (node) => {
    const { code, error } = await run(`routes: { a: ${node} }`);
    expect([code, error]).toEqual([
      0,
      expect.stringContaining("cannot be compared with those of openai/text-embedding-3-small"),
    ]);
  });

  test.each([
    "{ fallback: [openai/text-embedding-3-small, azure/text-embedding-3-small] }",
    "{ fallback: [tei/BAAI/bge-m3, ollama/bge-m3:latest] }",
    "{ fallback: [openai/gpt-4o, google/gemini-2.5-flash] }",
    "{ when: [{ if: { metadata.index: { $eq: old } }, use: openai/text-embedding-3-small }], else: openai/text-embedding-3-large }",
  ])("%s is not", async (node) => {
    const text = `providers: { azure: { resource: r, api_key: k } }\nroutes: { a: ${node} }`;
    const { error } = await run(text);
    expect(error).not.toContain("cannot be compared");
  });
});

describe("what looks misspelt", () => {
  test.each([
    ["openai/gpt4o", 'openai/gpt4o is not a model that this version knows. Did you mean "gpt-4o"'],
    [
      "{ target: openai/gpt-4o, params: { temprature: 3 } }",
      'params.temprature is not a known request parameter. Did you mean "temperature"?',
    ],
    ["{ target: openai/gpt-4o, params: { temperature: 3 } }", "params.temperature should be a number from 0 to 2"],
  ])("%s", async (node, words) => {
    const { code, error } = await run(`routes: { a: ${node} }`);
    expect([code, error]).toEqual([0, expect.stringContaining(words)]);
  });

  test.each([
    "openai/gpt-4o",
    "openai/gpt-4o-mini",
    "google/gemini-2.5-pro",
    "{ target: openai/gpt-4o, params: { temperature: 0.3, top_p: 1, user: me, chat_template_kwargs: { a: 1 } } }",
  ])("%s does not", async (node) => {
    expect(await run(`routes: { a: ${node} }`)).toMatchObject({ code: 0, error: "" });
  });
});

test("an empty configuration says what to do", async () => {
  const { code, error } = await run("", { environment: {} });
  expect([code, error]).toEqual([1, expect.stringContaining("no provider and no route. Set an API key such as")]);
});

test("--live asks each target once, and fails if one fails", async () => {
  const simulator = await startSimulator({ seed: 1 });
  try {
    const { openai, google } = simulator.vendors;
    const text = `
providers:
  openai: { base_url: "${openai.baseUrl}", api_key: k1 }
  google: { base_url: "${google.baseUrl}", api_key: k2 }
server: { keys: [clients-key] }
routes:
  a: { fallback: [openai/gpt-4o, google/gemini-2.5-flash], retry: { attempts: 0 } }
  b: openai/gpt-4o
`;
    const good = await run(text, { words: ["--live"] });
    expect(good).toMatchObject({ code: 0, error: "" });
    expect(good.out).toMatch(
      /\ntarget +verdict +status +time\nopenai\/gpt-4o +ok +200 +\S+ \w+\ngoogle\/gemini-2\.5-flash +ok +200 /u,
    );
    simulator.play("google", { fault: "status", status: 401 });
    const bad = await run(text, { words: ["--live"] });
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/\nopenai\/gpt-4o +ok +200 .*\ngoogle\/gemini-2\.5-flash +bad_key +401 /u);
  } finally {
    await simulator.close();
  }
});
