// Routes whose names are patterns: which one matches, what their targets are, and what is refused.
import { describe, expect, test } from "vitest";
import { loadText, problemsOf, targetsOf } from "../../test/support/load-config.ts";

const file = `
routes:
  "*": openai/openai-small
  "gpt-*": { fallback: [openai/*, google/google-large], price: { input: 1, output: 2 } }
  "gpt-4*": { target: openai/* }
  gpt-4o: openai/exact
  "anthropic/*": openai/other
`;

describe("a pattern", () => {
  test.each([
    ["gpt-4.1", "gpt-4*", ["openai/gpt-4.1"]],
    ["gpt-5", "gpt-*", ["openai/gpt-5", "google/google-large"]],
    ["claude-x", "*", ["openai/openai-small"]],
    ["anthropic/claude-x", "anthropic/*", ["openai/other"]],
  ])("%s is for %s", async (model, name, targets) => {
    const { rules } = await loadText(file);
    const route = rules.match(model)!;
    expect(route.name).toBe(name);
    expect(targetsOf(route.node).map((target) => target.name)).toEqual(targets);
    expect(rules.match(model)).toBe(route);
  });

  test("an exact name is a route of its own, and provider/model stays as it is", async () => {
    const { rules } = await loadText(file);
    expect([...rules.routes.keys()]).toEqual(["gpt-4o"]);
    expect(rules.patterns.map(({ name }) => name)).toEqual(["anthropic/*", "gpt-4*", "gpt-*", "*"]);
    expect([rules.match("openai/gpt-4o"), rules.match(""), rules.match("x".repeat(1_000))]).toEqual([null, null, null]);
  });

  test("a price of the operator is the target's, whatever the model", async () => {
    const { rules } = await loadText(file);
    expect(targetsOf(rules.match("gpt-5")!.node)[0]!.tariff?.price()).toEqual({ input: 1, output: 2 });
  });
});

test("a target's * needs a pattern as the route's name", async () => {
  expect(await problemsOf("routes: { a: openai/* }")).toEqual([
    "understudy.yaml:1  routes.a: * stands for the model that the client asks for, but this route has one name. Name the model, or put * into the name of the route, e.g. small-*",
  ]);
});
