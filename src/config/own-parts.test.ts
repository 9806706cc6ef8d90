// An operator adds a provider in the configuration alone: another header for the key, quirks by name, facts by model, and the
// other protocols. Played over sockets.
import { describe, expect, test } from "vitest";
import { createGateway, type ConfigFile } from "../index.ts";
import { catalog } from "../providers/catalog.ts";
import { providerParts } from "../providers/provider-parts.ts";
import { loadRules } from "./load.ts";
import { ConfigError } from "./problem.ts";
import { openFakeVendor, type FakeVendor } from "../../test/support/fake-vendor.ts";

const answer = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
};
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};
const generated = {
  candidates: [{ index: 0, content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
};

type Provider = NonNullable<NonNullable<ConfigFile["providers"]>[string]>;

async function askMine(vendor: FakeVendor, mine: Provider, body: object = {}): Promise<Response> {
  const gateway = createGateway(
    { providers: { mine: { base_url: vendor.baseUrl, ...mine } } },
    { environment: {}, warn: () => {} },
  );
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "mine/m", messages: [{ role: "user", content: "Hi" }], ...body }),
  });
  await gateway.close();
  return response;
}

test.each<[Provider["auth"], string, string]>([
  [undefined, "authorization", "Bearer the-key"],
  [{ header: "X-Token" }, "x-token", "the-key"],
  [{ header: "authorization", scheme: "Token" }, "authorization", "Token the-key"],
  [{ header: "x-goog-api-key" }, "x-goog-api-key", "the-key"],
])("a key in %j", async (auth, header, value) => {
  await using vendor = await openFakeVendor(() => ({ body: answer }));
  const response = await askMine(vendor, { kind: "openai-compatible", api_key: "the-key", auth });
  expect(response.status).toBe(200);
  expect(vendor.asked[0]?.headers[header]).toBe(value);
  expect(JSON.stringify(vendor.asked[0]?.headers).split("the-key")).toHaveLength(2);
});

test.each<[string, object, string, string]>([
  ["openai-compatible", answer, "/v1/chat/completions", "authorization"],
  ["anthropic-compatible", message, "/v1/messages", "x-api-key"],
  ["gemini-compatible", generated, "/v1/models/m:generateContent", "x-goog-api-key"],
])("kind %s", async (...[kind, body, path, header]) => {
  await using vendor = await openFakeVendor(() => ({ body }));
  const response = await askMine(vendor, { kind, api_key: "the-key" });
  expect([response.status, vendor.asked[0]?.path]).toEqual([200, path]);
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: "Hello" } }] });
  expect(vendor.asked[0]?.headers[header]).toContain("the-key");
});

test("quirks by name, in their order, and facts by model", async () => {
  await using vendor = await openFakeVendor(() => ({ body: answer }));
  const tools = [
    { type: "function", function: { name: "f", parameters: { type: "object", anyOf: [{ required: [] }] } } },
  ];
  const body = { tools, tool_choice: "required", seed: 7, reasoning_effort: "none" };
  const quirks = ["any-tool-choice", "types-in-branches", "random-seed", "enable-thinking"];
  const response = await askMine(vendor, { kind: "openai-compatible", api_key: "k", quirks }, body);
  expect(response.status).toBe(200);
  expect(JSON.parse(vendor.asked[0]?.body ?? "")).toMatchObject({
    tool_choice: "any",
    random_seed: 7,
    enable_thinking: false,
    tools: [{ function: { parameters: { anyOf: [{ type: "object", required: [] }] } } }],
  });
});

const load = (text: string) =>
  loadRules({ kind: "text", text, format: "yaml", name: "u.yaml" }, { catalog, parts: providerParts, environment: {} });

test("what a model's reasoning and order of messages are", async () => {
  const { rules } = await load(`providers:
  mine:
    kind: openai-compatible
    base_url: http://127.0.0.1:9/v1
    models: { m: { efforts: [high, none], reasoning_field: reasoning, system_messages: leading, turn_order: alternating } }`);
  expect(rules.declared.get("mine")?.row.facts("m")).toMatchObject({
    reasoning: { style: "effort", efforts: ["none", "high"] },
    reasoningField: "reasoning",
    systemMessages: "leading",
    turnOrder: "alternating",
  });
});

describe("a mistake", () => {
  test.each([
    ["auth: { header: host }", "providers.mine.auth.header: is set by the gateway itself"],
    ['auth: { header: "a b" }', "providers.mine.auth.header: is not a valid header name"],
    ['auth: { header: authorization, scheme: "a b" }', "providers.mine.auth.scheme: must be a word such as Bearer"],
    ["auth: { scheme: Token }", "providers.mine.auth.header: "],
    ["quirks: [short-tool-id]", 'providers.mine.quirks[0]: unknown quirk. Did you mean "short-tool-ids"?'],
    ["quirks: short-tool-ids", "providers.mine.quirks: must be a list of names"],
    ["models: { m: { efforts: [huge] } }", "providers.mine.models.m.efforts[0]: must be one of none, minimal"],
    ["models: { m: { turn_order: odd } }", "providers.mine.models.m.turn_order: must be"],
  ])("%s", async (setting, problem) => {
    const failed = await load(
      `providers:\n  mine:\n    kind: openai-compatible\n    base_url: http://127.0.0.1:9/v1\n    ${setting}`,
    ).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConfigError);
    expect((failed as ConfigError).message).toContain(problem);
  });

  test("quirks at a provider of another protocol, and a header for a signature", async () => {
    const text = `providers:
  mine: { kind: anthropic-compatible, base_url: "http://127.0.0.1:9/v1", quirks: [short-tool-ids] }
  bedrock: { region: us-east-1, api_key: k, auth: { header: x-key } }`;
    const failed = (await load(text).catch((error: unknown) => error)) as ConfigError;
    expect(failed.message).toContain(
      "providers.mine.quirks[0]: is for another protocol than that of Any Anthropic-compatible server",
    );
    expect(failed.message).toContain("providers.bedrock.auth: is for providers with an API key");
  });
});
