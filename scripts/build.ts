// Builds dist/ for the npm package: JavaScript and types from src, and the JSON Schema of the configuration. Node
// refuses to strip types under node_modules, so the package cannot contain its .ts files.
import { chmodSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { configJsonSchema } from "../src/config/json-schema.ts";
import { bundle } from "./bundle.ts";
import { root, runStep } from "./run-step.ts";

const dist = join(root, "dist");
const PUBLIC_TYPES = ["index.d.ts", "simulator/index.d.ts"];
const EXECUTABLES = ["cli/main.js"];

/** `files` and all files that their types come from. */
const withImports = (files: readonly string[]): ReadonlySet<string> => {
  const found = new Set(files);
  for (const file of found)
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/(?:from |import |import\()"(\.[^"]+)\.ts"/g))
      found.add(join(dirname(file), `${path}.d.ts`));
  return found;
};

rmSync(dist, { recursive: true, force: true });
const code = await runStep("tsc", ["-p", "tsconfig.build.json"]);
if (code !== 0) process.exit(code);
const needed = withImports(PUBLIC_TYPES.map((path) => join(dist, path)));
for (const path of globSync("**/*.d.ts", { cwd: dist })) if (!needed.has(join(dist, path))) rmSync(join(dist, path));
await bundle(dist);
for (const path of EXECUTABLES) chmodSync(join(dist, path), 0o755);
writeFileSync(join(dist, "schema.json"), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
