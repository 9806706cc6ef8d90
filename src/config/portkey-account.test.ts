// Accounts of clouds in Portkey's requests, and providers written as `@slug`.
import { describe, expect, test } from "vitest";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { loadConfigObject } from "./check.ts";
import type { ConfigFile } from "./config-file.ts";
import { compilePortkeyConfig } from "./portkey.ts";
import { targetsOf } from "../../test/support/load-config.ts";

const operators: ConfigFile = {
  providers: {
    azure: { resource: "operators", api_key: "operators-azure-key", headers: { "x-team": "operators" } },
    "our-openai": { kind: "openai", api_key: "operators-openai-key" },
  },
};

interface Asked {
  readonly config?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly callerKey?: string;
  readonly model?: string;
}

const all = ({ config, headers: own, callerKey, model = "m" }: Asked) => {
  const { rules } = loadConfigObject(operators, { catalog, names: providerNames, environment: {} });
  const json = config === undefined ? null : JSON.stringify(config);
  const headers = { ...own, ...(json === null ? {} : { "x-portkey-config": json }) };
  const context = { catalog, names: providerNames, rules, headers, callerKey: callerKey ?? null, model };
  return targetsOf(compilePortkeyConfig(json, context).node);
};

const only = (asked: Asked) => {
  const { model, provider } = all(asked)[0]!;
  const { name, baseUrl, guarded, headers, keys } = provider;
  return { model, name, baseUrl, guarded, headers, keys: keys.map(({ kind, value, source }) => [kind, value, source]) };
};

const header = (provider: string, more: Readonly<Record<string, string>>): Asked => ({
  headers: {
    "x-portkey-provider": provider,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`x-portkey-${name}`, value])),
  },
  callerKey: "callers-key-0123456789",
});

const account = "0123456789abcdef0123456789abcdef";
const callers = [["api-key", "callers-key-0123456789", "request"]];

describe("an account in the headers", () => {
  test.each([
    [
      "workers-ai",
      { "workers-ai-account-id": account },
      `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
    ],
    ["cortex", { "snowflake-account": "MyOrg-Acc_1" }, "https://myorg-acc-1.snowflakecomputing.com/api/v2/cortex/v1"],
    ["azure-openai", { "azure-resource-name": "callers" }, "https://callers.openai.azure.com/openai/v1"],
    ["bedrock", { "aws-region": "eu-west-1" }, "https://bedrock-runtime.eu-west-1.amazonaws.com"],
  ])("%s", (provider, settings, baseUrl) => {
    // The transport guards it, and nothing of the operator's goes there.
    expect(only(header(provider, settings))).toMatchObject({ baseUrl, guarded: true, headers: {}, keys: callers });
  });

  test("Vertex AI: the key is an access token", () => {
    const asked = header("vertex-ai", { "vertex-project-id": "my-project", "vertex-region": "us-east5" });
    expect(only(asked)).toMatchObject({
      baseUrl: "https://us-east5-aiplatform.googleapis.com/v1/projects/my-project/locations/us-east5",
      keys: [["token", "callers-key-0123456789", "request"]],
    });
  });

  test("Azure: the deployment is the model, its version makes the path, and a token goes before the key", () => {
    const settings = {
      "azure-resource-name": "callers",
      "azure-deployment-id": "my-4o",
      "azure-ad-token": "eyJ.to.ken",
    };
    const asked = header("azure-openai", { ...settings, "azure-api-version": "2024-10-21" });
    expect(only(asked)).toMatchObject({ model: "my-4o", keys: [["token", "eyJ.to.ken", "request"]] });
    const { row } = all(asked)[0]!.provider;
    expect(row.path?.("my-4o", "whole", "/chat/completions")).toBe(
      "/deployments/my-4o/chat/completions?api-version=2024-10-21",
    );
  });

  test("Bedrock: a pair of keys signs for the region", () => {
    const keys = { "aws-access-key-id": "AKIACALLER0000000001", "aws-secret-access-key": "callers-secret" };
    const { provider } = all(header("bedrock", { ...keys, "aws-region": "us-east-1" }))[0]!;
    expect(provider.keys).toMatchObject([
      { kind: "signing-keys", value: "AKIACALLER0000000001", region: "us-east-1", source: "request" },
    ]);
  });
});

test("in a config, each target has its own account, in either spelling, and headers are for none of them", () => {
  const config = {
    strategy: { mode: "fallback" },
    targets: [
      { provider: "azure-openai", api_key: "one", azure_resource_name: "one", azure_deployment_id: "d" },
      { provider: "azure-openai", apiKey: "two", azureResourceName: "two" },
      { provider: "azure-openai" },
    ],
  };
  const targets = all({ ...header("openai", { "azure-resource-name": "three" }), config });
  expect(targets.map(({ name, provider }) => [name, provider.baseUrl, provider.keys[0]?.value])).toEqual([
    ["azure/d", "https://one.openai.azure.com/openai/v1", "one"],
    ["azure/m", "https://two.openai.azure.com/openai/v1", "two"],
    ["azure/m", "https://operators.openai.azure.com/openai/v1", "operators-azure-key"],
  ]);
});

test.each([
  ["a host in a name", "azure-openai", { "azure-resource-name": "evil.example/x" }, "'azure_resource_name' at config"],
  ["an internal host", "azure-openai", { "azure-resource-name": "metadata.google.internal" }, "Invalid custom host"],
  ["a path in an id", "workers-ai", { "workers-ai-account-id": "../../x" }, "'workers_ai_account_id' at config"],
  ["a host in a region", "bedrock", { "aws-region": "us-east-1.evil.example" }, "'aws_region' at config must be"],
  ["half a pair", "bedrock", { "aws-region": "us-east-1", "aws-access-key-id": "A" }, "'aws_access_key_id' at config"],
  ["no account", "workers-ai", {}, "'workers_ai_account_id' or 'custom_host' is required"],
  ["half an account", "azure-openai", { "azure-api-version": "v1" }, "'azure_resource_name' is required at config"],
  [
    "a secret to exchange",
    "vertex-ai",
    { "vertex-project-id": "my-project", "vertex-service-account-json": "{}" },
    "'vertex_service_account_json' at config is not read from requests",
  ],
])("refused: %s", (...[, provider, settings, message]) => {
  expect(() => only(header(provider, settings))).toThrow(message);
});

test("an operator's key never goes to an account of the caller's", () => {
  const { headers } = header("azure-openai", { "azure-resource-name": "callers" });
  expect(() => only({ headers: headers! })).toThrow("No API key for the provider 'azure' at config");
});

test.each([
  ["@our-openia", 'Invalid provider passed. Did you mean "our-openai"?'],
  ["azure-opnai", 'Invalid provider passed. Did you mean "azure-openai"?'],
  ["zzzzzzzzz", "Invalid provider passed"],
])("an unknown provider in the header: %s", (provider, message) => {
  expect(() => only(header(provider, {}))).toThrow(expect.objectContaining({ message }));
});

describe("@slug", () => {
  test.each([
    ["in the header", { headers: { "x-portkey-provider": "@our-openai" }, model: "gpt-4o" }],
    ["in a config", { config: { provider: "@our-openai", override_params: { model: "gpt-4o" } } }],
    ["before the model in a config", { config: { override_params: { model: "@our-openai/gpt-4o" } } }],
    ["before the model of the request", { config: { retry: { attempts: 1 } }, model: "@our-openai/gpt-4o" }],
    ["in both", { config: { provider: "@our-openai", override_params: { model: "@our-openai/gpt-4o" } } }],
  ])("%s: the operator's provider, with its key", (_, asked: Asked) => {
    expect(only(asked)).toMatchObject({
      name: "our-openai",
      model: "gpt-4o",
      keys: [["api-key", "operators-openai-key", "config"]],
    });
  });

  test("of a client's model moves no target to another provider, and is no part of Cloudflare's names", () => {
    const config = { provider: "groq", api_key: "groqs" };
    expect(only({ config, model: "@our-openai/gpt-4o" })).toMatchObject({ name: "groq", model: "@our-openai/gpt-4o" });
    const cloudflare = header("workers-ai", { "workers-ai-account-id": account });
    expect(only({ ...cloudflare, model: "@cf/meta/llama-3" })).toMatchObject({ model: "@cf/meta/llama-3" });
  });
});
