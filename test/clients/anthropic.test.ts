// Anthropic's own SDK against the gateway, whoever answers: Gemini, GPT-4o behind it, or Claude itself. What its users do
// must work unchanged.
import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage, type StageOptions } from "../support/stage.ts";

const fast = {
  timeout: { connect: "1s", first_token: "400ms", idle: "400ms", total: "10s" },
  retry: { attempts: 1, max_wait: "300ms" },
  mid_stream: "error",
} as const;

const routes = {
  assistant: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"], ...fast },
  claude: { fallback: ["anthropic/claude-sonnet-4-5", "openai/gpt-4o"], ...fast },
};

const states = [
  { name: "Gemini answers", model: "assistant", target: "google/gemini-2.5-flash", down: null },
  { name: "GPT-4o stands in for Gemini", model: "assistant", target: "openai/gpt-4o", down: "google" },
  { name: "Claude answers", model: "claude", target: "anthropic/claude-sonnet-4-5", down: null },
  { name: "GPT-4o stands in for Claude", model: "claude", target: "openai/gpt-4o", down: "anthropic" },
] as const;

const weather: Anthropic.Tool = {
  name: "get_weather",
  description: "The weather in a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

function clientOf(stage: Stage, options: ConstructorParameters<typeof Anthropic>[0] = {}): Anthropic {
  return new Anthropic({ apiKey: "unused", baseURL: stage.url, maxRetries: 0, ...options });
}

function open(options: StageOptions = {}): Promise<Stage> {
  return openStage({ config: { routes }, ...options });
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

const callsOf = ({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] =>
  content.filter((block) => block.type === "tool_use");

describe.each(states)("$name", ({ model, target, down }) => {
  async function start(): Promise<{ stage: Stage; client: Anthropic }> {
    const stage = await open();
    if (down !== null) stage.simulator.play(down, { fault: "status", status: 503 });
    return { stage, client: clientOf(stage) };
  }
  const ask = (
    content: string,
  ): Pick<Anthropic.MessageCreateParamsNonStreaming, "model" | "max_tokens" | "messages"> => ({
    model,
    max_tokens: 400,
    messages: [{ role: "user", content }],
  });

  test("a whole answer with usage, ids and a system prompt", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const { data, response } = await client.messages
      .create({ ...ask("Say something kind."), system: "You are brief.", stop_sequences: ["###"] })
      .withResponse();
    expect(data).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn" });
    expect(data.id).toMatch(/^msg_/u);
    expect(textOf(data)).toMatch(/\w/u);
    expect(data.usage.input_tokens).toBeGreaterThan(0);
    expect(data.usage.output_tokens).toBeGreaterThan(0);
    expect(response.headers.get("x-understudy-target")).toBe(target);
    expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id"));
    const served = stage.simulator.log().at(-1);
    expect(JSON.stringify(served?.body)).toContain("You are brief.");
  });

  test("a stream, accumulated by the SDK's own helper", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const deltas: string[] = [];
    const run = client.messages.stream(ask("Tell me about rain.")).on("text", (delta) => deltas.push(delta));
    const final = await run.finalMessage();
    expect(textOf(final)).toBe(deltas.join(""));
    expect(deltas.length).toBeGreaterThan(1);
    expect(final.stop_reason).toBe("end_turn");
    expect(final.id).toMatch(/^msg_/u);
    expect(final.usage.output_tokens).toBeGreaterThan(0);
  });

  test.each([false, true])("tools over several turns (streamed: %s)", async (streamed) => {
    const { stage, client } = await start();
    await using _ = stage;
    const run = (messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> => {
      const body = { model, max_tokens: 400, tools: [weather], messages };
      return streamed ? client.messages.stream(body).finalMessage() : client.messages.create(body);
    };
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "What is the weather in Paris?" }];
    const first = await run(messages);
    expect(first.stop_reason).toBe("tool_use");
    const [call] = callsOf(first);
    expect(call).toMatchObject({ name: "get_weather", input: { city: expect.any(String) as string } });
    const result = {
      type: "tool_result" as const,
      tool_use_id: call?.id ?? "",
      content: '{"sky":"clear","degrees":21}',
    };
    messages.push({ role: "assistant", content: first.content }, { role: "user", content: [result] });
    const second = await run(messages);
    expect(second.stop_reason).toBe("end_turn");
    expect(textOf(second)).toMatch(/clear|21/u);
    messages.push(
      { role: "assistant", content: second.content },
      { role: "user", content: "And what is the weather in Rome?" },
    );
    expect((await run(messages)).stop_reason).toBe("tool_use");
  });

  test("parallel calls in a stream keep their ids and arguments apart", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const body = { ...ask("The weather in Paris and the weather in Rome"), tools: [weather] };
    const final = await client.messages.stream({ ...body, tool_choice: { type: "any" } }).finalMessage();
    const calls = callsOf(final);
    expect(final.stop_reason).toBe("tool_use");
    expect(calls.length).toBe(2);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    for (const { input } of calls) expect(Object.keys(input as object)).toEqual(["city"]);
  });

  test("a picture", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const image = {
      type: "image" as const,
      source: { type: "base64" as const, media_type: "image/png" as const, data: pixel },
    };
    const messages = [{ role: "user" as const, content: [image, { type: "text" as const, text: "What is this?" }] }];
    expect(textOf(await client.messages.create({ ...ask(""), messages }))).toMatch(/\w/u);
    expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain(pixel);
  });

  test("an answer in a JSON schema", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const schema = {
      type: "object",
      properties: { title: { type: "string" }, minutes: { type: "integer" } },
      required: ["title", "minutes"],
      additionalProperties: false,
    };
    const answer = await client.messages.create({
      ...ask("A recipe as JSON"),
      output_config: { format: { type: "json_schema", schema } },
    });
    expect(JSON.parse(textOf(answer))).toEqual({
      title: expect.any(String) as string,
      minutes: expect.any(Number) as number,
    });
  });

  test("counting tokens", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const { max_tokens: _most, ...body } = ask("How many tokens are these words?");
    const { data, response } = await client.messages.countTokens({ ...body, tools: [weather] }).withResponse();
    expect(data.input_tokens).toBeGreaterThan(5);
    const native = model === "claude" && down === null;
    expect(response.headers.get("x-understudy-estimated")).toBe(native ? null : "true");
    const asked = stage.simulator.log().filter(({ path }) => path.endsWith("/count_tokens"));
    expect(asked.length).toBe(model === "claude" ? 1 : 0);
    if (native) expect(asked[0]?.model).toBe("claude-sonnet-4-5");
  });
});

describe("to Claude", () => {
  test("every byte but the model's name goes as it came, with version and betas, and comes back so", async () => {
    await using stage = await open();
    const body =
      '{ "max_tokens":6.4e1,"model":"claude",  "service_tier" : "auto", "messages":[{"role":"user","content":"Hi"}], "metadata":{"user_id":"u"} }';
    const response = await fetch(`${stage.url}/v1/messages?beta=true`, {
      method: "POST",
      headers: {
        "x-api-key": "mine",
        "anthropic-version": "2026-10-21",
        "anthropic-beta": "one-2025-01-01,two-2026-02-02",
      },
      body,
    });
    expect(response.status).toBe(200);
    const [entry] = stage.simulator.log();
    expect(entry?.headers).toMatchObject({
      "anthropic-version": "2026-10-21",
      "anthropic-beta": "one-2025-01-01,two-2026-02-02",
    });
    expect(entry?.headers["content-length"]).toBe(String(body.replace("claude", "claude-sonnet-4-5").length));
    expect(entry?.body).toEqual({ ...(JSON.parse(body) as object), model: "claude-sonnet-4-5" });
    expect(entry?.keys).toEqual({ "x-api-key": "anthropic-key" });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer["model"]).toMatch(/^claude-sonnet-4-5/u);
  });

  test("betas and version stay away from other vendors", async () => {
    await using stage = await open();
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    const client = clientOf(stage, { defaultHeaders: { "anthropic-beta": "one-2025-01-01" } });
    await client.messages.create({ model: "claude", max_tokens: 64, messages: [{ role: "user", content: "Hi" }] });
    const served = stage.simulator.log().at(-1);
    expect(served?.vendor).toBe("openai");
    expect(Object.keys(served?.headers ?? {}).filter((name) => name.startsWith("anthropic"))).toEqual([]);
  });
});

test("in process, without a socket", async () => {
  await using stage = await open();
  const client = clientOf(stage, { baseURL: "http://gateway", fetch: stage.gateway.fetch });
  const hello = { model: "assistant", max_tokens: 64, messages: [{ role: "user" as const, content: "Hi" }] };
  expect(textOf(await client.messages.create(hello))).toMatch(/\w/u);
  expect(textOf(await client.messages.stream(hello).finalMessage())).toMatch(/\w/u);
});

describe("keys", () => {
  const guarded: StageOptions = { config: { routes, server: { keys: ["gateway-key-1234567890"] } } };
  const hello = { model: "assistant", max_tokens: 64, messages: [{ role: "user" as const, content: "Hi" }] };

  test.each([
    ["x-api-key", { apiKey: "gateway-key-1234567890" }],
    ["Bearer", { apiKey: null, authToken: "gateway-key-1234567890" }],
  ])("the gateway's own as %s", async (_name, options) => {
    await using stage = await open(guarded);
    expect(textOf(await clientOf(stage, options).messages.create(hello))).toMatch(/\w/u);
  });

  test("a wrong one", async () => {
    await using stage = await open(guarded);
    const wrong = clientOf(stage, { apiKey: "another" }).messages.create(hello);
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(wrong).rejects.toMatchObject({ type: "authentication_error" });
  });
});

describe.each(["2026-10-21", "2023-06-01"])("anthropic-version: %s", (version) => {
  const hello = { max_tokens: 64, messages: [{ role: "user" as const, content: "Hi" }] };
  const defaultHeaders = { "anthropic-version": version };

  test.each([
    ["x-api-key", { apiKey: "gateway-key-1234567890" }],
    ["Bearer", { apiKey: null, authToken: "gateway-key-1234567890" }],
  ])("goes to Claude as it came, behind the gateway's own key (%s)", async (_name, key) => {
    await using stage = await open({ config: { routes, server: { keys: ["gateway-key-1234567890"] } } });
    const client = clientOf(stage, { ...key, defaultHeaders });
    expect(textOf(await client.messages.create({ model: "claude", ...hello }))).toMatch(/\w/u);
    const [served] = stage.simulator.log();
    expect(served?.headers["anthropic-version"]).toBe(version);
    expect(served?.keys).toEqual({ "x-api-key": "anthropic-key" });
  });

  test.each([false, true])("is nothing to others (streamed: %s)", async (streamed) => {
    await using stage = await open();
    const client = clientOf(stage, { defaultHeaders });
    const asked = { model: "assistant", temperature: 0.5, ...hello };
    const { messages } = client;
    const answer = await (streamed ? messages.stream(asked).finalMessage() : messages.create(asked));
    expect([answer.type, answer.stop_reason]).toEqual(["message", "end_turn"]);
    const [served] = stage.simulator.log();
    expect(served?.vendor).toBe("google");
    expect(Object.keys(served?.headers ?? {})).not.toContain("anthropic-version");
    expect(served?.body).toMatchObject({ generationConfig: { temperature: 0.5 } });
  });
});

describe("what goes wrong", () => {
  const hello = { max_tokens: 64, messages: [{ role: "user" as const, content: "Tell me a story." }] };

  test("is the SDK's own error, with the attempts", async () => {
    await using stage = await open();
    const client = clientOf(stage);
    const wrong = client.messages.create({ model: "asistant", ...hello });
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    await expect(wrong).rejects.toMatchObject({ apiMessage: expect.stringContaining('"assistant"') as string });
    stage.simulator.play("google", { fault: "status", status: 503 });
    stage.simulator.play("openai", { fault: "status", status: 429, retryAfter: 7 });
    const failed = client.messages.create({ model: "assistant", ...hello });
    await expect(failed).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    const error = (await failed.catch((thrown: unknown) => thrown)) as InstanceType<typeof Anthropic.APIError>;
    expect(error.type).toBe("rate_limit_error");
    expect(error.error).toMatchObject({ type: "error", error: { code: "rate_limited" }, request_id: error.requestID });
    expect(error.headers?.get("retry-after")).toBe("7");
    expect(attemptsOf(error.headers ?? new Headers()).at(-1)).toMatch(/^openai\/gpt-4o:rate_limited:429/u);
  });

  test("a request that nobody can answer is not tried again by the SDK", async () => {
    await using stage = await open();
    const client = clientOf(stage, { maxRetries: 2 });
    const wrong = client.messages.create({
      model: "assistant",
      max_tokens: 64,
      messages: [{ role: "judge" } as never],
    });
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    await expect(wrong).rejects.toMatchObject({ message: expect.stringContaining("messages[0].role") as string });
    const error = (await wrong.catch((thrown: unknown) => thrown)) as InstanceType<typeof Anthropic.APIError>;
    expect(error.headers?.get("x-should-retry")).toBe("false");
  });

  test.each([
    ["GET", "/v1/messages", 405],
    ["POST", "/v1/messages/batches", 400],
    ["PUT", "/v1/messages/count_tokens", 405],
  ])("%s %s: %i in this protocol's words", async (method, path, status) => {
    await using stage = await open();
    const response = await fetch(stage.url + path, { method });
    expect(response.status).toBe(status);
    const id = response.headers.get("request-id");
    expect(id).toMatch(/^req_/u);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: expect.stringMatching(/_error$/u) as string },
      request_id: id,
    });
  });

  test("a body beyond the limit", async () => {
    await using stage = await open({ config: { routes, server: { max_body: "1KiB" } } });
    const long = clientOf(stage).messages.create({
      model: "assistant",
      max_tokens: 64,
      messages: [{ role: "user", content: "x".repeat(4000) }],
    });
    await expect(long).rejects.toMatchObject({ status: 413, type: "request_too_large" });
  });

  test.each([
    ["translated", "assistant", "google"],
    ["Claude's own", "claude", "anthropic"],
  ] as const)(
    "a stream that dies after its first content (%s) raises once, and never ends well",
    async (_name, model, vendor) => {
      await using stage = await open();
      stage.simulator.play(vendor, { fault: "fin-without-terminator", afterTokens: 4 });
      const stream = await clientOf(stage).messages.create({ model, ...hello, stream: true });
      let text = "";
      const endings: string[] = [];
      const read = async (): Promise<void> => {
        for await (const event of stream) {
          if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
          if (event.type === "message_delta" || event.type === "message_stop") endings.push(event.type);
        }
      };
      const death = read();
      await expect(death).rejects.toBeInstanceOf(Anthropic.APIError);
      await expect(death).rejects.toMatchObject({ error: { type: "error", error: { code: "cut" } } });
      expect(text).toMatch(/\w/u);
      expect(endings).toEqual([]);
    },
  );

  test("a caller that leaves cancels the vendor's work", async () => {
    await using stage = await open();
    stage.simulator.setPace("google", { firstTokenMs: 0, tokensPerSecond: 20 });
    const run = clientOf(stage).messages.stream({ model: "assistant", ...hello });
    await new Promise<void>((resolve) => run.once("text", () => resolve()));
    run.abort();
    await expect(run.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await stage.simulator.waitFor(({ events }) => events.some(({ what }) => what === "client-closed"), 1000);
  });
});
