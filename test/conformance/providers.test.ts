// Every row of the catalogue, at a strict vendor of its own: each feature, from clients of all four protocols, is answered,
// or declared as adapted or not offered. What the page docs/providers.md says comes from this run.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { page, withProviders } from "../../scripts/provider-table.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { type Cell, featureNames, makeProviderCells } from "./providers/provider-cells.test-support.ts";

let cells: readonly Cell[] = [];
beforeAll(async () => {
  cells = await makeProviderCells();
}, 120_000);

test("no feature of any row fails undeclared", () => {
  const problems = cells.filter(({ problem }) => problem !== null);
  expect(problems.map(({ row, feature, problem }) => `${row}: ${feature}: ${problem}`)).toEqual([]);
});

test("every row is played for every feature", () => {
  for (const name of catalog.keys()) {
    const played = cells.filter(({ row }) => row === name).map(({ feature }) => feature);
    expect([name, featureNames.filter((feature) => !played.includes(feature))]).toEqual([name, []]);
  }
});

test("docs/providers.md shows this run (npx node scripts/provider-table.ts writes it)", () => {
  const text = readFileSync(page, "utf8");
  expect(withProviders(text, cells)).toBe(text);
});
