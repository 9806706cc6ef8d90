// What `import "understudy-gateway"` loads, counted in a process that does nothing else, on the JavaScript that the package
// contains. The library sits inside other people's programs: what a program does not use must not be loaded with it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bundle } from "../scripts/bundle.ts";
import { root } from "../scripts/run-step.ts";
import { runChild } from "./support/children.ts";

/** Node's own included. */
const MOST_MODULES = 30;

/** The URLs of all modules that an import of `file` loads. */
async function loadedWith(file: string): Promise<readonly string[]> {
  const counter = join(root, "test", "processes", "loaded-modules.ts");
  const { code, out, error } = await runChild(process.execPath, [counter, file], { cwd: root, env: {} });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  return JSON.parse(out) as string[];
}

test("importing the library loads few files: no simulator, no zod, no undici, no HTTP server and no store", async () => {
  const folder = await mkdtemp(join(tmpdir(), "understudy-weight-"));
  try {
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const files = new Map((await bundle(folder)).map(({ fileName, moduleIds }) => [fileName, moduleIds]));
    const loaded = await loadedWith(join(folder, "index.js"));
    const own = loaded.filter((url) => url.startsWith("file:")).map((url) => relative(folder, fileURLToPath(url)));
    expect(own.filter((path) => !files.has(path))).toEqual([]);
    const sources = own.flatMap((path) => files.get(path) ?? []).map((path) => relative(root, path));
    expect(sources).toContain("src/gateway.ts");
    expect(sources.filter((path) => /^src\/(simulator|cli|admin)\//.test(path))).toEqual([]);
    // An import of node:http makes Node load its own undici for the WebSocket there: half of the whole start.
    expect(loaded.filter((url) => url === "node:sqlite" || url === "node:http")).toEqual([]);
    expect(loaded.length).toBeLessThan(MOST_MODULES);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 30_000);
