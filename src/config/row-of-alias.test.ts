// Providers under the names of other gateways: an alias leads to the row, and a vendor without a row to a remedy.
import { describe, expect, test } from "vitest";
import { createGateway } from "../index.ts";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { loadRules } from "./load.ts";
import { rowOfAlias } from "./row-of-alias.ts";
import { openFakeVendor } from "../../test/support/fake-vendor.ts";
import { targetsOf } from "../../test/support/load-config.ts";

const environment = { GEMINI_API_KEY: "AIzaPLANTEDplantedPLANTED0001", ANTHROPIC_API_KEY: "sk-ant-PLANTEDplanted01" };
const load = (text: string, names = providerNames) =>
  loadRules({ kind: "text", text, format: "yaml", name: "understudy.yaml" }, { catalog, names, environment });

const hello = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
};

describe("an alias", () => {
  test.each([
    ["gemini/gemini-2.5-flash", "google/gemini-2.5-flash"],
    ["google_ai_studio/gemini-2.5-flash", "google/gemini-2.5-flash"],
    ["claude/claude-haiku-4-5", "anthropic/claude-haiku-4-5"],
  ])("in a route: %s is %s, with its key and a hint", async (written, name) => {
    const { rules, warnings } = await load(`routes: { a: ${written} }`);
    const [target] = targetsOf(rules.routes.get("a")!.node);
    const [alias, row] = [written.split("/")[0], name.split("/")[0]];
    const hint = { message: `"${alias}" is another name of ${row}`, hint: `It works; this gateway's name is ${row}` };
    expect([target!.name, target!.provider.keys.length]).toEqual([name, 1]);
    expect(warnings).toMatchObject([{ place: "routes.a", ...hint }]);
    expect(rules.direct(...(written.split("/") as [string, string]))).toMatchObject({ name });
  });

  test("as the kind of a provider: a hint too", async () => {
    const { warnings } = await load("providers: { mine: { kind: together_ai, api_key: k } }");
    expect(warnings).toMatchObject([
      { place: "providers.mine.kind", message: '"together_ai" is another name of together' },
    ]);
  });

  test("in a client's model: it works, and the operator is told once", async () => {
    const told: string[] = [];
    await using vendor = await openFakeVendor(() => ({ body: JSON.stringify(hello) }));
    const gateway = createGateway(
      { providers: { google: { kind: "openai-compatible", base_url: vendor.baseUrl } } },
      { environment: {}, warn: (line) => told.push(line) },
    );
    const ask = (model: string): Promise<Response> =>
      gateway.fetch("http://gateway/v1/chat/completions", {
        method: "POST",
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
      });
    for (const model of ["gemini/m", "gemini/m", "google/m"]) expect((await ask(model)).status).toBe(200);
    expect(told).toEqual([`a client asks for "gemini/…": it works, and this gateway's name is google.`]);
    const absent = await ask("replicate/m");
    expect([absent.status, await absent.text()]).toEqual([404, expect.stringContaining("kind: openai-compatible")]);
    const keyless = await ask("fireworks_ai/m");
    expect([keyless.status, await keyless.text()]).toEqual([502, expect.stringContaining("FIREWORKS_API_KEY")]);
    await gateway.close();
  });

  test.each([
    // Portkey's slugs.
    ["azure-openai", "azure"],
    ["workers-ai", "cloudflare"],
    ["cortex", "snowflake"],
    ["inference-net", "inference-net"],
    // LiteLLM's prefixes.
    ["vertex_ai_beta", "vertex"],
    ["cohere_chat", "cohere"],
    ["hosted_vllm", "vllm"],
    ["ollama_chat", "ollama"],
    ["lambda_ai", "lambda"],
    ["gradient_ai", "digitalocean"],
    // A row's own name in another spelling.
    ["ollama_cloud", "ollama-cloud"],
    ["openai_compatible", "openai-compatible"],
    ["OpenAI", "openai"],
  ])("%s is %s", (written, name) => {
    expect(catalog.has(written) ? written : rowOfAlias(written, providerNames)).toBe(name);
  });

  test.each([
    ["openai/responses/gpt-5", "openai/gpt-5"],
    ["azure/gpt5_series/ours", "azure/ours"],
    ["bedrock/converse/amazon.nova-lite-v1:0", "bedrock/amazon.nova-lite-v1:0"],
    ["bedrock/invoke/anthropic.claude-sonnet-5", "bedrock/anthropic.claude-sonnet-5"],
    ["together/responses/mine", "together/responses/mine"],
    ["vertex_ai/meta/llama-4-scout", "vertex/meta/llama-4-scout"],
    ["openai/responses/", "openai/responses/"],
  ])("a word that chooses an endpoint in LiteLLM: %s is %s", async (written, name) => {
    const accounts = "azure: { api_key: k, resource: r }, bedrock: { api_key: k, region: us-east-1 }";
    const others = "openai: { api_key: k }, together: { api_key: k }, vertex: { api_key: k, project: p }";
    const { rules } = await load(`providers: { ${accounts}, ${others} }\nroutes: { a: "${written}" }`);
    expect(targetsOf(rules.routes.get("a")!.node)[0]!.name).toBe(name);
    const [provider, ...rest] = written.split("/");
    expect(rules.direct(provider!, rest.join("/"))).toMatchObject({ name });
  });

  test("under providers: it keeps the operator's name", async () => {
    const { rules } = await load("providers: { gemini: {} }\nroutes: { a: gemini/x, b: google/x }");
    const targets = [...rules.routes.values()].flatMap(({ node }) => targetsOf(node));
    expect(targets.map(({ name, provider }) => [name, provider.row.name])).toEqual([
      ["gemini/x", "google"],
      ["google/x", "google"],
    ]);
  });
});

describe("a vendor without a row", () => {
  test.each([
    ["providers: { a: { kind: future_cloud } }", "there is no provider of this name. Use its other address"],
    ["routes: { a: future_cloud/claude }", "Add it under providers. Use its other address"],
  ])("%s", async (text, remedy) => {
    const names = { ...providerNames, absent: new Map([["future-cloud", "Use its other address"]]) };
    await expect(load(text, names)).rejects.toThrow(remedy);
    await expect(load(text, names)).rejects.not.toThrow("Did you mean");
  });

  test("has its name as soon as it is configured", () => {
    const azure = { kind: "openai-compatible", base_url: "http://127.0.0.1:9/openai/v1", api_key: "k" };
    expect(() => createGateway({ providers: { azure }, routes: { a: "azure/gpt-4o" } }, { environment })).not.toThrow();
  });
});

test("no further name is a row's own", () => {
  for (const name of [...providerNames.aliases.keys(), ...providerNames.absent.keys()])
    expect([name, catalog.has(name)]).toEqual([name, false]);
  for (const row of providerNames.aliases.values()) expect([row, catalog.has(row)]).toEqual([row, true]);
});
