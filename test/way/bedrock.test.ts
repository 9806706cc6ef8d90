// Amazon Bedrock over real sockets: Claude by InvokeModel and an open model of OpenAI's, with signatures and with a bearer
// key, as the strict simulator takes them. The signatures are computed again there.
import { describe, expect, test } from "vitest";
import { sessionTokenOf, secretOf } from "../../src/simulator/clouds/aws-keys.ts";
import type { ConfigFile } from "../../src/index.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

type Provider = NonNullable<NonNullable<ConfigFile["providers"]>[string]>;

function pair(id: string): Provider {
  return { credentials: { access_key_id: id, secret_access_key: secretOf(id) } };
}

const nova = "bedrock/us.amazon.nova-2-lite-v1:0";
const usual: Provider = pair("AKIASIMULATED0000001");

async function openCloud(keys: Provider = usual): Promise<Stage> {
  return openStage({
    config: ({ vendors }) => ({
      providers: {
        bedrock: { base_url: vendors.anthropic.baseUrl.replace("/v1", ""), region: "eu-central-1", ...keys },
      },
      routes: {
        assistant: {
          fallback: ["bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "openai/gpt-4o"],
          retry: { attempts: 0 },
        },
        converse: { fallback: [nova, "openai/gpt-4o"], retry: { attempts: 0 } },
        reverse: {
          fallback: ["openai/gpt-4o", "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0"],
          retry: { attempts: 0 },
        },
      },
    }),
  });
}

function ask({ url }: Stage, path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-beta": "context-management-2025-06-27" },
    body: JSON.stringify(body),
  });
}

const image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const tools = [
  {
    type: "function",
    function: { name: "look_up", parameters: { type: "object", properties: { q: { type: "string" } } } },
  },
];
const history = [
  { role: "system", content: "Be short." },
  {
    role: "user",
    content: [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } },
    ],
  },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_1", type: "function", function: { name: "look_up", arguments: '{"q":"Paris"}' } }],
  },
  { role: "tool", tool_call_id: "call_1", content: "Sunny." },
];
const hello = [{ role: "user", content: "Hi" }];

const messagesTools = [{ name: "look_up", input_schema: { type: "object", properties: { q: { type: "string" } } } }];
const messagesHistory = [
  { role: "user", content: "What is the weather in Paris?" },
  { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "look_up", input: { q: "Paris" } }] },
  {
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "toolu_1", content: "Sunny." },
      { type: "text", text: "And Rome?" },
    ],
  },
];
const geminiBody = {
  systemInstruction: { parts: [{ text: "Be short." }] },
  contents: [{ role: "user", parts: [{ text: "Hi" }] }],
  generationConfig: { maxOutputTokens: 60, temperature: 0.5 },
};

function geminiPath(model: string, method: string): string {
  return `/v1beta/models/${encodeURIComponent(model)}:${method}`;
}

const claude = "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const models = [claude, nova, "bedrock/meta.llama3-3-70b-instruct-v1:0", "bedrock/openai.gpt-oss-120b-1:0"];

function pathOf(model: string, isStream: boolean): string {
  if (model.includes("gpt-oss")) return "/openai/v1/chat/completions";
  const id = encodeURIComponent(model.slice("bedrock/".length));
  if (model === claude) return `/model/${id}/${isStream ? "invoke-with-response-stream" : "invoke"}`;
  return `/model/${id}/${isStream ? "converse-stream" : "converse"}`;
}

describe.each(models)("%s", (model) => {
  const seesImages = model === claude || model === nova;
  test.each([
    [
      "chat",
      "/v1/chat/completions",
      { messages: seesImages ? history : [history[0], ...history.slice(2)].with(1, hello[0]!), tools },
    ],
    ["a streamed chat", "/v1/chat/completions", { messages: hello, tools, stream: true }],
    ["messages", "/v1/messages", { max_tokens: 50, messages: hello }],
    ["streamed messages", "/v1/messages", { max_tokens: 50, messages: hello, stream: true }],
    [
      "a system turn and tools by messages",
      "/v1/messages",
      {
        max_tokens: 50,
        system: "Be short.",
        messages: messagesHistory,
        tools: messagesTools,
        tool_choice: { type: "any" },
      },
    ],
    ["a conversation of Gemini's", geminiPath(model, "generateContent"), geminiBody],
    ["a streamed conversation of Gemini's", `${geminiPath(model, "streamGenerateContent")}?alt=sse`, geminiBody],
    [
      "a response with tools",
      "/v1/responses",
      { input: "Hi", tools: [{ type: "function", name: "look_up", parameters: null, strict: null }] },
    ],
    ["a response", "/v1/responses", { input: "Hi", reasoning: { effort: "low" } }],
    ["a streamed response", "/v1/responses", { input: "Hi", stream: true }],
  ])("answers %s", async (name, path, body) => {
    await using stage = await openCloud();
    const response = await ask(stage, path, { model, ...body });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringMatching(/\S/u)]);
    expect(text).not.toContain('"error":{');
    const [entry] = stage.simulator.log();
    const isStream = name.includes("stream");
    expect(entry?.path).toBe(pathOf(model, isStream));
  });
});

test("Claude's own client gets the vendor's events as server-sent events, and its betas are in the body", async () => {
  await using stage = await openCloud();
  const body = { model: claude, max_tokens: 50, messages: hello, stream: true };
  const response = await ask(stage, "/v1/messages", body);
  const text = await response.text();
  expect(text).toMatch(/^event: message_start\ndata: \{"type":"message_start"/u);
  expect(text).toMatch(/event: message_stop\ndata: .*\n\n$/u);
  expect(stage.simulator.log()[0]?.body).toMatchObject({
    anthropic_version: "bedrock-2023-05-31",
    anthropic_beta: ["context-management-2025-06-27"],
  });
  expect(stage.simulator.log()[0]?.body).not.toHaveProperty("stream");
  const count = await ask(stage, "/v1/messages/count_tokens", { model: claude, messages: hello });
  expect([count.status, await count.json()]).toEqual([200, { input_tokens: expect.any(Number) as number }]);
});

test.each<[string, Provider]>([
  ["a bearer key", { api_key: "bedrock-api-key" }],
  [
    "a short-lived pair",
    {
      credentials: {
        access_key_id: "ASIASIMULATED0000001",
        secret_access_key: secretOf("ASIASIMULATED0000001"),
        session_token: sessionTokenOf("ASIASIMULATED0000001"),
      },
    },
  ],
])("%s is taken", async (_name, keys) => {
  await using stage = await openCloud(keys);
  const response = await ask(stage, "/v1/chat/completions", { model: claude, messages: hello });
  expect(response.status).toBe(200);
});

test.each<[string, Provider, string]>([
  [
    "a wrong secret",
    { credentials: { access_key_id: "AKIASIMULATED0000001", secret_access_key: "not-the-secret-at-all" } },
    "bad_key",
  ],
  ["an unknown pair", pair("AKIAREVOKEDbad000001"), "bad_key"],
  ["a revoked bearer key", { api_key: "revoked-bedrock-key" }, "bad_key"],
])("%s leads on, and nothing secret is told", async (_name, keys, verdict) => {
  await using stage = await openCloud(keys);
  const response = await ask(stage, "/v1/chat/completions", { model: "assistant", messages: hello });
  expect(response.status).toBe(200);
  expect(attemptsOf(response.headers)[0]).toContain(`claude-sonnet-4-5-20250929-v1:0:${verdict}`);
  const alone = await ask(stage, "/v1/chat/completions", { model: claude, messages: hello });
  const text = await alone.text();
  expect(alone.ok).toBe(false);
  expect(text).not.toMatch(/not-the-secret|secret-of|revoked-bedrock-key/u);
});

test.each([
  ["status", { fault: "status", status: 429 }, "rate_limited:429"],
  ["status", { fault: "status", status: 503 }, "overloaded:503"],
  ["an exception at the beginning of the stream", { fault: "error-event-first", status: 429 }, "rate_limited"],
  ["a stream that stops", { fault: "clean-end-without-finish", afterTokens: 0 }, "cut"],
  ["a broken frame", { fault: "fin-without-terminator", afterTokens: 0 }, "cut"],
] as const)("%s: %j leads to OpenAI", async (_name, script, verdict) => {
  for (const model of ["assistant", "converse"]) {
    await using stage = await openCloud();
    stage.simulator.play("anthropic", { ...script });
    const response = await ask(stage, "/v1/chat/completions", { model, messages: hello, stream: true });
    expect(await response.text()).toContain("[DONE]");
    expect(attemptsOf(response.headers)[0]).toContain(verdict);
    expect(response.headers.get("x-understudy-target")).toBe("openai/gpt-4o");
  }
});

test.each([
  ["a guardrail", { fault: "policy-block" }, "policy_blocked"],
  ["a broken call", { fault: "finish-reason", reason: "malformed_tool_use" }, "malformed"],
  ["a word that nobody knows", { fault: "finish-reason", reason: "bored" }, "cut"],
] as const)("%s in Converse is %j: %s", async (_name, script, verdict) => {
  await using stage = await openCloud();
  stage.simulator.play("anthropic", { ...script });
  const response = await ask(stage, "/v1/chat/completions", { model: nova, messages: hello });
  await response.text();
  expect(attemptsOf(response.headers)[0]).toContain(verdict);
});

test.each([
  ["assistant", { fault: "clean-end-without-finish", afterTokens: 8 }],
  ["assistant", { fault: "fin-without-terminator", afterTokens: 8 }],
  ["assistant", { fault: "error-event-mid-stream", afterTokens: 8, status: 503 }],
  ["converse", { fault: "clean-end-without-finish", afterTokens: 8 }],
  ["converse", { fault: "fin-without-terminator", afterTokens: 8 }],
  ["converse", { fault: "error-event-mid-stream", afterTokens: 8, status: 503 }],
] as const)("a stream of %s that dies (%j) has one ending", async (model, script) => {
  await using stage = await openCloud();
  stage.simulator.play("anthropic", { ...script });
  for (const path of ["/v1/chat/completions", "/v1/messages"]) {
    const response = await ask(stage, path, { model, max_tokens: 200, messages: hello, stream: true });
    const text = await response.text().catch(() => "event: error");
    const ends = text.match(/\[DONE\]|event: message_stop/gu)?.length ?? 0;
    const errors = text.match(/event: error/gu)?.length ?? 0;
    expect([response.status, Math.min(ends, 1) + Math.min(errors, 1)]).toEqual([200, 1]);
  }
});

const picture = `data:image/png;base64,${image}`;
const inlinePicture = { inlineData: { mimeType: "image/png", data: image } };

test.each([
  [
    "Claude's thinking",
    claude,
    "/v1/messages",
    { max_tokens: 3000, thinking: { type: "enabled", budget_tokens: 1024 }, messages: hello },
    /"thinking"/u,
  ],
  [
    "thinking for Chat Completions",
    claude,
    "/v1/chat/completions",
    { messages: hello, reasoning_effort: "low" },
    /reasoning_content/u,
  ],
  ["Nova's thinking", nova, "/v1/chat/completions", { messages: hello, reasoning_effort: "low" }, /reasoning_content/u],
  [
    "Nova's thinking, streamed",
    nova,
    "/v1/messages",
    { max_tokens: 3000, thinking: { type: "enabled", budget_tokens: 1024 }, messages: hello, stream: true },
    /thinking_delta/u,
  ],
  ...[claude, nova].flatMap((model) => [
    [
      "an image for Responses",
      model,
      "/v1/responses",
      {
        input: [
          {
            role: "user",
            content: [
              { type: "input_text", text: "What?" },
              { type: "input_image", image_url: picture },
            ],
          },
        ],
      },
      /output_text/u,
    ] as const,
    [
      "an image of Gemini's",
      model,
      geminiPath(model, "generateContent"),
      { contents: [{ role: "user", parts: [{ text: "What?" }, inlinePicture] }] },
      /candidates/u,
    ] as const,
    [
      "an image for Messages",
      model,
      "/v1/messages",
      {
        max_tokens: 50,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What?" },
              { type: "image", source: { type: "base64", media_type: "image/png", data: image } },
            ],
          },
        ],
      },
      /"text"/u,
    ] as const,
  ]),
] as const)("%s: %s at %s", async (...[_name, model, path, body, words]) => {
  await using stage = await openCloud();
  const response = await ask(stage, path, { model, ...body });
  expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(words)]);
});

test("a loop with tools in Converse, with reasoning", async () => {
  await using stage = await openCloud();
  const body = { model: nova, messages: hello as object[], tools, tool_choice: "required", reasoning_effort: "low" };
  const first = (await (await ask(stage, "/v1/chat/completions", body)).json()) as {
    choices: { message: { tool_calls: { id: string }[] }; finish_reason: string }[];
  };
  const { message, finish_reason: reason } = first.choices[0]!;
  expect([reason, message.tool_calls.length > 0]).toEqual(["tool_calls", true]);
  const results = message.tool_calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "Sunny." }));
  const second = await ask(stage, "/v1/chat/completions", {
    ...body,
    tool_choice: "auto",
    messages: [...hello, message, ...results],
  });
  expect([second.status, await second.text()]).toEqual([200, expect.stringContaining('"finish_reason"')]);
  expect(stage.simulator.log()[0]?.body).toMatchObject({
    additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } },
    toolConfig: { toolChoice: { any: {} } },
  });
});

test("OpenAI fails, and Claude at Bedrock answers", async () => {
  await using stage = await openCloud();
  stage.simulator.play("openai", { fault: "status", status: 503 });
  const response = await ask(stage, "/v1/chat/completions", { model: "reverse", messages: hello, stream: true });
  expect(await response.text()).toContain("[DONE]");
  expect(response.headers.get("x-understudy-target")).toContain("bedrock/");
});

test("a stream of any slices is the same", async () => {
  await using stage = await openCloud();
  const body = { model: claude, messages: hello, stream: true };
  stage.simulator.play("anthropic", { fault: "split-bytes", every: 3 });
  const response = await ask(stage, "/v1/chat/completions", body);
  expect(await response.text()).toContain("[DONE]");
});

test("a guardrail in the provider's headers goes along with each request", async () => {
  const headers = { "x-amzn-bedrock-guardrailidentifier": "gr-1", "x-amzn-bedrock-guardrailversion": "DRAFT" };
  await using stage = await openCloud({ ...usual, headers });
  const response = await ask(stage, "/v1/chat/completions", { model: claude, messages: hello });
  expect(response.status).toBe(200);
  expect(stage.simulator.log()[0]?.headers).toMatchObject(headers);
});
