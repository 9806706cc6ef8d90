// Builds dist/ for the npm package: JavaScript and types from src, and the JSON Schema of the configuration. Node
// refuses to strip types under node_modules, so the package cannot contain its .ts files. It never bundles: one file
// in, one file out.
import { chmodSync, cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, runStep } from "./run-step.ts";

const dist = join(root, "dist");
const executables = ["cli/main.js"];
/** Files of src beside code that dist needs too (pages, styles, pictures). */
const assets = new Set([".html", ".css", ".svg", ".png", ".ico", ".json", ".txt"]);

const copyAssets = (): void => {
  const wanted = (source: string): boolean => extname(source) === "" || assets.has(extname(source));
  cpSync(join(root, "src"), dist, {
    recursive: true,
    filter: (source) => wanted(source) && !source.endsWith("fixtures"),
  });
};

const writeSchema = async (): Promise<void> => {
  const file = join(dist, "config", "json-schema.js");
  if (!existsSync(file)) throw new Error("src/config/json-schema.ts is missing: the package promises schema.json");
  const { configJsonSchema } = (await import(pathToFileURL(file).href)) as { configJsonSchema: () => unknown };
  writeFileSync(join(dist, "schema.json"), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
};

rmSync(dist, { recursive: true, force: true });
const code = await runStep("tsc", ["-p", "tsconfig.build.json"]);
if (code !== 0) process.exit(code);
copyAssets();
for (const file of executables.map((name) => join(dist, name))) if (existsSync(file)) chmodSync(file, 0o755);
await writeSchema();
