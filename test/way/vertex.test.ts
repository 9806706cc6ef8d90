// Vertex AI over real sockets: Gemini, Claude and an open model behind one account, with tokens from workload identity
// federation (an endpoint of the test's own), as the strict simulator takes them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFakeVendor, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const usual: FakeAnswer = {
  body: {
    access_token: "ya29.first",
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: 3600,
  },
};

interface Cloud extends AsyncDisposable {
  readonly stage: Stage;
  readonly endpoint: FakeVendor;
  ask(path: string, body: object): Promise<Response>;
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-vertex-"));
  await writeFile(join(folder, "subject"), "the-subject-token");
});
afterAll(() => rm(folder, { recursive: true }));

async function openCloud(answer: FakeAnswer = usual): Promise<Cloud> {
  const endpoint = await openFakeVendor(() => answer);
  const json = JSON.stringify({
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${endpoint.baseUrl}/token`,
    credential_source: { file: join(folder, "subject") },
  });
  const stage = await openStage({
    config: ({ vendors }) => ({
      providers: {
        vertex: {
          base_url: `${vendors.google.baseUrl.replace("/v1beta", "/v1")}/projects/my-project/locations/europe-west4`,
          project: "my-project",
          credentials: { json },
        },
      },
      routes: { assistant: { fallback: ["vertex/gemini-2.5-flash", "openai/gpt-4o"], retry: { attempts: 0 } } },
    }),
  });
  return {
    stage,
    endpoint,
    ask: (path, body) =>
      fetch(`${stage.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}

const tools = [
  {
    type: "function",
    function: { name: "look_up", parameters: { type: "object", properties: { q: { type: "string" } } } },
  },
];
const history = [
  { role: "user", content: "What is the weather in Paris?" },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_1", type: "function", function: { name: "look_up", arguments: '{"q":"Paris"}' } }],
  },
  { role: "tool", tool_call_id: "call_1", content: "Sunny." },
];

const models = ["vertex/gemini-2.5-flash", "vertex/claude-sonnet-4-5@20250929", "vertex/qwen/qwen3.5-27b-maas"];

describe.each(models)("%s", (model) => {
  test.each([
    ["chat", "/v1/chat/completions", { messages: history, tools }],
    ["a streamed chat", "/v1/chat/completions", { messages: history, tools, stream: true }],
    ["messages", "/v1/messages", { max_tokens: 50, messages: [{ role: "user", content: "Hi" }] }],
    [
      "streamed messages",
      "/v1/messages",
      { max_tokens: 50, messages: [{ role: "user", content: "Hi" }], stream: true },
    ],
    ["a response", "/v1/responses", { input: "Hi" }],
  ])("answers %s with one token for all", async (_name, path, body) => {
    await using cloud = await openCloud();
    for (const _turn of [1, 2]) {
      const response = await cloud.ask(path, { model, ...body });
      expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/\S/u)]);
    }
    expect(cloud.endpoint.asked).toHaveLength(1);
    const [entry] = cloud.stage.simulator.log();
    expect(entry?.path).toMatch(/^\/v1\/projects\/my-project\/locations\/europe-west4\//u);
  });
});

test("Claude's own client and Gemini's own client pass through", async () => {
  await using cloud = await openCloud();
  const claude = await cloud.ask("/v1/messages/count_tokens", {
    model: "vertex/claude-sonnet-4-5@20250929",
    messages: [{ role: "user", content: "Hi" }],
  });
  expect(await claude.json()).toEqual({ input_tokens: expect.any(Number) as number });
  const gemini = await cloud.ask("/v1beta/models/vertex%2Fgemini-2.5-flash:generateContent", {
    contents: [
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ functionCall: { id: "1", name: "look_up", args: {} } }] },
      { role: "user", parts: [{ functionResponse: { id: "1", name: "look_up", response: { a: 1 } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: "look_up", parameters: { type: "OBJECT", properties: {} } }] }],
  });
  expect([gemini.status, await gemini.text()]).toEqual([200, expect.stringContaining("candidates")]);
});

test.each([
  [{ status: 401, body: { error: "invalid_grant", error_description: "The subject token is expired." } }, "bad_key"],
  [{ status: 503, body: "down" }, "unreachable"],
])("a token endpoint that says %j leads on, and nothing secret is told", async (answer, verdict) => {
  await using cloud = await openCloud(answer);
  const response = await cloud.ask("/v1/chat/completions", { model: "assistant", messages: history.slice(0, 1) });
  expect(response.status).toBe(200);
  expect(attemptsOf(response.headers)[0]).toContain(`vertex/gemini-2.5-flash:${verdict}`);
  const alone = await cloud.ask("/v1/chat/completions", { model: models[0], messages: history.slice(0, 1) });
  const text = await alone.text();
  expect(alone.ok).toBe(false);
  expect(text).not.toContain("the-subject-token");
  if (verdict === "bad_key") expect(text).toContain("The subject token is expired.");
});
