// The facts about a model are looked up once, also for more models than any configuration names, and memory stays
// bounded.
import { expect, test } from "vitest";
import { plainFacts, plainRow } from "../../test/support/engine-rig.ts";
import { cacheModelFacts } from "./model-facts-cache.ts";

test("a thousand models in turn are looked up once each, and the oldest go where there are too many", () => {
  const asked: string[] = [];
  const facts = (model: string) => {
    asked.push(model);
    return plainFacts;
  };
  const row = plainRow("a", { facts });
  const factsOf = cacheModelFacts();
  for (let round = 0; round < 3; round += 1)
    for (let model = 0; model < 1_000; model += 1) expect(factsOf(row, `m${model}`)).toBe(plainFacts);
  expect(asked).toHaveLength(1_000);
  for (let model = 0; model < 10_000; model += 1) factsOf(row, `n${model}`);
  asked.length = 0;
  factsOf(row, "n9999");
  factsOf(row, "m0");
  expect(asked).toEqual(["m0"]);
});
