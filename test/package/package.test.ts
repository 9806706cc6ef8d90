// The package as its users get it: packed, installed into an empty project, and used there on every line of Node that it
// promises: the command, the library, its types. Nothing here imports the source.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { runChild, startChild, type Child, type Ended } from "../support/children.ts";
import { installPackage, lend, tool, Unreachable, type InstalledPackage, type NodeLine } from "./installed-package.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const processes = join(import.meta.dirname, "..", "processes");
/** Node's own included. */
const MOST_MODULES = 30;
const NODES: readonly NodeLine[] = ["22", "24", "26"];

let installed: InstalledPackage | undefined;
let missing = "the package was not installed";

beforeAll(async () => {
  try {
    installed = await installPackage();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    missing = `The package's tests are skipped, since the registry cannot be reached: ${error.message}`;
    process.stderr.write(`${missing}\n`);
    return;
  }
  for (const name of ["library.ts", "openai-sdk.ts"])
    await copyFile(join(fixtures, name), join(installed.project, name));
  await lend("openai", installed.project);
  await lend("@types/node", installed.project);
});

afterAll(() => installed?.remove());

/** The installed package, or a test that is reported as skipped. */
function have({ skip }: Pick<TestContext, "skip">): InstalledPackage {
  return installed ?? skip(missing);
}

const run = (there: InstalledPackage, line: NodeLine, words: readonly string[]): Promise<Ended> =>
  runChild(words[0] ?? "", words.slice(1), { cwd: there.project, env: there.environment(line) });

const understudy = (there: InstalledPackage, line: NodeLine, words: readonly string[]): Child =>
  startChild("npx", ["understudy", ...words], { cwd: there.project, env: there.environment(line) });

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const question = { model: "assistant", messages: [{ role: "user", content: "Who stands in?" }], max_tokens: 8 };

const AT_ONCE_ANYWHERE = ["--port", "--google-port", "--openai-port", "--anthropic-port", "--first-token-ms"].flatMap(
  (flag) => [flag, "0"],
);

/** Standard error without what npm says of its own settings, and Node 22 of the type stripping that only the tests need. */
const ownWords = (error: string): string =>
  error
    .split("\n")
    .filter(
      (line) => !/^npm (warn|notice)|ExperimentalWarning: Type Stripping|^\(Use `node --trace-warnings/i.test(line),
    )
    .join("\n")
    .trim();

interface Answer {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

const textOf = async (response: Response): Promise<string | undefined> =>
  ((await response.json()) as Answer).choices[0]?.message.content;

describe("what is shipped", () => {
  test("the program, its types and its papers, and nothing that they came from", async (context) => {
    const there = have(context);
    const { out } = await run(there, "26", ["tar", "-tzf", there.tarball]);
    const files = out.trim().split("\n");
    const expected =
      /^package\/(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/[a-z0-9/-]+(\.js|\.js\.map|\.d\.ts|\.json))$/;
    expect(files.filter((path) => !expected.test(path))).toEqual([]);
    expect(files.filter((path) => /\.test|test-support|fixtures|examples|bench/.test(path))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(
        ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts"]
          .concat("dist/cli/main.js", "dist/schema.json")
          .map((path) => `package/${path}`),
      ),
    );
  });

  test("nothing runs when it is installed, and only what it needs is installed with it", async (context) => {
    const { project } = have(context);
    const manifest = JSON.parse(
      await readFile(join(project, "node_modules", "understudy-gateway", "package.json"), "utf8"),
    ) as { scripts: Record<string, string>; dependencies: Record<string, string> };
    expect(Object.keys(manifest.scripts).filter((name) => /install$|prepare$/.test(name))).toEqual([]);
    const lock = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8")) as { packages: object };
    const packages = Object.keys(lock.packages).filter((path) => path !== "");
    expect(packages.map((path) => path.replace("node_modules/", ""))).toEqual(
      [...Object.keys(manifest.dependencies), "understudy-gateway"].toSorted(),
    );
  });

  test("an import of the library loads a few files, and nothing of a dependency", async (context) => {
    const there = have(context);
    const entry = join(there.project, "node_modules", "understudy-gateway", "dist", "index.js");
    const { code, out, error } = await run(there, "26", ["node", join(processes, "loaded-modules.ts"), entry]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
    const loaded = JSON.parse(out) as string[];
    expect(loaded.length).toBeLessThan(MOST_MODULES);
    expect(loaded.filter((url) => url.replace("node_modules/understudy-gateway", "").includes("node_modules"))).toEqual(
      [],
    );
  });

  test("a source map leads from every line of a stack to its source", async (context) => {
    const there = have(context);
    const program = "import { createGateway } from 'understudy-gateway'; createGateway({ routes: { a: 'nobody/x' } });";
    const words = ["node", "--enable-source-maps", "--input-type=module", "-e", program];
    const { error } = await run(there, "26", words);
    expect(error).toMatch(/at createGateway \(\S+\/src\/index\.ts:\d+:\d+\)/);
    expect(error).not.toMatch(/^ +at .*\/dist\//m);
  });

  test("a stack that the command prints names the sources", async (context) => {
    const there = have(context);
    const program = `process.argv = ["", ""];
      process.stdout.write = () => { throw new Error("no terminal") };
      await import("./node_modules/understudy-gateway/dist/cli/main.js");`;
    const { code, error } = await run(there, "26", ["node", "--input-type=module", "-e", program]);
    expect(code).toBe(1);
    expect(error).toMatch(/no terminal[^]* at \S+ \(\S+\/src\/cli\/command-line\.ts:\d+:\d+\)/);
  });

  test("publint has nothing to say", async (context) => {
    const there = have(context);
    const { code, out, error } = await run(there, "26", [tool("publint"), "run", "--strict", there.tarball]);
    expect({ code, error, out }).toMatchObject({ code: 0, error: "" });
  });
});

describe("types", () => {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true };
  const modules = { module: "nodenext", moduleResolution: "nodenext", target: "es2024" };
  test.for([
    { name: "of the package, beside Node's", files: ["library.ts"], lib: ["es2024"], types: ["node"] },
    { name: "of the package, beside a browser's", files: ["library.ts"], lib: ["es2024", "dom"], types: [] },
    { name: "that OpenAI's SDK takes", files: ["openai-sdk.ts"], lib: ["es2024"], types: ["node"], skipLibCheck: true },
  ])("$name", async ({ name, files, ...options }, context) => {
    const there = have(context);
    const file = join(there.project, `tsconfig.${name.replaceAll(/\W+/g, "-")}.json`);
    await writeFile(file, JSON.stringify({ compilerOptions: { ...strict, ...modules, ...options }, files }));
    const { code, out } = await run(there, "26", [tool("tsc"), "-p", file]);
    expect({ code, out }).toEqual({ code: 0, out: "" });
  });
});

test("on Node 20, command and library say in one sentence which Node they need", async (context) => {
  const there = have(context);
  const sentence = "Understudy needs Node 22.19 or newer; this is Node 20.";
  const command = await run(there, "20", ["npx", "understudy", "serve"]);
  expect({ code: command.code, error: ownWords(command.error) }).toEqual({
    code: 1,
    error: expect.stringContaining(sentence),
  });
  const library = await run(there, "20", ["node", "--input-type=module", "-e", "import 'understudy-gateway'"]);
  expect({ code: library.code, error: library.error }).toEqual({
    code: 1,
    error: expect.stringContaining(`Error: ${sentence}`),
  });
});

describe.for(NODES)("on Node %s", (line) => {
  test("the command says its version", async (context) => {
    const there = have(context);
    const node = await run(there, line, ["node", "--version"]);
    expect(node.out).toMatch(new RegExp(`^v${line}\\.`));
    const { code, out, error } = await run(there, line, ["npx", "understudy", "--version"]);
    expect({ code, out, error: ownWords(error) }).toEqual({ code: 0, out: "0.1.0\n", error: "" });
  });

  test("serve answers in front of what simulate plays, and stops when it is told to", async (context) => {
    const there = have(context);
    await using simulator = understudy(there, line, ["simulate", ...AT_ONCE_ANYWHERE]);
    // As its output advises, word for word.
    const [, providers] = await simulator.says(/Paste this into understudy\.yaml:\n\n(providers:\n(?: +\S.*\n)+)\n/);
    const config = join(there.project, `understudy-${line}.yaml`);
    const routes = "routes:\n  assistant: { fallback: [google/gemini-2.5-flash, openai/gpt-4o] }\n";
    await writeFile(config, `${providers}${routes}`);
    await using gateway = understudy(there, line, ["serve", "--port", "0", "--config", config]);
    const [, url] = await gateway.says(/listens on (http:\S+)/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const answer = await post(`${url}/v1/chat/completions`, question);
    expect(answer.headers.get("x-understudy-target")).toBe("google/gemini-2.5-flash");
    expect(await textOf(answer)).toMatch(/\w{3}/);
    const ended = await gateway.stop();
    expect(ended.out).toMatch(/stopped\s*$/);
    expect(ownWords(ended.error)).toBe("");
  });

  test("demo answers without keys, and says where the application is that it lacks", async (context) => {
    const there = have(context);
    await using demo = understudy(there, line, ["demo", "--port", "0"]);
    const [, url] = await demo.says(/Gateway\s+(http:\S+\/v1)/);
    await demo.says(/Application\s+not in the installed package/);
    expect(await textOf(await post(`${url}/chat/completions`, question))).toMatch(/\w{3}/);
  });

  test("the library answers in process, whole and streamed, and its types are those of the program", async (context) => {
    const there = have(context);
    const { code, out, error } = await run(there, line, ["node", "library.ts"]);
    expect({ code, error: ownWords(error) }).toEqual({
      code: 0,
      error: expect.stringMatching(
        /^understudy: \S+ route assistant: openai\/gpt-4o answered request \S+ after google\S+ overloaded 503$/,
      ),
    });
    expect(JSON.parse(out)).toEqual({
      text: expect.stringMatching(/\w{3}/) as string,
      first: "google/gemini-2.5-flash",
      second: "openai/gpt-4o",
      events: expect.any(Number) as number,
      last: "data: [DONE]",
      entries: ["ok", "overloaded", "ok"],
      verdicts: true,
      refusal: expect.stringContaining('"google"') as string,
      routes: expect.arrayContaining(["butler"]) as string[],
      health: 200,
      misspelt: ["route"],
      schema: "object",
    });
  });

  test("OpenAI's SDK takes its fetch", async (context) => {
    const there = have(context);
    const { code, out, error } = await run(there, line, ["node", "openai-sdk.ts"]);
    expect({ code, error: ownWords(error) }).toEqual({ code: 0, error: "" });
    expect(JSON.parse(out)).toEqual({ text: expect.stringMatching(/\w{3}/) as string });
  });
});
