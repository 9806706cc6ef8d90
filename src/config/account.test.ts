// A cloud's account in the configuration: settings from the file and from the usual variables, and the address that they make.
import { expect, test } from "vitest";
import type { ProviderRules } from "../core/rules.ts";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { loadConfigObject } from "./check.ts";
import type { ConfigFile } from "./config-file.ts";
import { loadRules } from "./load.ts";

interface Placed {
  readonly environment?: Readonly<Record<string, string>>;
  readonly providers?: ConfigFile["providers"];
}

function load({ environment = {}, providers = {} }: Placed): ReadonlyMap<string, ProviderRules> {
  return loadConfigObject({ providers }, { catalog, names: providerNames, environment }).rules.providers;
}

const azure = (provider: NonNullable<ConfigFile["providers"]>[string]): Placed => ({ providers: { azure: provider } });

test.each<[Placed, string, string]>([
  [azure({ resource: "mine", api_key: "k" }), "https://mine.openai.azure.com/openai/v1", "/chat/completions"],
  [
    azure({ resource: "mine.services.ai.azure.com", api_key: "k" }),
    "https://mine.services.ai.azure.com/openai/v1",
    "/chat/completions",
  ],
  [
    azure({ resource: "https://mine.openai.azure.com/", api_key: "k" }),
    "https://mine.openai.azure.com/openai/v1",
    "/chat/completions",
  ],
  [
    azure({ resource: "mine", api_version: "preview", api_key: "k" }),
    "https://mine.openai.azure.com/openai/v1",
    "/chat/completions?api-version=preview",
  ],
  [
    azure({ resource: "mine", api_version: "2025-04-01-preview", api_key: "k" }),
    "https://mine.openai.azure.com/openai",
    "/deployments/my%2Fdeployment/chat/completions?api-version=2025-04-01-preview",
  ],
  [
    azure({ base_url: "http://127.0.0.1:9/openai/v1", api_key: "k" }),
    "http://127.0.0.1:9/openai/v1",
    "/chat/completions",
  ],
  [
    { environment: { AZURE_OPENAI_ENDPOINT: "https://theirs.openai.azure.com/", AZURE_OPENAI_API_KEY: "k" } },
    "https://theirs.openai.azure.com/openai/v1",
    "/chat/completions",
  ],
])("%j is asked at %s%s", (placed, baseUrl, path) => {
  const provider = load(placed).get("azure");
  expect(provider?.baseUrl).toBe(baseUrl);
  const usual = "/chat/completions";
  expect(provider?.row.path?.("my/deployment", "whole", usual) ?? usual).toBe(path);
});

const vertexPath = (location: string) => `/projects/my-project/locations/${location}`;

test.each<[Placed, string]>([
  [
    { providers: { vertex: { project: "my-project", location: "europe-west4" } } },
    `https://europe-west4-aiplatform.googleapis.com/v1${vertexPath("europe-west4")}`,
  ],
  [
    { providers: { vertex: { project: "my-project", location: "eu" } } },
    `https://aiplatform.eu.rep.googleapis.com/v1${vertexPath("eu")}`,
  ],
  [{ providers: { vertex: { project: "my-project" } } }, `https://aiplatform.googleapis.com/v1${vertexPath("global")}`],
  [{ providers: { vertex: { api_key: "express" } } }, "https://aiplatform.googleapis.com/v1"],
  [
    {
      environment: {
        GOOGLE_CLOUD_PROJECT: "my-project",
        GOOGLE_APPLICATION_CREDENTIALS: "/x.json",
        CLOUD_ML_REGION: "us-east5",
      },
    },
    `https://us-east5-aiplatform.googleapis.com/v1${vertexPath("us-east5")}`,
  ],
])("%j is at %s", (placed, baseUrl) => {
  expect(load(placed).get("vertex")?.baseUrl).toBe(baseUrl);
});

const digits = "0123456789abcdef0123456789abcdef";
test.each<[Placed, string]>([
  [{ providers: { openai: { region: "eu", api_key: "k" } } }, "https://eu.api.openai.com/v1"],
  [{ environment: { OPENAI_API_KEY: "k" } }, "https://api.openai.com/v1"],
  [{ environment: { DASHSCOPE_API_KEY: "k" } }, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"],
  [{ providers: { dashscope: { region: "cn", api_key: "k" } } }, "https://dashscope.aliyuncs.com/compatible-mode/v1"],
  [{ providers: { minimax: { region: "cn", api_key: "k" } } }, "https://api.minimaxi.com/anthropic/v1"],
  [
    { environment: { CLOUDFLARE_API_KEY: "k", CLOUDFLARE_ACCOUNT_ID: digits } },
    `https://api.cloudflare.com/client/v4/accounts/${digits}/ai/v1`,
  ],
  [
    { providers: { snowflake: { account: "My_Org-Account1", api_key: "k" } } },
    "https://my-org-account1.snowflakecomputing.com/api/v2/cortex/v1",
  ],
  [
    { environment: { DATABRICKS_HOST: "https://adb-1.2.azuredatabricks.net/", DATABRICKS_TOKEN: "k" } },
    "https://adb-1.2.azuredatabricks.net/serving-endpoints",
  ],
  [
    { environment: { AWS_REGION: "us-east-1", AWS_BEARER_TOKEN_BEDROCK: "k" } },
    "https://bedrock-mantle.us-east-1.api.aws/openai/v1",
  ],
])("%j is asked at %s", (placed, baseUrl) => {
  expect([...load(placed).values()].map((provider) => provider.baseUrl)).toContain(baseUrl);
});

test.each([
  ["us-east-1", "https://bedrock-runtime.us-east-1.amazonaws.com"],
  ["us-gov-west-1", "https://bedrock-runtime.us-gov-west-1.amazonaws.com"],
  ["cn-north-1", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"],
  ["eusc-de-east-1", "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu"],
])("Bedrock in %s is at %s", (region, baseUrl) => {
  expect(load({ providers: { bedrock: { region } } }).get("bedrock")?.baseUrl).toBe(baseUrl);
});

test.each([
  [{ AWS_REGION: "us-east-1" }, false],
  [{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIA1" }, false],
  [{ AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s" }, false],
  [{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "s" }, true],
  [{ AWS_DEFAULT_REGION: "us-east-1", AWS_PROFILE: "dev" }, true],
  [{ AWS_REGION: "us-east-1", AWS_BEARER_TOKEN_BEDROCK: "k" }, true],
])("with %j, Bedrock is there: %s", (environment, isThere) => {
  expect(load({ environment }).has("bedrock")).toBe(isThere);
});

test.each([
  [
    "us.anthropic.claude-opus-4-1-20250805-v1:0",
    "stream",
    "/messages",
    "/model/us.anthropic.claude-opus-4-1-20250805-v1%3A0/invoke-with-response-stream",
  ],
  [
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    "whole",
    "/messages",
    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fanthropic.claude-3-haiku-20240307-v1%3A0/invoke",
  ],
  ["openai.gpt-oss-120b-1:0", "whole", "/chat/completions", "/openai/v1/chat/completions"],
] as const)("Bedrock is asked for %s (%s) at its path", (...[model, mode, usual, path]) => {
  expect(
    load({ providers: { bedrock: { region: "us-east-1" } } })
      .get("bedrock")
      ?.row.path?.(model, mode, usual),
  ).toBe(path);
});

test.each([
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", { tools: true, contextTokens: 200_000, imageUrls: false }],
  ["arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-opus-4-7", { contextTokens: 1_000_000 }],
  ["openai.gpt-oss-120b-1:0", { images: false, tools: true }],
  ["mistral.mistral-large-2407-v1:0", { turnOrder: "alternating" }],
])("what is known of %s at Bedrock: %j", (model, facts) => {
  expect(
    load({ providers: { bedrock: { region: "us-east-1" } } })
      .get("bedrock")
      ?.row.facts(model),
  ).toMatchObject(facts);
});

test("a project in the environment alone is no provider", () => {
  expect(load({ environment: { GOOGLE_CLOUD_PROJECT: "my-project" } }).has("vertex")).toBe(false);
});

test.each([
  [
    "gemini-2.5-flash",
    "stream",
    "/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    "/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
  ],
  [
    "google/gemini-2.5-flash",
    "whole",
    "/models/x:generateContent",
    "/publishers/google/models/gemini-2.5-flash:generateContent",
  ],
  [
    "claude-sonnet-4-5@20250929",
    "stream",
    "/messages",
    "/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict",
  ],
  ["anthropic/claude-opus-5", "whole", "/messages", "/publishers/anthropic/models/claude-opus-5:rawPredict"],
  ["claude-opus-5", "count", "/messages/count_tokens", "/publishers/anthropic/models/count-tokens:rawPredict"],
  ["meta/llama-4-maas", "whole", "/chat/completions", "/endpoints/openapi/chat/completions"],
  ["../../x?y#z", "whole", "/models/x:generateContent", "/endpoints/openapi/models/x:generateContent"],
  ["a:b?c#d", "whole", "/models/x:generateContent", "/publishers/google/models/a%3Ab%3Fc%23d:generateContent"],
] as const)("Vertex asks %s (%s) at its publisher's path", (...[model, mode, usual, path]) => {
  const row = load({ providers: { vertex: { project: "p" } } }).get("vertex")?.row;
  expect(row?.path?.(model, mode, usual)).toBe(path);
});

test("Responses has no deployment in its path", () => {
  const provider = load(azure({ resource: "mine", api_version: "2025-04-01-preview", api_key: "k" })).get("azure");
  expect(provider?.row.path?.("d", "whole", "/responses")).toBe("/responses?api-version=2025-04-01-preview");
});

test("a key without a resource is no provider, and neither is a resource without a key", () => {
  expect(load({ environment: { AZURE_OPENAI_API_KEY: "k" } }).has("azure")).toBe(false);
  expect(load({ environment: { AZURE_RESOURCE_NAME: "mine" } }).has("azure")).toBe(false);
  expect(load({ environment: { AZURE_RESOURCE_NAME: "a/b", AZURE_API_KEY: "k" } }).has("azure")).toBe(false);
});

test.each([
  [
    "{ azure: { api_key: k } }",
    "providers.azure: needs resource (or the variable AZURE_OPENAI_ENDPOINT or AZURE_RESOURCE_NAME)",
  ],
  ["{ azure: { resource: 'a/../b', api_key: k } }", "providers.azure.resource: must be a resource's name or host"],
  [
    "{ azure: { resource: mine.example@evil, api_key: k } }",
    "providers.azure.resource: must be a resource's name or host",
  ],
  [
    "{ azure: { resource: mine, api_version: yesterday, api_key: k } }",
    "providers.azure.api_version: must be v1 or a date",
  ],
  [
    "{ azure: { resource: mine, region: eu, api_key: k } }",
    "providers.azure.region: is no setting of Azure OpenAI. It has resource, api_version",
  ],
  ["{ vertex: {} }", "providers.vertex.credentials: need a project. Set project to a project's id"],
  ["{ vertex: { project: p, location: EU/.. } }", "providers.vertex.location: must be a location"],
  [
    "{ vertex: { project: p, credentials: { key: x } } }",
    "providers.vertex.credentials.key: is no credential of Google Vertex AI. Known: file, json",
  ],
  ["{ bedrock: {} }", "providers.bedrock: needs region (or the variable AWS_REGION or AWS_DEFAULT_REGION)"],
  ["{ bedrock: { region: Mars } }", "providers.bedrock.region: must be a region"],
  [
    "{ bedrock: { region: us-east-1, credentials: { access_key_id: x } } }",
    "providers.bedrock.credentials.access_key_id: needs secret_access_key",
  ],
  ["{ groq: { region: eu, api_key: k } }", "providers.groq.region: is no setting of Groq. Remove it"],
  ["{ openai: { region: de, api_key: k } }", "providers.openai.region: must be one of us, eu, ae, au, in, jp"],
  [
    "{ cloudflare: { account: ../x, api_key: k } }",
    "providers.cloudflare.account: must be an account's id: 32 hexadecimal",
  ],
  [
    "{ snowflake: { account: evil.example/x, api_key: k } }",
    "providers.snowflake.account: must be an account's identifier",
  ],
  ["{ snowflake: { account: 'a@b', api_key: k } }", "providers.snowflake.account: must be an account's identifier"],
  [
    "{ databricks: { workspace: evil.example, api_key: k } }",
    "providers.databricks.workspace: must be a workspace's host",
  ],
  [
    "{ databricks: { workspace: evil.example/x.cloud.databricks.com, api_key: k } }",
    "providers.databricks.workspace: must be a workspace's host",
  ],
  [
    "{ databricks: { workspace: evil.example#.cloud.databricks.com, api_key: k } }",
    "providers.databricks.workspace: must be a workspace's host",
  ],
  ["{ cloudflare: { api_key: k } }", "providers.cloudflare: needs account (or the variable CLOUDFLARE_ACCOUNT_ID)"],
  ["{ openai: { api_key: k, credentials: { a: b } } }", "providers.openai.credentials: cannot stand beside api_key"],
  [
    "{ openai: { credentials: { a: b } } }",
    "providers.openai.credentials.a: is no credential of OpenAI. Remove it; it takes an api_key",
  ],
])("%s: %s", async (providers, message) => {
  const source = { kind: "text", text: `providers: ${providers}`, format: "yaml", name: "understudy.yaml" } as const;
  await expect(loadRules(source, { catalog, names: providerNames, environment: {} })).rejects.toThrow(message);
});

test("a wrong setting is told once, not also as missing", async () => {
  const text = "providers: { vertex: { project: My_Project! } }";
  const source = { kind: "text", text, format: "yaml", name: "understudy.yaml" } as const;
  const loading = loadRules(source, { catalog, names: providerNames, environment: {} });
  await expect(loading).rejects.toThrow("providers.vertex.project: must be a project's id");
  await expect(loading).rejects.not.toThrow("need a project");
});

test("a route to a cloud without an account says what is missing", async () => {
  const source = {
    kind: "text",
    text: "routes: { a: azure_openai/gpt-4o }",
    format: "yaml",
    name: "understudy.yaml",
  } as const;
  await expect(loadRules(source, { catalog, names: providerNames, environment: {} })).rejects.toThrow(
    "routes.a: Azure OpenAI has no address yet. Add azure under providers, with resource",
  );
});
