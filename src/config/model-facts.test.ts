import { describe, expect, test } from "vitest";
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

test("editors know them", () => {
  expect(JSON.stringify(configJsonSchema())).toContain('"json_with_tools"');
});
