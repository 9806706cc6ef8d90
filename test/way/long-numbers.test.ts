// Ids of 64 bits in a call's arguments: rounded, the client would carry the call out on another object. They arrive digit for
// digit, in whole answers and in histories, between all protocols.
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { parseJson } from "../../src/domain/parse-body.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const ID = "1187654321098765432";

const answers: Readonly<Record<string, string>> = {
  openai: `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\\"id\\":${ID}}"}}]},"finish_reason":"tool_calls"}]}`,
  anthropic: `{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"t","name":"f","input":{"id":${ID}}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`,
  google: `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":{"id":${ID}}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}`,
};
const models = { openai: "openai/gpt-4o", anthropic: "anthropic/claude-sonnet-4-5", google: "google/gemini-2.5-flash" };

const requests: Readonly<Record<string, (model: string) => readonly [path: string, body: string]>> = {
  chat: (model) => [
    "/v1/chat/completions",
    `{"model":"${model}","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"id\\":${ID}}"}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]}`,
  ],
  messages: (model) => [
    "/v1/messages",
    `{"model":"${model}","max_tokens":500,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{"id":${ID}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"ok"}]}]}`,
  ],
  gemini: (model) => [
    `/v1beta/models/${model}:generateContent`,
    `{"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"id":${ID}}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"ok"}}}]}]}`,
  ],
};

describe.each(Object.keys(requests))("a client of %s", (client) => {
  test.each(Object.keys(models) as (keyof typeof models)[])("at %s", async (vendor) => {
    await using fake = await openFakeVendor(() => ({ body: parseJson(answers[vendor]!) as object }));
    const gateway = createGateway(
      { providers: { [vendor]: { api_key: "k", base_url: fake.baseUrl } }, routes: {} },
      { environment: {}, warn: () => {} },
    );
    const [path, body] = requests[client]!(models[vendor]);
    const response = await gateway.fetch(`http://gateway${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body,
    });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(ID)]);
    expect(fake.asked.at(-1)?.body).toContain(ID);
    await gateway.close();
  });
});

describe("a long number that is a setting", () => {
  const big = "9223372036854775807";
  const chat = (more: string): string =>
    `{"model":"a","messages":[{"role":"user","content":"hi"}],"max_tokens":10,${more}}`;

  test.each([
    ["openai", models.openai, chat(`"seed":${big}`), `"seed":${big}`, null],
    ["openai, written anew", "openai/gpt-5.4", chat(`"seed":${big}`), `"seed":9007199254740991`, null],
    [
      "google",
      models.google,
      chat(`"seed":${big}`),
      `"seed":2147483647`,
      expect.stringContaining("seed:9007199254740991>2147483647"),
    ],
    [
      "anthropic",
      models.anthropic,
      chat(
        `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"id":{"type":"integer","maximum":${big}}}}}}]`,
      ),
      `"maximum":${big}`,
      null,
    ],
  ])("is no reason to refuse: %s", async (...row) => {
    const [, target, body, expected, adapted] = row;
    const [vendor = ""] = target.split("/");
    await using fake = await openFakeVendor(() => ({ body: parseJson(answers[vendor]!) as object }));
    const gateway = createGateway(
      { providers: { [vendor]: { api_key: "k", base_url: fake.baseUrl } }, routes: { a: target } },
      { environment: {}, warn: () => {} },
    );
    const headers = { "content-type": "application/json" };
    const response = await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", headers, body });
    expect([response.status, fake.asked.at(-1)?.body]).toEqual([200, expect.stringContaining(expected)]);
    expect(response.headers.get("x-understudy-adapted")).toEqual(adapted);
    await gateway.close();
  });
});
