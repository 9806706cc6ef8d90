// Embeddings through the official OpenAI SDK, which asks for base64 and reads it: passed on byte for byte to vendors of the
// same protocol, translated for Gemini, refused for those who have none, with the primary up and down.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type FakeAnswer, type FakeVendor, openFakeVendor, overloaded } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

/** Exact in 32 bits. */
const vectors = [
  [0.5, -0.25, 0.125],
  [1, 0, -2.5],
];

function openaiVectors(_path: string, body: string): FakeAnswer {
  const { input, encoding_format: format } = JSON.parse(body) as { input: unknown; encoding_format?: string };
  const asked = vectors.slice(0, Array.isArray(input) ? input.length : 1);
  const data = asked.map((vector, index) => ({
    object: "embedding",
    index,
    embedding: format === "base64" ? Buffer.from(new Float32Array(vector).buffer).toString("base64") : vector,
  }));
  return { body: { object: "list", data, model: "embed-3", usage: { prompt_tokens: 7, total_tokens: 7 }, kept: true } };
}

function geminiVectors(path: string, body: string): FakeAnswer {
  const usageMetadata = { promptTokenCount: 4 };
  if (path.endsWith(":embedContent")) return { body: { embedding: { values: vectors[0] }, usageMetadata } };
  const { requests } = JSON.parse(body) as { requests: unknown[] };
  return { body: { embeddings: vectors.slice(0, requests.length).map((values) => ({ values })), usageMetadata } };
}

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly openai: FakeVendor;
  readonly google: FakeVendor;
  readonly client: OpenAI;
}

async function openScene(
  answers: { openai?: (path: string, body: string) => FakeAnswer; google?: typeof geminiVectors } = {},
): Promise<Scene> {
  const openai = await openFakeVendor(answers.openai ?? openaiVectors);
  const google = await openFakeVendor(answers.google ?? geminiVectors);
  const stage = await openStage({
    config: {
      providers: {
        openai: { base_url: openai.baseUrl, api_key: "openai-key" },
        google: { base_url: google.baseUrl, api_key: "google-key" },
      },
      routes: {
        search: {
          fallback: ["openai/text-embedding-3-small", "google/gemini-embedding-2"],
          retry: { attempts: 0 },
        },
        sideways: { fallback: ["anthropic/claude-sonnet-4-5", "google/gemini-embedding-2"] },
        short: { target: "google/gemini-embedding-2", params: { dimensions: 3 } },
        claude: "anthropic/claude-sonnet-4-5",
      },
    },
  });
  const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
  return {
    stage,
    openai,
    google,
    client,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await openai[Symbol.asyncDispose]();
      await google[Symbol.asyncDispose]();
    },
  };
}

const embeddingsOf = ({ data }: OpenAI.CreateEmbeddingResponse): number[][] => data.map((one) => one.embedding);
const failing = (): FakeAnswer => overloaded;

describe("the primary is up", () => {
  test("the caller's bytes go on, and the vendor's come back", async () => {
    await using scene = await openScene();
    const body = `{ "input": [[8134], [2308]], "model":"search",  "dimensions": 3.0, "unknown": true }`;
    const response = await fetch(`${scene.stage.url}/v1/embeddings`, { method: "POST", body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ kept: true, data: [{ embedding: vectors[0] }, {}] });
    expect(scene.openai.asked).toMatchObject([
      { path: "/v1/embeddings", body: body.replace('"search"', '"text-embedding-3-small"') },
    ]);
    expect(scene.openai.asked[0]?.headers["authorization"]).toBe("Bearer openai-key");
    const attempt = scene.stage.gateway.attempts().at(-1);
    expect(attempt).toMatchObject({ route: "search", verdict: "ok", status: 200, inputTokens: 7, usageFrom: "vendor" });
  });

  test.each([undefined, "float", "base64"] as const)("the SDK reads the vectors, asked for as %s", async (format) => {
    await using scene = await openScene();
    const answer = await scene.client.embeddings.create({
      model: "search",
      input: ["one", "two"],
      ...(format === undefined ? {} : { encoding_format: format }),
    });
    if (format === "base64") expect(answer.data[0]?.embedding).toBe("AAAAPwAAgL4AAAA+");
    else expect(embeddingsOf(answer)).toEqual(vectors);
    expect(answer.usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
  });
});

describe("the primary is down", () => {
  test("Gemini answers one text", async () => {
    await using scene = await openScene({ openai: failing });
    const { data, response } = await scene.client.embeddings
      .create({ model: "search", input: "one", dimensions: 3, user: "someone" })
      .withResponse();
    expect(embeddingsOf(data)).toEqual([vectors[0]]);
    expect(data).toMatchObject({ object: "list", model: "gemini-embedding-2", usage: { prompt_tokens: 4 } });
    expect(attemptsOf(response.headers)).toEqual([
      "openai/text-embedding-3-small:overloaded:503",
      "google/gemini-embedding-2:ok:200",
    ]);
    expect(response.headers.get("x-understudy-dropped")).toBe("user");
    const [asked] = scene.google.asked;
    expect(asked?.path).toBe("/v1/models/gemini-embedding-2:embedContent");
    expect(asked?.headers["x-goog-api-key"]).toBe("google-key");
    expect(JSON.parse(asked?.body ?? "")).toEqual({
      model: "models/gemini-embedding-2",
      content: { parts: [{ text: "one" }] },
      outputDimensionality: 3,
    });
  });

  test.each(["float", "base64"] as const)("Gemini answers several, as %s", async (format) => {
    await using scene = await openScene({ openai: failing });
    const input = ["one", "two"];
    const answer = await scene.client.embeddings.create({ model: "search", input, encoding_format: format });
    if (format === "base64")
      expect(answer.data.map((one) => one.embedding)).toEqual(["AAAAPwAAgL4AAAA+", "AACAPwAAAAAAACDA"]);
    else expect(embeddingsOf(answer)).toEqual(vectors);
    expect(scene.google.asked[0]?.path).toBe("/v1/models/gemini-embedding-2:batchEmbedContents");
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ verdict: "ok", inputTokens: 4 });
  });

  test("usage that the vendor does not give is not made up", async () => {
    await using scene = await openScene({ google: () => ({ body: { embedding: { values: vectors[0] } } }) });
    const response = await fetch(`${scene.stage.url}/v1/embeddings`, {
      method: "POST",
      body: JSON.stringify({ model: "google/gemini-embedding-001", input: "one" }),
    });
    expect(Object.keys((await response.json()) as object)).toEqual(["object", "data", "model"]);
  });

  test("a strict caller would rather have an error than lose a field", async () => {
    await using scene = await openScene({ openai: failing });
    const asked = scene.client.embeddings.create(
      { model: "google/gemini-embedding-2", input: "one", user: "someone" },
      { headers: { "x-understudy-strict": "true" } },
    );
    await expect(asked).rejects.toMatchObject({ status: 400, code: "unsupported", param: "user" });
    expect(scene.google.asked).toEqual([]);
  });

  test("one vector for two texts is no answer", async () => {
    const google = (): FakeAnswer => ({ body: { embeddings: [{ values: [1] }] } });
    await using scene = await openScene({ google });
    const asked = scene.client.embeddings.create({ model: "google/gemini-embedding-2", input: ["one", "two"] });
    await expect(asked).rejects.toMatchObject({ status: 502, code: "malformed" });
  });

  test("a route's params reach the translated request too", async () => {
    await using scene = await openScene({ openai: failing });
    const answer = await scene.client.embeddings.create({ model: "short", input: "one" });
    expect(answer.data).toHaveLength(1);
    expect(JSON.parse(scene.google.asked[0]?.body ?? "{}")).toMatchObject({ outputDimensionality: 3 });
  });
});

describe.each([
  ["up", "openai/text-embedding-3-small", false],
  ["down", "google/gemini-embedding-001", true],
])("against the simulated vendors, the primary %s", (_state, target, down) => {
  test.each(["over HTTP", "in process"])("%s", async (face) => {
    await using stage = await openStage({
      config: {
        routes: {
          search: {
            fallback: ["openai/text-embedding-3-small", "google/gemini-embedding-001"],
            retry: { attempts: 0 },
          },
        },
      },
    });
    if (down) stage.simulator.play("openai", { fault: "status", status: 503 });
    const baseURL = face === "over HTTP" ? `${stage.url}/v1` : "http://gateway.example/v1";
    const inProcess = face === "over HTTP" ? {} : { fetch: stage.gateway.fetch };
    const client = new OpenAI({ apiKey: "unused", baseURL, maxRetries: 0, ...inProcess });
    const { data, response } = await client.embeddings
      .create({ model: "search", input: ["rain", "sun"], dimensions: 256 })
      .withResponse();
    expect(response.headers.get("x-understudy-target")).toBe(target);
    expect(data.model).toBe(target.split("/")[1]);
    expect(data.data.map((one) => [one.index, one.embedding.length])).toEqual([
      [0, 256],
      [1, 256],
    ]);
  });
});

describe("what cannot be served", () => {
  test.each([
    ["tokens", [8134, 2308]],
    ["lists of tokens", [[8134], [2308]]],
    ["more texts than it takes", Array.from({ length: 101 }, () => "text")],
  ])("%s are not for Gemini: the field is named", async (_what, input) => {
    await using scene = await openScene();
    const asked = scene.client.embeddings.create({ model: "google/gemini-embedding-2", input });
    await expect(asked).rejects.toMatchObject({ status: 400, code: "unsupported", param: "input" });
    expect(scene.google.asked).toEqual([]);
  });

  test("a vendor without embeddings is passed over", async () => {
    await using scene = await openScene();
    const { response } = await scene.client.embeddings.create({ model: "sideways", input: "one" }).withResponse();
    expect(attemptsOf(response.headers)).toEqual([
      "anthropic/claude-sonnet-4-5:unsupported:skipped",
      "google/gemini-embedding-2:ok:200",
    ]);
    const alone = scene.client.embeddings.create({ model: "claude", input: "one" });
    await expect(alone).rejects.toMatchObject({ status: 400, code: "unsupported" });
  });

  test.each([
    ["input", {}],
    ["input", { input: [] }],
    ["input[1]", { input: ["one", null] }],
    ["dimensions", { input: "one", dimensions: 0 }],
    ["encoding_format", { input: "one", encoding_format: "hex" }],
  ])("a mistake at %s is the caller's", async (param, asked) => {
    await using scene = await openScene();
    const body = { model: "google/gemini-embedding-2", ...asked } as OpenAI.EmbeddingCreateParams;
    await expect(scene.client.embeddings.create(body)).rejects.toMatchObject({
      status: 400,
      code: "bad_request",
      param,
    });
  });

  test("where nobody answers, the error is as for a conversation", async () => {
    await using scene = await openScene({ openai: failing, google: failing });
    const failure = await scene.client.embeddings
      .create({ model: "search", input: "a" })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.APIError);
    expect(failure).toMatchObject({ status: 503, code: "overloaded" });
  });

  test("only POST is for this path", async () => {
    await using scene = await openScene();
    expect((await fetch(`${scene.stage.url}/v1/embeddings`)).status).toBe(405);
  });
});
