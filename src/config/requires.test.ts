import { expect, test } from "vitest";
import { plainFacts, plainRow } from "../../test/support/engine-rig.ts";
import type { RequiresConfig } from "./config-file.ts";
import { ProblemList } from "./problem.ts";
import { checkRequires } from "./requires.ts";

const row = plainRow("a", {
  facts: () => ({ ...plainFacts, tools: false, images: true, contextTokens: 8_000, outputTokens: null }),
});

test.each<[RequiresConfig, string | null]>([
  [{}, null],
  [{ images: true }, null],
  [{ audio: true, prefill: true, output: 100_000 }, null],
  [{ tools: undefined }, null],
  [{ tools: true }, "this model does not meet requires: tools"],
  [{ context: 8_000 }, null],
  [{ context: "9000" }, "this model does not meet requires: a context window of 9000 tokens (it has 8000)"],
  [
    { tools: true, context: 9_000 },
    "this model does not meet requires: tools, a context window of 9000 tokens (it has 8000)",
  ],
])("%j", (requires, message) => {
  const problems = new ProblemList("a.yaml", () => 1);
  checkRequires(requires, { row, model: "m" }, { path: ["routes", "a"], problems });
  if (message === null) expect(problems.isEmpty).toBe(true);
  else expect(() => problems.throwIfAny()).toThrow(`a.yaml:1  routes.a: ${message}`);
});
