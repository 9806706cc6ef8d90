// At an address of the operator's own, a vendor's further protocols are not relied on.
import { expect, test } from "vitest";
import { catalog } from "../providers/catalog.ts";
import type { ProviderRow } from "../core/provider.ts";
import { rowAt } from "./row-at.ts";

const rowNamed = (name: string): ProviderRow => {
  const row = catalog.get(name);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row;
};
const taken = ({ alsoTakes = {} }: ProviderRow): string[] => Object.keys(alsoTakes).toSorted();

test.each(["moonshot", "deepseek", "vllm", "openrouter"])("%s: Messages at the usual address only", (name) => {
  const row = rowNamed(name);
  expect(taken(rowAt(row, row.baseUrl ?? ""))).toContain("anthropic-messages");
  expect(taken(rowAt(row, "http://127.0.0.1:9/v1"))).toEqual(["openai-completions"]);
  expect(taken(rowAt(row, "http://127.0.0.1:9/v1", true))).toEqual(taken(row));
});

test.each(["openai", "xai"])("%s: Responses are part of its API wherever that is served", (name) => {
  expect(taken(rowAt(rowNamed(name), "http://127.0.0.1:9/v1"))).toContain("openai-responses");
});
