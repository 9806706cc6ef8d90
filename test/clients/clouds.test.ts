// The clouds' modes of the vendors' SDKs, pointed at the gateway: Azure's of OpenAI's, Vertex AI's of Google's and
// Anthropic's, Bedrock's of Anthropic's. What they ask for is a route, whoever answers.
import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
import { AnthropicVertex } from "@anthropic-ai/vertex-sdk";
import { GoogleGenAI } from "@google/genai";
import { OAuth2Client } from "google-auth-library";
import { AzureOpenAI, NotFoundError } from "openai";
import { describe, expect, test } from "vitest";
import type { Vendor } from "../../src/simulator/vocabulary.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const KEY = "a-key-of-the-gateway";
const fast = {
  timeout: { connect: "1s", first_token: "400ms", idle: "400ms", total: "10s" },
  retry: { attempts: 0 },
} as const;

function open(down: Vendor | null): Promise<Stage> {
  const routes = {
    openai: { fallback: ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"], ...fast },
    claude: { fallback: ["anthropic/claude-sonnet-4-5", "openai/gpt-4o"], ...fast },
    gemini: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"], ...fast },
  };
  return openStage({ config: { routes, server: { keys: [KEY] } } }).then((stage) => {
    if (down !== null) stage.simulator.play(down, { fault: "status", status: 503 });
    return stage;
  });
}

const azure = (stage: Stage, own: { readonly baseURL?: string; readonly deployment?: string } = {}) =>
  new AzureOpenAI({
    ...(own.baseURL === undefined ? { endpoint: stage.url } : {}),
    apiKey: KEY,
    apiVersion: "2025-04-01-preview",
    maxRetries: 0,
    ...own,
  });

/** A login at Google's that is already there: the gateway's key takes the place of its token. */
const login = () => {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: KEY, expiry_date: Date.now() + 3_600_000 });
  return client;
};

const claudeOnVertex = (stage: Stage) =>
  new AnthropicVertex({
    baseURL: stage.url,
    projectId: "my-project",
    region: "europe-west4",
    authClient: login() as never,
    maxRetries: 0,
  });

const claudeOnBedrock = (stage: Stage) =>
  new AnthropicBedrock({ baseURL: stage.url, awsRegion: "eu-central-1", apiKey: KEY, maxRetries: 0 });

const geminiOnVertex = (stage: Stage) =>
  new GoogleGenAI({
    vertexai: true,
    project: "my-project",
    location: "europe-west4",
    googleAuthOptions: { authClient: login() as never },
    httpOptions: { baseUrl: stage.url },
  });

const express = (stage: Stage) => new GoogleGenAI({ vertexai: true, apiKey: KEY, httpOptions: { baseUrl: stage.url } });

const messages = [{ role: "user" as const, content: "Why does a theatre keep an understudy?" }];

describe.each<[string, Vendor | null]>([
  ["itself", null],
  ["another vendor", "openai"],
])("Azure's client is answered by %s", (_who, down) => {
  test.each([
    ["endpoint", (stage: Stage) => azure(stage)],
    ["baseURL", (stage: Stage) => azure(stage, { baseURL: `${stage.url}/openai` })],
    ["a base URL of v1", (stage: Stage) => azure(stage, { baseURL: `${stage.url}/openai/v1` })],
    ["deployment", (stage: Stage) => azure(stage, { deployment: "openai" })],
  ])("%s: chats and responses, whole and streamed", async (_name, openClient) => {
    await using stage = await open(down);
    const client = openClient(stage);
    const whole = await client.chat.completions.create({ model: "openai", messages });
    expect(whole.choices[0]?.message.content).toMatch(/\S/u);
    let text = "";
    for await (const chunk of await client.chat.completions.create({ model: "openai", messages, stream: true }))
      text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toMatch(/\S/u);
    const response = await client.responses.create({ model: "openai", input: "Hi" });
    expect(response.output_text).toMatch(/\S/u);
    const types: string[] = [];
    for await (const event of await client.responses.create({ model: "openai", input: "Hi", stream: true }))
      types.push(event.type);
    expect(types.at(-1)).toBe("response.completed");
  });
});

test("Azure's client: a model in the path may be provider/model, and other services follow it", async () => {
  await using stage = await open(null);
  const client = azure(stage);
  const named = await client.chat.completions.create({ model: "anthropic/claude-sonnet-4-5", messages }).withResponse();
  expect(named.response.headers.get("x-understudy-target")).toBe("anthropic/claude-sonnet-4-5");
  const vectors = await client.embeddings.create({ model: "openai/text-embedding-3-small", input: "Hi" });
  expect(vectors.data[0]?.embedding.length).toBeGreaterThan(0);
  const images = await client.images.generate({ model: "openai/gpt-image-1", prompt: "A theatre" });
  expect(images.data?.[0]?.b64_json).toMatch(/\S/u);
  const file = await client.files.create(
    { file: new File(["{}"], "a.jsonl"), purpose: "batch" },
    {
      headers: { "x-understudy-provider": "openai" },
    },
  );
  expect((await client.files.retrieve(file.id)).id).toBe(file.id);
  const asked = stage.simulator.log().map(({ path }) => path);
  expect(asked.filter((path) => /deployments|api-version/u.test(path))).toEqual([]);
  await expect(client.chat.completions.create({ model: "nowhere", messages })).rejects.toBeInstanceOf(NotFoundError);
});

test("an image's deployment is its model, although the body names none", async () => {
  await using stage = await open(null);
  const response = await fetch(
    `${stage.url}/openai/deployments/openai%2Fgpt-image-1/images/generations?api-version=2025-04-01-preview`,
    {
      method: "POST",
      headers: { "content-type": "application/json", "api-key": KEY },
      body: JSON.stringify({ prompt: "A theatre" }),
    },
  );
  expect([response.status, stage.simulator.log()[0]?.body]).toEqual([
    200,
    expect.objectContaining({ model: "gpt-image-1", prompt: "A theatre" }),
  ]);
});

describe.each<[string, Vendor | null]>([
  ["itself", null],
  ["another vendor", "anthropic"],
])("Anthropic's clients for clouds are answered by %s", (_who, down) => {
  test.each([
    ["Vertex AI", claudeOnVertex],
    ["Bedrock", claudeOnBedrock],
  ])("%s: whole and streamed", async (_cloud, openClient) => {
    await using stage = await open(down);
    const client = openClient(stage);
    const { data, response } = await client.messages
      .create({ model: "claude", max_tokens: 99, messages })
      .withResponse();
    expect(data).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn" });
    expect(attemptsOf(response.headers)).toHaveLength(down === null ? 1 : 2);
    const events: string[] = [];
    for await (const event of await client.messages.create({ model: "claude", max_tokens: 99, messages, stream: true }))
      events.push(event.type);
    expect([events[0], events.at(-1)]).toEqual(["message_start", "message_stop"]);
    const final = await client.beta.messages
      .stream({ model: "claude", max_tokens: 99, messages, betas: ["context-1m-2025-08-07"] })
      .finalMessage();
    expect(final.content[0]).toMatchObject({ type: "text" });
    expect(response.headers.get("x-understudy-dropped")).toBeNull();
  });
});

test("what clouds have in the body is a header at the vendor", async () => {
  await using stage = await open(null);
  const betas = ["context-1m-2025-08-07"];
  await claudeOnBedrock(stage).beta.messages.create({ model: "claude", max_tokens: 99, messages, betas });
  const [entry] = stage.simulator.log();
  expect(entry?.headers["anthropic-beta"]).toBe(betas[0]);
  expect(Object.keys((entry?.body ?? {}) as object).toSorted()).toEqual(["max_tokens", "messages", "model", "stream"]);
});

test("Anthropic's client for Vertex AI counts tokens", async () => {
  await using stage = await open(null);
  const counted = await claudeOnVertex(stage).messages.countTokens({ model: "claude", messages });
  expect(counted.input_tokens).toBeGreaterThan(0);
});

describe.each<[string, Vendor | null]>([
  ["itself", null],
  ["another vendor", "google"],
])("Google's client in Vertex AI's mode is answered by %s", (_who, down) => {
  test.each([
    ["a project", geminiOnVertex],
    ["express mode", express],
  ])("%s: whole, streamed and counted", async (_mode, openClient) => {
    await using stage = await open(down);
    const { models } = openClient(stage);
    const whole = await models.generateContent({ model: "gemini", contents: "Hi" });
    expect(whole.text).toMatch(/\S/u);
    let text = "";
    for await (const chunk of await models.generateContentStream({ model: "gemini", contents: "Hi" }))
      text += chunk.text ?? "";
    expect(text).toMatch(/\S/u);
    expect((await models.countTokens({ model: "gemini", contents: "Hi" })).totalTokens).toBeGreaterThan(0);
    const named = await models.generateContent({ model: "openai/gpt-4o", contents: "Hi" });
    expect(named.text).toMatch(/\S/u);
  });
});

test.each([
  ["/openai/deployments/openai/chat/completions", { "api-key": "wrong" }],
  ["/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict", { authorization: "Bearer wrong" }],
  ["/v1beta1/publishers/google/models/gemini:generateContent", { "x-goog-api-key": "wrong" }],
  ["/model/claude/invoke", { authorization: "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c" }],
])("%s takes the gateway's keys only", async (path, headers) => {
  await using stage = await open(null);
  const response = await fetch(`${stage.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers } as Record<string, string>,
    body: "{}",
  });
  expect([response.status, stage.simulator.log()]).toEqual([401, []]);
});

test.each([
  "/openai/deployments/a/b/../chat/completions/x",
  "/openai/../v1/files",
  "/openai/v1/..%2f..%2fadmin",
  "/anthropic/v1/..;/files",
  "/v1/projects/p/locations/l/publishers/google/models/..%2f..%2fx:predict",
])("%s does not leave its place", async (path) => {
  await using stage = await open(null);
  const { hostname, port } = new URL(stage.url);
  const { request } = await import("node:http");
  const status = await new Promise<number>((resolve, reject) => {
    const asked = request({ hostname, port, path, method: "POST", headers: { "api-key": KEY } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject).end("{}");
  });
  expect([status >= 400, stage.simulator.log().map((entry) => entry.path)]).toEqual([true, []]);
});
