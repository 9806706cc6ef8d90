import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkNode } from "../src/check-node.ts";
import { nodeFault } from "../src/node-fault.ts";

test.each(["22.19.0", "22.20.1", "23.0.0", "24.3.0", "26.10.0"])("%s is new enough", (version) => {
  expect(nodeFault(version)).toBeNull();
});

test.each(["22.18.9", "20.11.1", "18.0.0"])("%s is told what it needs, in one sentence", (version) => {
  expect(() => checkNode(version)).toThrow("Understudy needs Node");
  expect(nodeFault(version)).toMatch(
    new RegExp(`^Understudy needs Node 22\\.19 or newer; this is Node ${version}\\.`, "u"),
  );
});

test("package.json says the same", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    engines: { node: string };
  };
  const [, least = ""] = /^>=(\S+)$/u.exec(engines.node)!;
  expect([nodeFault(`${least}.0`), nodeFault("22.18.0")]).toEqual([null, expect.stringContaining(`Node ${least} `)]);
});

test("the program loads nothing else before it knows", () => {
  const imports = (path: string): string[] =>
    [...readFileSync(new URL(path, import.meta.url), "utf8").matchAll(/^import .*from "(.*)";$/gmu)].map(
      ([, name]) => name!,
    );
  expect([imports("../src/cli/main.ts"), imports("../src/node-fault.ts"), imports("../src/check-node.ts")]).toEqual([
    ["../node-fault.ts"],
    [],
    ["./node-fault.ts"],
  ]);
});
