// Google's own SDK against the gateway, whoever answers: Gemini itself, GPT-4o behind it, or Claude. What its users do
// must work unchanged.
import {
  ApiError,
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
  Type,
} from "@google/genai";
import { describe, expect, test } from "vitest";
import { readAsFarAsItComes } from "../support/broken-body.ts";
import { openStage, type Stage, type StageOptions } from "../support/stage.ts";

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

const weather = {
  name: "get_weather",
  description: "The weather in a city",
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ["city"] },
};
const tools = [{ functionDeclarations: [weather] }];
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

function clientOf(stage: Stage, apiVersion = "v1beta"): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: stage.url, apiVersion } });
}

function open(options: StageOptions = {}): Promise<Stage> {
  return openStage({ config: { routes }, ...options });
}

/** What the SDK's own accessors give, read without their warnings about other parts. */
const partsOf = (answer: GenerateContentResponse): Part[] => answer.candidates?.[0]?.content?.parts ?? [];
const textOf = (answer: GenerateContentResponse): string =>
  partsOf(answer)
    .map(({ text, thought }) => (thought ? "" : (text ?? "")))
    .join("");

async function collect(
  stream: AsyncIterable<GenerateContentResponse>,
): Promise<{ chunks: GenerateContentResponse[]; content: Content; finish: string[] }> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const finish = chunks.flatMap(({ candidates }) => candidates?.[0]?.finishReason ?? []);
  return { chunks, content: { role: "model", parts: chunks.flatMap(partsOf) }, finish };
}

describe.each(states)("$name", ({ model, target, down }) => {
  async function start(): Promise<{ stage: Stage; client: GoogleGenAI }> {
    const stage = await open();
    if (down !== null) stage.simulator.play(down, { fault: "status", status: 503 });
    return { stage, client: clientOf(stage) };
  }

  test("a whole answer with usage, an id and a system prompt", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const answer = await client.models.generateContent({
      model,
      contents: "Say something kind.",
      config: { systemInstruction: "You are brief.", temperature: 0.5, maxOutputTokens: 400, stopSequences: ["###"] },
    });
    expect(textOf(answer)).toMatch(/\w/u);
    expect(answer.candidates?.[0]?.finishReason).toBe("STOP");
    expect(answer.usageMetadata?.promptTokenCount).toBeGreaterThan(0);
    expect(answer.usageMetadata?.candidatesTokenCount).toBeGreaterThan(0);
    expect(answer.responseId).toMatch(/\w/u);
    expect(answer.sdkHttpResponse?.headers?.["x-understudy-target"]).toBe(target);
    expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain("You are brief.");
  });

  test("a stream", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const stream = await client.models.generateContentStream({ model, contents: "Tell me about rain." });
    const { chunks, finish } = await collect(stream);
    expect(chunks.map(textOf).join("")).toMatch(/\w{3}/u);
    expect(chunks.length).toBeGreaterThan(1);
    expect(finish).toEqual(["STOP"]);
    expect(chunks.at(-1)?.usageMetadata?.candidatesTokenCount).toBeGreaterThan(0);
    expect(chunks[0]?.sdkHttpResponse?.headers?.["x-understudy-target"]).toBe(target);
  });

  test.each([false, true])("tools over several turns (streamed: %s)", async (streamed) => {
    const { stage, client } = await start();
    await using _ = stage;
    const run = async (contents: Content[]): Promise<Content> => {
      const request = { model, contents, config: { tools } };
      if (streamed) return (await collect(await client.models.generateContentStream(request))).content;
      return (await client.models.generateContent(request)).candidates?.[0]?.content ?? {};
    };
    const contents: Content[] = [{ role: "user", parts: [{ text: "What is the weather in Paris?" }] }];
    const first = await run(contents);
    const call = first.parts?.find(({ functionCall }) => functionCall !== undefined)?.functionCall;
    expect(call).toMatchObject({ name: "get_weather", args: { city: expect.any(String) as string } });
    const response = {
      ...(call?.id === undefined ? {} : { id: call.id }),
      name: "get_weather",
      response: { sky: "clear", degrees: 21 },
    };
    contents.push(first, { role: "user", parts: [{ functionResponse: response }] });
    const second = await run(contents);
    expect((second.parts ?? []).map(({ text }) => text ?? "").join("")).toMatch(/clear|21/u);
    contents.push(second, { role: "user", parts: [{ text: "And what is the weather in Rome?" }] });
    expect((await run(contents)).parts?.some(({ functionCall }) => functionCall !== undefined)).toBe(true);
  });

  test("parallel calls in a stream come whole, and apart", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const stream = await client.models.generateContentStream({
      model,
      contents: "The weather in Paris and the weather in Rome",
      config: { tools, toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } } },
    });
    const { content } = await collect(stream);
    const calls = (content.parts ?? []).flatMap(({ functionCall }) => functionCall ?? []);
    expect(calls.length).toBe(2);
    for (const { name, args } of calls) {
      expect(name).toBe("get_weather");
      expect(Object.keys(args ?? {})).toEqual(["city"]);
    }
  });

  test("the SDK's own chat keeps its history", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const chat = client.chats.create({ model });
    expect(textOf(await chat.sendMessage({ message: "Hello there." }))).toMatch(/\w/u);
    for await (const chunk of await chat.sendMessageStream({ message: "And now?" })) expect(chunk).toBeDefined();
    expect(chat.getHistory().length).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain("Hello there.");
  });

  test("a picture", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const parts = [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: pixel } }];
    const answer = await client.models.generateContent({ model, contents: [{ role: "user", parts }] });
    expect(textOf(answer)).toMatch(/\w/u);
    expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain(pixel);
  });

  test.each([
    [
      "the vendor's schema",
      {
        responseSchema: {
          type: Type.OBJECT,
          properties: { title: { type: Type.STRING }, minutes: { type: Type.INTEGER } },
          required: ["title", "minutes"],
        },
      },
    ],
    [
      "JSON Schema",
      {
        responseJsonSchema: {
          type: "object",
          properties: { title: { type: "string" }, minutes: { type: "integer" } },
          required: ["title", "minutes"],
        },
      },
    ],
  ])("an answer in %s", async (_name, schema) => {
    const { stage, client } = await start();
    await using _ = stage;
    const config = { responseMimeType: "application/json", ...schema };
    const answer = await client.models.generateContent({ model, contents: "A recipe as JSON", config });
    expect(JSON.parse(textOf(answer))).toEqual({
      title: expect.any(String) as string,
      minutes: expect.any(Number) as number,
    });
  });

  test("counting tokens", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const answer = await client.models.countTokens({ model, contents: "How many tokens are these words?" });
    expect(answer.totalTokens).toBeGreaterThan(3);
    const native = model === "assistant" && down === null;
    expect(answer.sdkHttpResponse?.headers?.["x-understudy-estimated"]).toBe(native ? undefined : "true");
  });
});

describe("to Gemini", () => {
  test("every byte goes as it came, and comes back so", async () => {
    await using stage = await open();
    const body =
      '{ "contents":[{"role":"user","parts":[{"text":"Hi"}]}],  "generationConfig":{"temperature":1.50},"labels":{"team":"a"} }';
    const response = await fetch(`${stage.url}/v1beta/models/google/gemini-2.5-flash:generateContent?key=mine`, {
      method: "POST",
      body,
    });
    expect(response.status).toBe(200);
    const [entry] = stage.simulator.log();
    expect(entry?.path).toBe("/v1beta/models/gemini-2.5-flash:generateContent");
    expect(entry?.headers["content-length"]).toBe(String(body.length));
    expect(entry?.body).toEqual(JSON.parse(body));
    expect(entry?.keys).toEqual({ "x-goog-api-key": "google-key" });
    // As the vendor prints it.
    expect(await response.text()).toContain('{\n  "candidates": [');
  });

  test("a body that names its model too is made to name the target's", async () => {
    await using stage = await open();
    const body = JSON.stringify({ model: "models/assistant", contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
    await fetch(`${stage.url}/v1beta/models/assistant:generateContent`, { method: "POST", body });
    expect(stage.simulator.log()[0]?.body).toMatchObject({ model: "models/gemini-2.5-flash" });
  });

  test("a count inside which a request names its model", async () => {
    await using stage = await open();
    const generateContentRequest = {
      model: "models/assistant",
      contents: [{ role: "user", parts: [{ text: "Hi there" }] }],
    };
    const response = await fetch(`${stage.url}/v1beta/models/assistant:countTokens`, {
      method: "POST",
      body: JSON.stringify({ generateContentRequest }),
    });
    expect(await response.json()).toMatchObject({ totalTokens: expect.any(Number) as number });
    expect(response.headers.get("x-understudy-target")).toBe("google/gemini-2.5-flash");
    expect(stage.simulator.log()[0]?.body).toMatchObject({
      generateContentRequest: { model: "models/gemini-2.5-flash" },
    });
  });
});

describe("without alt=sse", () => {
  const body = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Tell me about rain." }] }] });
  const stream = (stage: Stage, model: string): Promise<Response> =>
    fetch(`${stage.url}/v1beta/models/${model}:streamGenerateContent`, { method: "POST", body });

  test.each(["assistant", "claude"])("a stream is one JSON array (%s)", async (model) => {
    await using stage = await open();
    const response = await stream(stage, model);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/u);
    const slices = (await response.json()) as GenerateContentResponse[];
    expect(slices.length).toBeGreaterThan(1);
    expect(slices.map(textOf).join("")).toMatch(/\w{3}/u);
    expect(slices.at(-1)?.candidates?.[0]?.finishReason).toBe("STOP");
  });

  test("its elements come one by one", async () => {
    await using stage = await open();
    stage.simulator.setPace("google", { firstTokenMs: 0, tokensPerSecond: 20 });
    const reader = (await stream(stage, "assistant")).body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^\[\{/u);
    expect(stage.simulator.log()[0]?.events.map(({ what }) => what)).not.toContain("finished");
    await reader?.cancel();
  });

  test("a break is its last element", async () => {
    await using stage = await open();
    stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 4 });
    const { text, broke } = await readAsFarAsItComes(await stream(stage, "assistant"));
    expect(broke).toBe(true);
    const slices = JSON.parse(`${text}]`) as {
      error?: { code: number; details: unknown };
      candidates?: unknown;
    }[];
    expect(slices[0]?.candidates).toBeDefined();
    expect(slices.at(-1)?.error).toMatchObject({ code: 502, details: [{ reason: "CUT" }] });
    expect(slices.some((slice) => JSON.stringify(slice).includes("finishReason"))).toBe(false);
  });
});

test("in process, without a socket", async () => {
  await using stage = await open();
  const httpOptions = { baseUrl: "http://gateway", fetch: stage.gateway.fetch };
  const client = new GoogleGenAI({ apiKey: "unused", httpOptions });
  const hello = { model: "assistant", contents: "Hi" };
  expect(textOf(await client.models.generateContent(hello))).toMatch(/\w/u);
  expect((await collect(await client.models.generateContentStream(hello))).finish).toEqual(["STOP"]);
});

describe("keys and versions", () => {
  const guarded: StageOptions = { config: { routes, server: { keys: ["gateway-key-1234567890"] } } };
  const body = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] });

  test.each([
    ["in the header", "", { "x-goog-api-key": "gateway-key-1234567890" }],
    ["in the query", "?key=gateway-key-1234567890", {}],
    ["as a bearer's", "", { authorization: "Bearer gateway-key-1234567890" }],
  ])("the gateway's own %s reaches no vendor and no record", async (_name, query, headers) => {
    await using stage = await open(guarded);
    const url = `${stage.url}/v1beta/models/assistant:generateContent${query}`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(200);
    expect(JSON.stringify(stage.simulator.log())).not.toContain("gateway-key");
    expect(JSON.stringify(stage.gateway.attempts())).not.toContain("gateway-key");
  });

  test("a wrong one", async () => {
    await using stage = await open(guarded);
    const response = await fetch(`${stage.url}/v1beta/models/assistant:generateContent?key=wrong-one`, {
      method: "POST",
      body,
    });
    expect(response.status).toBe(401);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 401, status: "UNAUTHENTICATED" } });
    expect(text).not.toContain("wrong-one");
  });

  test.each(["v1", "v1alpha", "v1beta"])("the SDK at %s", async (version) => {
    await using stage = await open();
    const answer = await clientOf(stage, version).models.generateContent({
      model: "google/gemini-2.5-flash",
      contents: "Hi",
    });
    expect(textOf(answer)).toMatch(/\w/u);
  });
});

describe("what goes wrong", () => {
  test("is the SDK's own error, with the attempts", async () => {
    await using stage = await open();
    const client = clientOf(stage);
    const wrong = client.models.generateContent({ model: "asistant", contents: "Hi" });
    await expect(wrong).rejects.toBeInstanceOf(ApiError);
    await expect(wrong).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("Did you mean") as string,
    });
    stage.simulator.play("google", { fault: "status", status: 503 });
    stage.simulator.play("openai", { fault: "status", status: 429, retryAfter: 7 });
    const error = (await client.models
      .generateContent({ model: "assistant", contents: "Hi" })
      .catch((thrown: unknown) => thrown)) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect(error.status).toBe(429);
    expect(JSON.parse(error.message)).toMatchObject({
      error: { code: 429, status: "RESOURCE_EXHAUSTED", details: [{ reason: "RATE_LIMITED" }, { retryDelay: "7s" }] },
      attempts: [
        { target: "google/gemini-2.5-flash" },
        { target: "google/gemini-2.5-flash" },
        { target: "openai/gpt-4o" },
      ],
    });
  });

  test.each([
    ["GET", "/v1beta/models/assistant:generateContent", 405],
    ["POST", "/v1beta/models/assistant:predict", 400],
    ["POST", "/v1/models/assistant:predict", 404],
    ["POST", "/v1beta/cachedContents", 400],
  ])("%s %s: %i in this protocol's words", async (method, path, status) => {
    await using stage = await open();
    const response = await fetch(stage.url + path, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code: status, status: expect.stringMatching(/^[A-Z_]+$/u) as string },
    });
  });

  test("a body beyond the limit, and one that makes no sense", async () => {
    await using stage = await open({ config: { routes, server: { max_body: "1KiB" } } });
    const client = clientOf(stage);
    const long = client.models.generateContent({ model: "assistant", contents: "x".repeat(4000) });
    await expect(long).rejects.toMatchObject({ status: 413 });
    const response = await fetch(`${stage.url}/v1beta/models/claude:generateContent`, {
      method: "POST",
      body: '{"contents":7}',
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("contents") as string, status: "INVALID_ARGUMENT" },
    });
  });

  test.each([
    ["Gemini's own", "assistant", "google"],
    ["translated", "claude", "anthropic"],
  ] as const)(
    "a stream that dies after its first content (%s) raises once, and never ends well",
    async (_name, model, vendor) => {
      await using stage = await open();
      stage.simulator.play(vendor, { fault: "fin-without-terminator", afterTokens: 4 });
      const stream = await clientOf(stage).models.generateContentStream({ model, contents: "Tell me a story." });
      const seen: GenerateContentResponse[] = [];
      const read = async (): Promise<void> => {
        for await (const chunk of stream) seen.push(chunk);
      };
      const death = read();
      await expect(death).rejects.toBeInstanceOf(ApiError);
      await expect(death).rejects.toMatchObject({
        status: 502,
        message: expect.stringContaining("interrupted") as string,
      });
      expect(seen.map(textOf).join("")).toMatch(/\w/u);
      expect(seen.flatMap(({ candidates }) => candidates?.[0]?.finishReason ?? [])).toEqual([]);
    },
  );

  test("a caller that leaves cancels the vendor's work", async () => {
    await using stage = await open();
    stage.simulator.setPace("google", { firstTokenMs: 0, tokensPerSecond: 20 });
    const abort = new AbortController();
    const stream = await clientOf(stage).models.generateContentStream({
      model: "assistant",
      contents: "Tell me a long story.",
      config: { abortSignal: abort.signal },
    });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) if (textOf(chunk) !== "") abort.abort();
    };
    await expect(read()).rejects.toThrow(/abort/iu);
    await stage.simulator.waitFor(({ events }) => events.some(({ what }) => what === "client-closed"), 1000);
  });
});
