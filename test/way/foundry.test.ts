// Claude and other vendors' models in Azure's Foundry over real sockets: Claude's deployments are asked in Anthropic's protocol
// beside Azure's own paths, with an API key or a token of Entra ID, whatever their names are.
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

type Provider = NonNullable<NonNullable<ConfigFile["providers"]>[string]>;

const byKey: Provider = { api_key: "azure-key" };

interface Cloud extends AsyncDisposable {
  readonly stage: Stage;
}

async function openFoundry(settings: Provider = byKey): Promise<Cloud> {
  const endpoint = await openFakeVendor(() => ({
    body: { access_token: "eyJ.first", token_type: "Bearer", expires_in: 3599 },
  }));
  const isDated = settings.api_version !== undefined;
  const credentials = settings.credentials && { ...settings.credentials, authority: new URL(endpoint.baseUrl).origin };
  const stage = await openStage({
    config: ({ vendors }) => ({
      providers: {
        azure: {
          base_url: vendors.openai.baseUrl.replace(/\/v1$/u, isDated ? "/openai" : "/openai/v1"),
          resource: "mine.services.ai.azure.com",
          models: { "our-deployment": { like: "anthropic/claude-sonnet-4-5" } },
          ...settings,
          ...(credentials === undefined ? {} : { credentials }),
        },
      },
      routes: {
        assistant: { fallback: ["azure/claude-sonnet-4-5", "google/gemini-2.5-flash"], retry: { attempts: 0 } },
      },
    }),
  });
  return {
    stage,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}

function ask({ url }: Stage, path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ max_tokens: 50, messages: [{ role: "user", content: "Hi" }], ...body }),
  });
}

describe.each<[string, Provider, string]>([
  ["an API key", byKey, "x-api-key"],
  ["a dated version", { ...byKey, api_version: "2025-04-01-preview" }, "x-api-key"],
  ["Entra ID", { credentials: { tenant: "t", client_id: "c", client_secret: "planted-secret" } }, "authorization"],
])("by %s", (_name, settings, header) => {
  test.each(["azure/claude-sonnet-4-5", "azure/our-deployment"])("%s answers", async (model) => {
    await using cloud = await openFoundry(settings);
    const { stage } = cloud;
    const ends: readonly (readonly [string, boolean, string])[] = [
      ["/v1/messages", false, '"stop_reason"'],
      ["/v1/messages", true, "message_stop"],
      ["/v1/chat/completions", false, '"finish_reason"'],
      ["/v1/chat/completions", true, "[DONE]"],
    ];
    for (const [path, stream, end] of ends) {
      const response = await ask(stage, path, { model, stream });
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(end)]);
    }
    const log = stage.simulator.log();
    expect(log.map((entry) => entry.path)).toEqual(Array.from({ length: 4 }, () => "/anthropic/v1/messages"));
    for (const { headers, keys, body } of log) {
      expect(keys).toEqual({ [header]: header === "x-api-key" ? "azure-key" : "Bearer eyJ.first" });
      expect(headers["anthropic-version"]).toBe("2023-06-01");
      expect(body).toHaveProperty("model", model.slice("azure/".length));
    }
  });
});

test("a refused key leads to the stand-in", async () => {
  await using cloud = await openFoundry({ api_key: "a-revoked-key" });
  const response = await ask(cloud.stage, "/v1/chat/completions", { model: "assistant" });
  expect(response.status).toBe(200);
  expect(attemptsOf(response.headers)[0]).toBe("azure/claude-sonnet-4-5:bad_key:401");
});

test("other models stay at OpenAI's protocol, with Azure's header", async () => {
  await using cloud = await openFoundry();
  const response = await ask(cloud.stage, "/v1/messages", { model: "azure/gpt-4o" });
  expect(response.status).toBe(200);
  const [entry] = cloud.stage.simulator.log();
  expect([entry?.path, entry?.keys]).toEqual(["/openai/v1/chat/completions", { "api-key": "azure-key" }]);
});
