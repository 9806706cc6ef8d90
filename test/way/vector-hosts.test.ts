// Hosts of rerankers and embeddings whose requests or answers differ from what their client knows: the paths and bodies that
// reach them, and what the client reads.
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { type FakeAnswer, type FakeVendor, openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly vendor: FakeVendor;
}

/** A provider of that name at a vendor that gives this answer. `base`: the end of its base URL. */
async function openScene(name: string, answer: FakeAnswer["body"], base = "/v1"): Promise<Scene> {
  const vendor = await openFakeVendor(() => ({ body: answer }));
  const baseUrl = vendor.baseUrl.replace(/\/v1$/u, base);
  const stage = await openStage({ config: { providers: { [name]: { base_url: baseUrl, api_key: "key" } } } });
  return {
    stage,
    vendor,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

async function post(
  { stage }: Scene,
  path: string,
  body: object,
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: JsonObject }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(stage.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject };
}

const documents = ["a", "b", "c"];
const ranked = [
  { index: 2, score: 0.9 },
  { index: 0, score: 0.5 },
  { index: 1, score: 0.1 },
];

describe("Text Embeddings Inference", () => {
  test("ranks texts in its own form, beside the version, and the gateway cuts the list", async () => {
    await using scene = await openScene("tei", JSON.stringify(ranked), "");
    const asked = { model: "tei/bge-reranker", query: "q", documents, top_n: 2, return_documents: true };
    const { body } = await post(scene, "/v1/rerank", asked);
    expect(body["results"]).toEqual([
      { index: 2, relevance_score: 0.9, document: { text: "c" } },
      { index: 0, relevance_score: 0.5, document: { text: "a" } },
    ]);
    expect(scene.vendor.asked.map(({ path, body: sent }): unknown => [path, JSON.parse(sent)])).toEqual([
      ["/rerank", { model: "bge-reranker", query: "q", texts: documents }],
    ]);
  });

  test("embeds below the version, 32 texts at most", async () => {
    const data = [{ object: "embedding", index: 0, embedding: [1] }];
    await using scene = await openScene("tei", { object: "list", data, model: "bge-m3" }, "");
    expect((await post(scene, "/v1/embeddings", { model: "tei/bge-m3", input: ["a"] })).status).toBe(200);
    const input = Array.from({ length: 33 }, () => "a");
    const { status, body } = await post(scene, "/v1/embeddings", { model: "tei/bge-m3", input });
    expect([status, body]).toEqual([400, { ...body, error: expect.objectContaining({ param: "input" }) }]);
    expect(scene.vendor.asked.map(({ path }) => path)).toEqual(["/v1/embeddings"]);
  });
});

describe("an answer that is not what the client reads", () => {
  test("a list of another name", async () => {
    const data = ranked.map(({ index, score }) => ({ index, relevance_score: score, document: documents[index] }));
    await using scene = await openScene("fireworks", { object: "list", model: "r", data, usage: { total_tokens: 9 } });
    const { body } = await post(scene, "/v1/rerank", { model: "fireworks/r", query: "q", documents, top_n: 3 });
    expect(body).toMatchObject({
      results: [{ index: 2, document: { text: "c" } }, { index: 0 }, { index: 1 }],
      usage: { total_tokens: 9 },
    });
    expect(body).not.toHaveProperty("data");
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ inputTokens: 9, verdict: "ok" });
  });

  test("an order that is none", async () => {
    const results = ranked.toReversed().map(({ index, score }) => ({ index, relevance_score: score }));
    await using scene = await openScene("llamacpp", { model: "r", object: "list", results });
    const { body } = await post(scene, "/v1/rerank", { model: "llamacpp/r", query: "q", documents, top_n: 3 });
    expect((body["results"] as JsonObject[]).map(({ index }) => index)).toEqual([2, 0, 1]);
  });

  test("numbers in place of base64, from a host that ignores the wanted form", async () => {
    const data = [{ object: "embedding", index: 0, embedding: [0.5, -0.25] }];
    await using scene = await openScene("ollama", { object: "list", data, model: "bge-m3" });
    const asked = { model: "ollama/bge-m3", input: "a", encoding_format: "base64" };
    const { body } = await post(scene, "/v1/embeddings", asked);
    expect(body["data"]).toEqual([{ object: "embedding", index: 0, embedding: "AAAAPwAAgL4=" }]);
    expect(JSON.parse(scene.vendor.asked[0]?.body ?? "")).toEqual({ ...asked, model: "bge-m3" });
  });

  test("a list of texts that names no document is a failure", async () => {
    await using scene = await openScene("vllm", { results: [{ index: 7, relevance_score: 1 }] });
    const { status, body } = await post(scene, "/v1/rerank", { model: "vllm/r", query: "q", documents });
    expect([status, body]).toEqual([502, { ...body, error: expect.objectContaining({ code: "malformed" }) }]);
  });
});

test("the same model at two hosts takes turns, whatever the client calls its members", async () => {
  const data = [{ object: "embedding", index: 0, embedding: [1, 0] }];
  await using good = await openFakeVendor(() => ({ body: { object: "list", data, model: "bge-m3" } }));
  await using stage = await openStage({
    config: {
      providers: {
        tei: { base_url: "http://127.0.0.1:1", api_key: "key" },
        vllm: { base_url: good.baseUrl, api_key: "key" },
      },
      routes: { index: { fallback: ["tei/bge-m3", "vllm/bge-m3"], retry: { attempts: 0 } } },
    },
  });
  const response = await fetch(`${stage.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "index", input: "a", output_dimension: 2 }),
  });
  expect(attemptsOf(response.headers).map((one) => one.split(":")[0])).toEqual(["tei/bge-m3", "vllm/bge-m3"]);
  expect(JSON.parse(good.asked[0]?.body ?? "")).toEqual({ model: "bge-m3", input: ["a"], dimensions: 2 });
});
