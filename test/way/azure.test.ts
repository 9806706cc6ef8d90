// Azure OpenAI over real sockets: v1 and deployment URLs, keys and Entra ID's tokens (an endpoint of the test's own), the
// notes and errors of its content filter, as the strict simulator plays them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openFakeVendor, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

type AzureConfig = NonNullable<NonNullable<ConfigFile["providers"]>[string]>;

const usual: FakeAnswer = { body: { access_token: "eyJ.first", token_type: "Bearer", expires_in: 3599 } };

interface Cloud extends AsyncDisposable {
  readonly stage: Stage;
  readonly endpoint: FakeVendor;
  readonly client: OpenAI;
}

interface CloudOptions {
  readonly settings?: (endpoint: string) => AzureConfig;
  readonly path?: string;
  readonly answer?: FakeAnswer;
}

async function openCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { settings = () => ({ api_key: "azure-key" }), path = "/openai/v1", answer = usual } = options;
  const endpoint = await openFakeVendor(() => answer);
  const origin = new URL(endpoint.baseUrl).origin;
  const stage = await openStage({
    config: ({ vendors }) => ({
      providers: {
        azure: {
          base_url: vendors.openai.baseUrl.replace(/\/v1$/u, path),
          resource: "mine",
          models: { "gpt-4o": { like: "openai/gpt-4o" } },
          ...settings(origin),
        },
      },
      routes: { assistant: { fallback: ["azure/gpt-4o", "google/gemini-2.5-flash"], retry: { attempts: 0 } } },
    }),
  });
  return {
    stage,
    endpoint,
    client: new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: "none", maxRetries: 0 }),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}

const messages = [{ role: "user" as const, content: "Hi" }];
const entra = (endpoint: string): AzureConfig => ({
  credentials: { tenant: "my-tenant", client_id: "my-client", client_secret: "planted-secret", authority: endpoint },
});

describe.each<[string, CloudOptions, RegExp]>([
  ["v1", {}, /^\/openai\/v1\/chat\/completions$/u],
  [
    "a deployment's URL",
    { path: "/openai", settings: () => ({ api_key: "azure-key", api_version: "2025-04-01-preview" }) },
    /^\/openai\/deployments\/gpt-4o\/chat\/completions\?api-version=2025-04-01-preview$/u,
  ],
  ["Entra ID", { settings: entra }, /^\/openai\/v1\/chat\/completions$/u],
])("by %s", (_name, options, path) => {
  test("answers, whole and streamed", async () => {
    await using cloud = await openCloud(options);
    const whole = await cloud.client.chat.completions.create({ model: "azure/gpt-4o", messages });
    expect(whole.choices[0]?.message.content).toMatch(/\S/u);
    let text = "";
    const stream = await cloud.client.chat.completions.create({ model: "azure/gpt-4o", messages, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toMatch(/\S/u);
    expect(cloud.stage.simulator.log()[0]?.path).toMatch(path);
    const response = await cloud.client.responses.create({ model: "azure/gpt-4o", input: "Hi" });
    expect(response.output_text).toMatch(/\S/u);
    const claude = await fetch(`${cloud.stage.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "azure/gpt-4o", max_tokens: 50, messages, stream: true }),
    });
    expect(await claude.text()).toContain("message_stop");
  });
});

test("one token serves all, and the secret goes to the token endpoint only", async () => {
  await using cloud = await openCloud({ settings: entra });
  await Promise.all([1, 2, 3].map(() => cloud.client.chat.completions.create({ model: "azure/gpt-4o", messages })));
  expect(cloud.endpoint.asked).toHaveLength(1);
  expect(cloud.endpoint.asked[0]).toMatchObject({ path: "/my-tenant/oauth2/v2.0/token" });
  expect(JSON.stringify(cloud.stage.simulator.log())).not.toContain("planted-secret");
});

describe("other proofs", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "understudy-azure-"));
    await writeFile(join(folder, "token"), "the-federated-token\n");
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("a workload identity's token is the assertion", async () => {
    const members = { tenant: "my-tenant", client_id: "my-client", token_file: join(folder, "token") };
    await using cloud = await openCloud({
      settings: (authority) => ({ credentials: { ...members, authority } }),
    });
    await cloud.client.chat.completions.create({ model: "azure/gpt-4o", messages });
    const form = new URLSearchParams(String(cloud.endpoint.asked[0]?.body));
    expect(form.get("client_assertion")).toBe("the-federated-token");
  });
});

test.each<[FakeAnswer, string, string]>([
  [
    {
      status: 401,
      body: {
        error: "invalid_client",
        error_description: "AADSTS7000215: Invalid client secret provided. Trace ID: 1 Correlation ID: 2",
      },
    },
    "bad_key",
    "AADSTS7000215: Invalid client secret provided.",
  ],
  [{ status: 503, body: {} }, "unreachable", "Entra ID"],
])("a token endpoint that says %j leads on", async (answer, verdict, words) => {
  await using cloud = await openCloud({ settings: entra, answer });
  const { response } = await cloud.client.chat.completions.create({ model: "assistant", messages }).withResponse();
  expect(attemptsOf(response.headers)[0]).toContain(`azure/gpt-4o:${verdict}`);
  const error = await cloud.client.chat.completions.create({ model: "azure/gpt-4o", messages }).then(
    () => null,
    (thrown: unknown) => thrown as Error,
  );
  expect(error?.message).toContain(words);
  expect(error?.message).not.toMatch(/planted-secret|Trace ID/u);
});

test.each([
  ["the prompt was filtered", "azure/gpt-4o", "FILTER ME", 400, "policy_blocked"],
  ["a deployment that does not exist", "azure/no-such", "Hi", 404, "unknown_model"],
])("%s: the verdict and Azure's own words", async (...[, model, content, status, verdict]) => {
  await using cloud = await openCloud();
  const error = (await cloud.client.chat.completions
    .create({ model, messages: [{ role: "user", content }] })
    .catch((thrown: unknown) => thrown)) as InstanceType<typeof OpenAI.APIError>;
  expect(error.status).toBe(status);
  expect(error.error).toMatchObject({ verdict });
});

test("a refused key leads to the stand-in", async () => {
  await using cloud = await openCloud({ settings: () => ({ api_key: "a-revoked-key" }) });
  const { response } = await cloud.client.chat.completions.create({ model: "assistant", messages }).withResponse();
  expect(attemptsOf(response.headers)).toEqual(["azure/gpt-4o:bad_key:401", "google/gemini-2.5-flash:ok:200"]);
});

const question = [{ role: "user" as const, content: "FILTER THE ANSWER" }];

test("a filtered prompt: the categories reach the client with the error, in each protocol's own form", async () => {
  await using cloud = await openCloud();
  const body = { model: "azure/gpt-4o", max_tokens: 50, messages: [{ role: "user", content: "FILTER ME" }] };
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const chat = await fetch(`${cloud.stage.url}/v1/chat/completions`, post);
  const categories = { violence: { filtered: true, severity: "medium" } };
  expect(await chat.json()).toMatchObject({
    error: {
      code: "content_filter",
      verdict: "policy_blocked",
      innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: categories },
    },
  });
  const translated = await fetch(`${cloud.stage.url}/v1/messages`, post);
  expect([translated.status, await translated.json()]).toMatchObject([400, { error: { verdict: "policy_blocked" } }]);
});

describe.each([false, true])("an answer that was filtered, streamed: %s", (stream) => {
  async function answerAt(path: string): Promise<{ text: string; dropped: string | null; entry: unknown }> {
    await using cloud = await openCloud();
    const response = await fetch(`${cloud.stage.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "azure/gpt-4o", max_tokens: 50, messages: question, stream }),
    });
    const text = await response.text();
    return { text, dropped: response.headers.get("x-understudy-dropped"), entry: cloud.stage.gateway.attempts(1)[0] };
  }

  test("OpenAI's clients get all notes as they are", async () => {
    const { text: printed, entry } = await answerAt("/v1/chat/completions");
    const text = printed.replaceAll(/\n\s*|(?<=":) /gu, "");
    expect(text).toContain('"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":');
    expect(text).toContain('"violence":{"filtered":true,"severity":"medium"}');
    expect(text).toContain('"finish_reason":"content_filter"');
    expect(entry).toMatchObject({ verdict: "policy_blocked", message: "violence medium" });
  });

  test("other clients get the ending, and the report names the notes", async () => {
    const { text, entry, dropped } = await answerAt("/v1/messages");
    expect(text).toContain('"stop_reason":"refusal"');
    expect(entry).toMatchObject({ verdict: "policy_blocked", message: "violence medium" });
    const lost = ["answer.content_filter_results"];
    expect(entry).toMatchObject({ dropped: expect.arrayContaining(lost) as string[] });
    if (!stream) expect(dropped).toContain(lost[0]);
  });
});
