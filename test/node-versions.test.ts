// What depends on the platform under the gateway is asked of every Node that the package supports, in a process of its own.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runChild, tell } from "./support/children.ts";
import { nodeVersions } from "./support/node-versions.ts";

const folder = join(import.meta.dirname, "processes");
const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };

describe.each(nodeVersions)("$name", ({ name, binary }) => {
  const run = test.skipIf(binary === null);
  if (binary === null) test.skip(`${name} is not installed: .ci/run installs it`, () => {});

  run("pieces of a stream arrive in their order, whatever their sizes", async () => {
    const ended = await runChild(binary ?? "", [join(folder, "piece-order.ts")], { cwd: folder, env, limitMs: 60_000 });
    expect(ended.code, tell(ended)).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({ complaints: [] });
  });
});
