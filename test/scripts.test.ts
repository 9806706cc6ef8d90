// The commands that README and CONTRIBUTING name, as npm runs them on a machine whose own Node is another one: every script
// gets the repository's Node and tools, passes its exit code on, and says nothing but what the command says.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runChild, type Ended } from "./support/children.ts";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};

/** npm with the machine's own Node: nothing of this repository is in PATH. */
const npm = (...words: string[]): Promise<Ended> => {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.startsWith(root));
  const env = { PATH: path.join(delimiter), HOME: process.env["HOME"] ?? root, npm_config_loglevel: "error" };
  return runChild("npm", words, { cwd: root, env });
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-scripts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("scripts", () => {
  test("each starts a tool that npm ci brings", () => {
    const tools = new Set([...Object.keys(manifest.devDependencies), "npm", "tsc"]);
    const starts = Object.entries(manifest.scripts).map(([name, line]) => [
      name,
      line.replace(/^exec /, "").split(" ")[0],
    ]);
    expect(starts.filter(([, word]) => !tools.has(word ?? ""))).toEqual([]);
  });

  test("Node is one of them, and may run its install script", async () => {
    expect(manifest.allowScripts["node"]).toBe(true);
    const { out } = await npm("exec", "--no", "--", "node", "--version");
    expect(out).toBe(`v${manifest.devDependencies["node"]}\n`);
  });

  test("what runs until it is stopped takes its signals itself", () => {
    const lasting = ["understudy", "start", "dev", "bench"].map((name) => manifest.scripts[name]);
    expect(lasting.filter((line) => !line?.startsWith("exec node "))).toEqual([]);
  });
});

describe("npm run --silent understudy", () => {
  test("says what the command says, and nothing else", async () => {
    expect(await npm("run", "--silent", "understudy", "--", "--version")).toMatchObject({ code: 0, out: "0.1.0\n" });
  });

  test("check: 0 for a good configuration, 1 for a bad one, with the reason", async () => {
    const [good, bad] = [join(folder, "good.yaml"), join(folder, "bad.yaml")];
    await writeFile(good, "providers: { openai: { api_key: a-key } }\nroutes: { a: openai/gpt-4o }\n");
    await writeFile(bad, "routes: { a: gogle/gemini-2.5-flash }\n");
    const check = (file: string): Promise<Ended> =>
      npm("run", "--silent", "understudy", "--", "check", "--config", file);
    const [first, second] = [await check(good), await check(bad)];
    expect(first).toMatchObject({ code: 0, error: "" });
    expect(second).toMatchObject({ code: 1 });
    expect(`${second.out}${second.error}`).toContain('Did you mean "google"?');
  });
});
