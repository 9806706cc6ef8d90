// The facts about a model are looked up once, also for more models than any configuration names, and memory stays
// bounded.
import { expect, test } from "vitest";
import { listedModel, plainFacts, plainRow, provider } from "../../test/support/engine-rig.ts";
import type { ListedModel } from "../core/models.ts";
import { cacheModelFacts } from "./model-facts-cache.ts";

test("a thousand models in turn are looked up once each, and the oldest go where there are too many", () => {
  const asked: string[] = [];
  const facts = (model: string) => {
    asked.push(model);
    return plainFacts;
  };
  const a = provider("a", { row: plainRow("a", { facts }) });
  const factsOf = cacheModelFacts();
  for (let round = 0; round < 3; round += 1)
    for (let model = 0; model < 1_000; model += 1) expect(factsOf(a, `m${model}`)).toBe(plainFacts);
  expect(asked).toHaveLength(1_000);
  for (let model = 0; model < 10_000; model += 1) factsOf(a, `n${model}`);
  asked.length = 0;
  factsOf(a, "n9999");
  factsOf(a, "m0");
  expect(asked).toEqual(["m0"]);
});

test("a provider's own list goes before the tables, and the operator before both", () => {
  const tables = { ...plainFacts, contextTokens: 1_000, outputTokens: 100, images: true, tools: true };
  const row = plainRow("a", { facts: () => ({ ...tables, outputTokens: 50 }), ownFacts: () => ({ outputTokens: 50 }) });
  const [a, b] = [provider("a", { row }), provider("b", { row })];
  const entry = listedModel("m", { contextTokens: 2_000, outputTokens: 200, images: false });
  let listed: ListedModel | null = entry;
  const factsOf = cacheModelFacts((asked, model) => (asked === a && model === "m" ? listed : null));
  expect(factsOf(a, "m")).toEqual({ ...tables, contextTokens: 2_000, outputTokens: 50, images: false });
  expect(factsOf(a, "m")).toBe(factsOf(a, "m"));
  // Another provider of the same row, and another model, are not in that list.
  expect(factsOf(b, "m").contextTokens).toBe(1_000);
  expect(factsOf(a, "n").contextTokens).toBe(1_000);
  listed = listedModel("m", {});
  expect(factsOf(a, "m").contextTokens).toBe(1_000);
});
