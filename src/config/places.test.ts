// Providers at several places: what the list makes of addresses, keys, facts and routes, and its problems.
import { expect, test } from "vitest";
import type { ProviderRules, RouteNode } from "../core/rules.ts";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { loadConfigObject } from "./check.ts";
import type { LoadedRules } from "./compile.ts";
import type { ConfigFile } from "./config-file.ts";
import { summarizeRoute } from "./explain.ts";
import { ConfigError } from "./problem.ts";

function load(config: ConfigFile): LoadedRules {
  return loadConfigObject(config, { catalog, names: providerNames, environment: {} }).rules;
}

function problemsOf(config: ConfigFile): readonly string[] {
  try {
    load(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
}

const json = JSON.stringify({ type: "service_account", client_email: "a@b.example", private_key: "the-private-key" });
const vertex = { project: "my-project", location: ["us-east5", "europe-west4", "eu"], credentials: { json } } as const;
const pair = { access_key_id: "AKIAIOSFODNN7EXAMPLE", secret_access_key: "a-secret" };

function placesOf(rules: LoadedRules, name: string): readonly ProviderRules[] {
  return rules.providers.get(name)?.places?.providers ?? [];
}

function targetsIn(node: RouteNode | undefined): readonly string[] {
  if (node === undefined) return [];
  return node.kind === "target" ? [`${node.path} ${node.name}`] : node.children.flatMap(targetsIn);
}

test("each location is a provider with an address of its own, and one credential", () => {
  const rules = load({ providers: { vertex } });
  const places = placesOf(rules, "vertex");
  expect(places.map(({ name, baseUrl }) => [name, new URL(baseUrl).host])).toEqual([
    ["vertex.us-east5", "us-east5-aiplatform.googleapis.com"],
    ["vertex.europe-west4", "europe-west4-aiplatform.googleapis.com"],
    ["vertex.eu", "aiplatform.eu.rep.googleapis.com"],
  ]);
  expect(new Set(places.map(({ keys }) => keys[0])).size).toBe(1);
});

test("a target becomes a branch over the places, in a route and asked for directly", () => {
  const rules = load({
    providers: { vertex, bedrock: { region: ["us-east-1", "eu-central-1"], credentials: pair, by: "latency" } },
    routes: {
      one: { fallback: ["vertex/gemini-2.5-flash", "bedrock/amazon.nova-pro-v1:0"] },
      pinned: "vertex.eu/gemini-2.5-flash",
      "gem-*": "vertex/*",
    },
  });
  const route = rules.routes.get("one");
  expect(route === undefined ? "" : summarizeRoute(route)).toBe(
    "vertex.us-east5/gemini-2.5-flash > vertex.europe-west4/gemini-2.5-flash > vertex.eu/gemini-2.5-flash > " +
      "(bedrock.us-east-1/amazon.nova-pro-v1:0 | bedrock.eu-central-1/amazon.nova-pro-v1:0)",
  );
  expect(targetsIn(rules.routes.get("pinned")?.node)).toEqual(["pinned vertex.eu/gemini-2.5-flash"]);
  expect(targetsIn(rules.match("gem-x")?.node)[1]).toBe("gem-*.location[1] vertex.europe-west4/gem-x");
  expect(targetsIn(rules.direct("vertex", "m")?.node)).toEqual([
    "vertex/m.location[0] vertex.us-east5/m",
    "vertex/m.location[1] vertex.europe-west4/m",
    "vertex/m.location[2] vertex.eu/m",
  ]);
  expect(targetsIn(rules.direct("vertex.eu", "m")?.node)).toEqual(["vertex.eu/m vertex.eu/m"]);
});

test("signatures are for the region that is asked", () => {
  const rules = load({ providers: { bedrock: { region: ["us-east-1", "eu-central-1"], credentials: pair } } });
  expect(
    placesOf(rules, "bedrock").map(({ keys: [key] }) => (key?.kind === "signing-keys" ? key.region : null)),
  ).toEqual(["us-east-1", "eu-central-1"]);
});

test("resources have a key each; one key, or one credential, is for all", () => {
  const keysOf = (api_key: string | readonly string[]) =>
    placesOf(
      load({ providers: { azure: { resource: ["one", "https://two.openai.azure.com/"], api_key } } }),
      "azure",
    ).map(({ name, keys }) => [name, ...keys.map(({ value }) => value)]);
  expect(keysOf(["first", "second"])).toEqual([
    ["azure.one", "first"],
    ["azure.two", "second"],
  ]);
  expect(keysOf("same")).toEqual([
    ["azure.one", "same"],
    ["azure.two", "same"],
  ]);
});

test("the operator's word about a region holds for the places that lie in it", () => {
  const regionsOf = (region: string) =>
    placesOf(load({ providers: { vertex: { ...vertex, models: { "*": { region, tools: true } } } } }), "vertex").map(
      ({ row }) => row.facts("claude-sonnet-4-5").region,
    );
  expect(regionsOf("us")).toEqual(["us", undefined, undefined]);
  expect(regionsOf("eu")).toEqual([undefined, "eu", "eu"]);
});

test("base_url takes the place", () => {
  const rules = load({ providers: { vertex: { ...vertex, base_url: "https://{location}.internal.example/v1" } } });
  expect(placesOf(rules, "vertex")[1]?.baseUrl).toBe("https://europe-west4.internal.example/v1");
});

test.each<[ConfigFile["providers"], string]>([
  [{ vertex: { ...vertex, location: ["eu", "eu"] } }, "providers.vertex.location[1]: is in the list already"],
  [{ vertex: { ...vertex, location: ["eu", "no/where"] } }, "providers.vertex.location: must be a location"],
  [{ vertex: { ...vertex, base_url: "https://one.example" } }, "providers.vertex.base_url: is one address"],
  [{ vertex: { project: "p", location: "eu", by: "latency", credentials: { json } } }, "providers.vertex.by: is for a"],
  [
    { azure: { resource: ["a", "b", "c"], api_key: ["k", "l"] } },
    "providers.azure.api_key: must have one key for each",
  ],
  [{ groq: { api_key: "k", region: ["a", "b"] } }, "providers.groq.region: is no setting of Groq"],
  [{ openai: { api_key: "k", region: ["us", "eu"] } }, "providers.openai.region: takes one value at OpenAI"],
])("%j is refused", (providers, problem) => {
  expect(problemsOf({ providers })).toEqual([expect.stringContaining(problem)]);
});
