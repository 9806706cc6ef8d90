#!/usr/bin/env node
// The program `understudy`: checks the version of Node and then loads the command line. It must not import anything else
// statically: an old Node would fail there, with a SyntaxError instead of a sentence.
import { nodeFault } from "../node-fault.ts";

const fault = nodeFault(process.versions.node);
if (fault === null) {
  // A stack in a bug report names our sources, not the files that the build made of them.
  process.setSourceMapsEnabled(true);
  const { runCommandLine } = await import("./command-line.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2));
} else {
  process.stderr.write(`${fault}\n`);
  process.exitCode = 1;
}
