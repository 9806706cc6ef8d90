import { describe, expect, test } from "vitest";
import type { Tariff } from "../core/price.ts";
import { catalog } from "../providers/catalog.ts";
import { loadRules } from "./load.ts";
import { configJsonSchema } from "./json-schema.ts";
import { ConfigError } from "./problem.ts";
import { explainRoute, explainRouteData } from "./explain.ts";
import { findPattern } from "./model-facts.ts";

const load = (models: string) => {
  const text = `providers: { local: { kind: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: ${models} } }
routes: { r: local/my-model }`;
  return loadRules({ kind: "text", text, format: "yaml", name: "u.yaml" }, { catalog, environment: {} });
};
const factsOf = async (models: string, model = "my-model") => {
  const { rules } = await load(models);
  return rules.providers.get("local")?.row.facts(model);
};
const problemsOf = async (models: string): Promise<string> =>
  load(models).then(
    () => "none",
    (error: unknown) => (error instanceof ConfigError ? error.message : "another error"),
  );

describe("which words speak of a model", () => {
  test.each([
    [["a*", "my-model"], "my-model"],
    [["my-*", "*"], "my-*"],
    [["*", "my-*"], "*"],
    [["*model"], "*model"],
    [["m*-m*l"], "m*-m*l"],
    [["my-model*"], "my-model*"],
    [["my-modelmodel*", "*y-model-", "my", "my-mode", "x*", "my-m*y-model"], null],
    [[], null],
  ])("%j: %j", (patterns, found) => {
    expect(findPattern(patterns, "my-model")).toBe(found);
  });

  test("a pattern full of stars costs nothing", () => {
    expect(findPattern([`${"*a".repeat(2_000)}*b`], "a".repeat(5_000))).toBeNull();
  });
});

test("what is said holds over the tables; null makes it unknown; the rest stays", async () => {
  const given = `{ "gpt-4o*": { context: 8192, output: "2048", images: false, json_schema: true, pdf: null, n: false } }`;
  const facts = await factsOf(given, "gpt-4o-mine");
  expect(facts).toMatchObject({ contextTokens: 8192, outputTokens: 2048, images: false, jsonSchema: true, pdf: null });
  expect(facts).toMatchObject({ multipleChoices: false, audio: false, tools: true });
  expect(await factsOf(given, "other")).toMatchObject({ contextTokens: null, images: null });
});

test("a deployment is like a model: of its own provider's table, or of another one's", async () => {
  const own = await factsOf(`{ my-model: { like: gpt-4o, tools: false } }`);
  expect(own).toMatchObject({ contextTokens: 128_000, tools: false, maxTokensField: "max_tokens" });
  const other = await factsOf(`{ my-model: { like: openai/o3, system_role: system } }`);
  expect(other).toMatchObject({ maxTokensField: "max_completion_tokens", systemRole: "system", sampling: false });
});

test("a model that nobody knows is a warning, with its line's place", async () => {
  const { warnings } = await load(`{ my-model: { like: nobody-knows } }`);
  expect(warnings).toMatchObject([
    { place: "providers.local.models.my-model.like", message: expect.stringContaining("unknown model") as string },
  ]);
});

describe("mistakes name the place", () => {
  test.each([
    ["{ m: { contxt: 5 } }", /providers\.local\.models\.m\.contxt: unknown key. Did you mean "context"\?/u],
    ["{ m: { jsonschema: true } }", /models\.m\.jsonschema: unknown key. Did you mean "json_schema"\?/u],
    ["{ m: { images: 1 } }", /models\.m\.images: must be true, false, or null/u],
    ["{ m: { context: 0 } }", /models\.m\.context: must be a whole number from 1/u],
    ["{ m: { context: many } }", /models\.m\.context: must be a whole number/u],
    ["{ m: { system_role: devloper } }", /models\.m\.system_role: must be system or developer/u],
    ["{ m: { context: 1.5 } }", /models\.m\.context: must be a whole number/u],
    ["{ m: { price: 5 } }", /models\.m\.price takes a map, e\.g\. \{ input: … \}/u],
    [
      "{ m: { price: { input: 1 } } }",
      /models\.m\.price\.output: is missing; it must be a number, 0 or more: US dollars/u,
    ],
    ["{ m: { price: { input: 1, output: 2, cashed: 1 } } }", /price\.cashed: unknown key. Did you mean "cached"\?/u],
    ["{ m: { price: { input: 1, output: 2, cache_write: -1 } } }", /price\.cache_write: must be a number/u],
    [
      "{ m: { price: { input: 1, output: 2, above: [{ input: 1, output: 1 }] } } }",
      /above\[0\]\.tokens: is missing; it must be/u,
    ],
    ["{ m: 5 }", /models\.m takes a map, e\.g\. \{ like: … \}/u],
    ["[m]", /models takes a map of models, e\.g\. \{ my-model: /u],
    ['{ "a b": { images: true } }', /models\["a b"\]: a model's name must not be empty or contain whitespace/u],
  ])("%s", async (models, words) => {
    expect(await problemsOf(models)).toMatch(words);
  });
});

test("explain shows them, as text and as data", async () => {
  const { rules } = await load(`{ "my-*": { like: gpt-4o, context: 8192, images: false, audio: null } }`);
  const route = rules.routes.get("r");
  if (route === undefined) throw new Error("the route");
  expect(explainRoute(route)).toContain(
    "  model     like gpt-4o · context 8192 · images no · audio unknown  (pattern my-*)\n",
  );
  expect(JSON.stringify(explainRouteData(route))).toContain(
    '"model":{"like":"gpt-4o","context":8192,"images":false,"audio":null}',
  );
});

describe("prices in the operator's words", () => {
  const usage = { input: 1_000_000, output: 100_000, cacheRead: 400_000, cacheWrite: 200_000, reasoning: null };
  const tariffOf = async (models: string, model = "my-model") => {
    const { rules } = await load(models);
    return rules.direct("local", model)?.node as { tariff?: Tariff | null } | undefined;
  };

  test("cached input and cache writes have rates of their own; without them they cost as other input", async () => {
    const all = await tariffOf(`{ "my-*": { price: { input: 2, output: 10, cached: 0.5, cache_write: "2.5" } } }`);
    expect(all?.tariff?.cost(usage, 0)).toBeCloseTo(0.4 * 2 + 0.4 * 0.5 + 0.2 * 2.5 + 0.1 * 10, 12);
    const plain = await tariffOf(`{ my-model: { price: { input: 2, output: 10 } } }`);
    expect(plain?.tariff?.cost(usage, 0)).toBeCloseTo(2 + 1, 12);
    expect((await tariffOf(`{ other: { price: { input: 2, output: 10 } } }`))?.tariff?.price() ?? null).toBeNull();
  });

  test("a long prompt has the rates of the highest tier below it", async () => {
    const above = "[{ tokens: 500k, input: 8, output: 40 }, { tokens: 200k, input: 4, output: 20, cached: 1 }]";
    const long = await tariffOf(`{ my-model: { price: { input: 2, output: 10, cached: 0.5, above: ${above} } } }`);
    const of = (input: number): number | null | undefined =>
      long?.tariff?.cost({ ...usage, input, cacheRead: 100_000, cacheWrite: null }, 0);
    expect(of(200_000)).toBeCloseTo(0.1 * 2 + 0.1 * 0.5 + 0.1 * 10, 12);
    expect(of(200_001)).toBeCloseTo(0.100001 * 4 + 0.1 * 1 + 0.1 * 20, 12);
    expect(of(600_000)).toBeCloseTo(0.5 * 8 + 0.1 * 8 + 0.1 * 40, 12);
  });

  test("the price of a target wins; a model's own price wins over the list", async () => {
    const text = `providers: { openai: { api_key: k, models: { "gpt-4o*": { price: { input: 1, output: 2 } } } } }
routes: { own: { target: openai/gpt-4o, price: { input: 3, output: 4 } }, by-model: openai/gpt-4o, listed: openai/gpt-4.1 }`;
    const { rules } = await loadRules({ kind: "text", text, format: "yaml", name: "u" }, { catalog, environment: {} });
    const priceOf = (route: string) =>
      (rules.routes.get(route)?.node as { tariff?: Tariff | null } | undefined)?.tariff?.price();
    expect(priceOf("own")).toEqual({ input: 3, output: 4 });
    expect(priceOf("by-model")).toEqual({ input: 1, output: 2 });
    expect(priceOf("listed")).toEqual({ input: 2, output: 8 });
  });

  test("a deployment costs what its provider takes for the model that it is like; elsewhere that would be a guess", async () => {
    const text = `providers:
  azure: { resource: r, api_key: k, models: { mine: { like: openai/gpt-4o }, "text-*": { like: gpt-4o-mini } } }
  local: { kind: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: { mine: { like: openai/gpt-4o } } }`;
    const { rules } = await loadRules({ kind: "text", text, format: "yaml", name: "u" }, { catalog, environment: {} });
    const priceOf = (provider: string, model: string) =>
      (rules.direct(provider, model)?.node as { tariff?: Tariff | null } | undefined)?.tariff?.price() ?? null;
    expect(priceOf("azure", "mine")).toEqual({ input: 2.5, output: 10 });
    expect(priceOf("azure", "text-1")).toEqual({ input: 0.15, output: 0.6 });
    expect(priceOf("azure", "gpt-4o")).toBeNull();
    expect(priceOf("local", "mine")).toBeNull();
    expect(rules.providers.get("azure")?.row.facts("mine").contextTokens).toBe(128_000);
  });

  test("explain shows every rate", async () => {
    const { rules } = await load(
      `{ my-model: { context: 128k, price: { input: 2.5, output: 10, cached: 1.25, cache_write: 3.75, above: [{ tokens: 200k, input: 5, output: 20 }] } } }`,
    );
    const route = rules.routes.get("r");
    if (route === undefined) throw new Error("the route");
    const rates = "$2.5 in · $10 out · $1.25 cached · $3.75 cache write · above 200000 tokens $5 in · $20 out";
    expect(explainRoute(route)).toContain(`\n  price     ${rates}, per million tokens`);
    expect(explainRoute(route)).toContain(`  model     context 128k · price ${rates}\n`);
    expect(JSON.stringify(explainRouteData(route))).toContain(
      '"price":{"input":2.5,"output":10,"cached":1.25,"cache_write":3.75,"above":[{"tokens":200000,"input":5,"output":20}]}',
    );
  });
});

test("editors know them", () => {
  expect(JSON.stringify(configJsonSchema())).toContain('"json_with_tools"');
});
