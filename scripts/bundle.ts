// The JavaScript of the package: src in a few files, since each module that Node loads costs a third of a millisecond.
// What src loads with `import()` stays a file of its own, loaded as late as before, and dependencies stay outside. Names
// and lines stay readable, and a source map leads from each line to its source.
import { rolldown, type OutputChunk } from "rolldown";
import { root } from "./run-step.ts";

const ENTRIES = { index: "src/index.ts", "simulator/index": "src/simulator/index.ts", "cli/main": "src/cli/main.ts" };

/**
 * Writes the JavaScript to `folder`, and returns its files. Shared files lie in one folder as deep as `cli`: the command
 * finds package.json two folders up, from src as from here.
 */
export async function bundle(folder: string): Promise<readonly OutputChunk[]> {
  const build = await rolldown({ cwd: root, input: ENTRIES, external: /^[@a-z]/, platform: "node" });
  const { output } = await build.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    // The types have the documentation, and the repository the sources.
    comments: { jsdoc: false, legal: true, annotation: true },
    // Files of their own run first; parts of index.js would run after all that index.js imports.
    codeSplitting: {
      groups: ["node-fault", "check-node"].map((name) => ({ name, test: new RegExp(`[\\\\/]${name}\\.ts$`) })),
    },
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await build.close();
  return output.filter((file) => file.type === "chunk");
}
