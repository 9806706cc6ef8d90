// Vectors for clients of the Gemini API, through the official SDK (which always sends a batch) and bare: byte for byte to
// vendors of the same protocol, translated for OpenAI, with the primary up and down, against the simulated vendors.
import { GoogleGenAI } from "@google/genai";
import { describe, expect, test } from "vitest";
import { type FakeAnswer, openFakeVendor, overloaded } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const clientOf = ({ url }: Stage): GoogleGenAI =>
  new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } });

const openSimulated = (): Promise<Stage> =>
  openStage({
    config: {
      routes: {
        search: {
          fallback: ["google/gemini-embedding-2", "openai/text-embedding-3-small"],
          retry: { attempts: 0 },
        },
        sideways: { fallback: ["anthropic/claude-sonnet-4-5", "openai/text-embedding-3-small"] },
        short: { target: "google/gemini-embedding-001", params: { dimensions: 3 } },
      },
    },
  });

describe.each([
  ["up", "google/gemini-embedding-2", null],
  ["down", "openai/text-embedding-3-small", "google"],
] as const)("the SDK, the primary %s", (_state, target, down) => {
  async function start(): Promise<{ stage: Stage; client: GoogleGenAI }> {
    const stage = await openSimulated();
    if (down !== null) stage.simulator.play(down, { fault: "status", status: 503 });
    return { stage, client: clientOf(stage) };
  }

  test.each([
    ["one text", ["rain"]],
    ["several", ["rain", "sun", "snow"]],
  ])("%s", async (_what, contents) => {
    const { stage, client } = await start();
    await using _ = stage;
    const answer = await client.models.embedContent({
      model: "search",
      contents,
      config: { outputDimensionality: 256, taskType: "RETRIEVAL_QUERY" },
    });
    expect(answer.embeddings?.map(({ values }) => values?.length)).toEqual(contents.map(() => 256));
    const headers = answer.sdkHttpResponse?.headers;
    expect(headers?.["x-understudy-target"]).toBe(target);
    expect(headers?.["x-understudy-dropped"]).toBe(down === null ? undefined : "taskType");
    const [entry] = stage.gateway.attempts().slice(-1);
    expect(entry).toMatchObject({ route: "search", verdict: "ok", usageFrom: "vendor" });
    expect(entry?.inputTokens).toBeGreaterThan(0);
  });

  test("the same text has the same vector, bare too: one content, one embedding", async () => {
    const { stage, client } = await start();
    await using _ = stage;
    const sdk = await client.models.embedContent({ model: "search", contents: "rain" });
    const response = await fetch(`${stage.url}/v1beta/models/search:embedContent`, {
      method: "POST",
      body: JSON.stringify({ model: "models/search", content: { parts: [{ text: "rain" }] } }),
    });
    const bare = (await response.json()) as { embedding: { values: number[] }; embeddings?: unknown };
    expect(bare.embeddings).toBeUndefined();
    expect(bare.embedding.values).toEqual(sdk.embeddings?.[0]?.values);
  });
});

const values = [0.5, -0.25, 0.125];
const openTo = async (
  google: (path: string, body: string) => FakeAnswer,
  openai: (path: string, body: string) => FakeAnswer = () => overloaded,
) => {
  const vendors = { google: await openFakeVendor(google), openai: await openFakeVendor(openai) };
  const stage = await openStage({
    config: {
      providers: {
        google: { base_url: vendors.google.baseUrl, api_key: "google-key" },
        openai: { base_url: vendors.openai.baseUrl, api_key: "openai-key" },
      },
      routes: {
        search: { fallback: ["google/gemini-embedding-2", "openai/embed-3"], retry: { attempts: 0 } },
        short: {
          fallback: ["google/gemini-embedding-2", "openai/embed-3"],
          params: { dimensions: 3 },
          retry: { attempts: 0 },
        },
      },
    },
  });
  return {
    ...vendors,
    stage,
    post: (route: string, body: string) => fetch(`${stage.url}/v1beta/models/${route}`, { method: "POST", body }),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await vendors.google[Symbol.asyncDispose]();
      await vendors.openai[Symbol.asyncDispose]();
    },
  };
};

describe("bytes", () => {
  const answer = (): FakeAnswer => ({ body: { embedding: { values }, kept: true } });

  test("go on and come back as they are", async () => {
    await using scene = await openTo(answer);
    const body = `{ "content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}, "unknown": 1.0 }`;
    const response = await scene.post("search:embedContent", body);
    expect(await response.json()).toEqual({ embedding: { values }, kept: true });
    expect(scene.google.asked).toMatchObject([{ path: "/v1/models/gemini-embedding-2:embedContent", body }]);
    expect(scene.google.asked[0]?.headers["x-goog-api-key"]).toBe("google-key");
  });

  test("a batch that names the vendor's model goes on as it is, one that names the route is told the model", async () => {
    await using scene = await openTo(() => ({ body: { embeddings: [{ values }] } }));
    const body = `{"requests": [ {"model":"models/gemini-embedding-2","content":{"parts":[{"text":"a"}]}, "more": 1.0} ]}`;
    await scene.post("search:batchEmbedContents", body);
    await scene.post("search:batchEmbedContents", body.replace("gemini-embedding-2", "search"));
    expect(scene.google.asked.map((one) => one.path)).toEqual(
      Array.from({ length: 2 }, () => "/v1/models/gemini-embedding-2:batchEmbedContents"),
    );
    expect(scene.google.asked[0]?.body).toBe(body);
    expect(JSON.parse(scene.google.asked[1]?.body ?? "")).toEqual(JSON.parse(body));
  });

  test("a route's params come in this protocol's words, and in the other's where that answers", async () => {
    await using scene = await openTo(
      () => overloaded,
      () => ({ body: { object: "list", model: "embed-3", data: [{ index: 0, embedding: values }] } }),
    );
    const response = await scene.post("short:embedContent", `{"content":{"parts":[{"text":"a"}]}}`);
    expect(await response.json()).toEqual({ embedding: { values } });
    expect(JSON.parse(scene.google.asked[0]?.body ?? "")).toMatchObject({ outputDimensionality: 3 });
    expect(JSON.parse(scene.openai.asked[0]?.body ?? "")).toEqual({ model: "embed-3", input: ["a"], dimensions: 3 });
  });
});

describe("what cannot be served", () => {
  test("a vendor without embeddings is passed over", async () => {
    await using stage = await openSimulated();
    const answer = await clientOf(stage).models.embedContent({ model: "sideways", contents: "rain" });
    expect(attemptsOf(new Headers(answer.sdkHttpResponse?.headers))).toEqual([
      "anthropic/claude-sonnet-4-5:unsupported:skipped",
      "openai/text-embedding-3-small:ok:200",
    ]);
  });

  test("an image is not for a vendor of texts: the place is named, in this protocol's words", async () => {
    await using scene = await openTo(() => overloaded);
    const response = await scene.post("openai%2Fembed-3:embedContent", `{"content":{"parts":[{"inlineData":{}}]}}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: expect.stringMatching(/content\.parts\[0\]/u) as string,
      },
    });
    expect(scene.openai.asked).toEqual([]);
  });

  test.each(["embedContent", "batchEmbedContents"])("GET on :%s is the wrong method", async (method) => {
    await using stage = await openSimulated();
    const response = await fetch(`${stage.url}/v1beta/models/search:${method}`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});
