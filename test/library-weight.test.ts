// What `import "understudy-gateway"` loads, counted in a process that does nothing else. The library sits inside other people's
// programs: what a program does not use must not be loaded with it.
import { join } from "node:path";
import { expect, test } from "vitest";
import { runChild } from "./support/children.ts";

const root = join(import.meta.dirname, "..");
/** Each costs a share of a millisecond. */
const MOST_MODULES = 540;

test("importing the library loads no simulator, no zod, no undici, no HTTP server and no store", async () => {
  const counter = join(root, "test", "processes", "loaded-modules.ts");
  const { code, out, error } = await runChild(process.execPath, [counter, join(root, "src", "index.ts")], {
    cwd: root,
    env: {},
  });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  const loaded = JSON.parse(out) as string[];
  const inSource = loaded.filter((url) => !url.startsWith("node:")).map((url) => url.split("/src/").at(-1) ?? url);
  expect(loaded.filter((url) => url.includes("/node_modules/"))).toEqual([]);
  expect(inSource.filter((path) => /^(simulator|cli|admin)\//.test(path))).toEqual([]);
  // An import of node:http makes Node load its own undici for the WebSocket there: half of the whole start.
  expect(loaded.filter((url) => url === "node:sqlite" || url === "node:http")).toEqual([]);
  expect(loaded.length).toBeLessThan(MOST_MODULES);
}, 30_000);
