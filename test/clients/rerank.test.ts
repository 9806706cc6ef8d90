// Reranking through the official SDKs of Cohere (both versions) and Voyage, and as Jina's and vLLM's clients write it, with the
// primary up and down: against simulated vendors that refuse what they do not know.
import { CohereClient, CohereClientV2 } from "cohere-ai";
import { expect, describe, test } from "vitest";
import { VoyageAIClient } from "voyageai";
import type { JsonObject } from "../../src/core/json.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const query = "rain in the city";
const documents = ["sunny day at the beach", "a rainy afternoon: rain in the city", "snow in the mountains"];
const best = 1;

/** By the name of the first target. */
const targets: Readonly<Record<string, string>> = {
  cohere: "cohere/rerank-v3.5",
  voyage: "voyage/rerank-2.5",
  jina: "jina/jina-reranker-v3",
  local: "vllm/BAAI/bge-reranker-v2-m3",
};

const names = Object.keys(targets);

/** Its chats are below another path of the same host. */
function cohereAt({ port }: { readonly port: number }): { base_url: string; api_key: string } {
  return { base_url: `http://127.0.0.1:${port}/compatibility/v1`, api_key: "host-key" };
}

function openScene(): Promise<Stage> {
  const routes = Object.fromEntries(
    names.flatMap((first) => [
      [first, { fallback: [targets[first]!], retry: { attempts: 0 } }],
      ...names.map((second) => [
        `${first}-${second}`,
        { fallback: [targets[first]!, targets[second]!], retry: { attempts: 0 } },
      ]),
    ]),
  );
  return openStage({
    hosts: ["voyage", "jina", "vllm"],
    config: ({ vendors }) => ({ providers: { cohere: cohereAt(vendors.openai) }, routes }),
  });
}

const clientOptions = { maxRetries: 0 };

function cohereV2(stage: Stage): CohereClientV2 {
  return new CohereClientV2({ token: "unused", environment: stage.url });
}

function voyage(stage: Stage): VoyageAIClient {
  return new VoyageAIClient({ apiKey: "unused", environment: `${stage.url}/v1` });
}

function post(
  stage: Stage,
  body: object,
  { path = "/v1/rerank", headers = {} as Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Only the first target of the route fails. */
function breakFirst(stage: Stage, first: string): void {
  const model = targets[first]!.slice(targets[first]!.indexOf("/") + 1);
  stage.simulator.play("openai", { fault: "status", status: 503, model });
}

const pairs = names.flatMap((first) =>
  names.filter((second) => second !== first).map((second) => [first, second] as const),
);

describe.each(names)("every client, with %s up", (target) => {
  test("Cohere's SDK, second version", async () => {
    await using stage = await openScene();
    const answer = await cohereV2(stage).rerank({ model: target, query, documents, topN: 2 }, clientOptions);
    expect(answer.results).toHaveLength(2);
    expect(answer.results[0]?.index).toBe(best);
    expect(answer.results[0]!.relevanceScore).toBeGreaterThan(answer.results[1]!.relevanceScore);
    expect(Object.keys(answer.results[0]!).toSorted()).toEqual(["index", "relevanceScore"]);
  });

  test("Cohere's SDK, first version", async () => {
    await using stage = await openScene();
    const client = new CohereClient({ token: "unused", environment: stage.url });
    const asked = { model: target, query, documents: documents.map((text) => ({ text })), topN: 2 };
    const answer = await client.rerank({ ...asked, returnDocuments: true }, clientOptions);
    expect(answer.results.map(({ index, document }) => [index, document?.text])[0]).toEqual([best, documents[best]]);
    expect(answer.results).toHaveLength(2);
  });

  test.each([{ topK: 2 }, { truncation: true }, {}])("Voyage's SDK, %j", async (more) => {
    await using stage = await openScene();
    const asked = { model: target, query, documents, returnDocuments: true, ...more };
    const answer = await voyage(stage).rerank(asked, clientOptions);
    expect(answer.data?.map(({ index, document }) => [index, document])[0]).toEqual([best, documents[best]]);
    expect(answer.data).toHaveLength("topK" in more ? 2 : 3);
  });

  test.each([{ top_n: 1 }, {}])("Jina's and vLLM's clients, %j", async (more) => {
    await using stage = await openScene();
    const response = await post(stage, { model: target, query, documents, return_documents: true, ...more });
    const { results } = (await response.json()) as { results: JsonObject[] };
    expect(response.status).toBe(200);
    expect(results).toHaveLength("top_n" in more ? 1 : 3);
    expect(results[0]).toMatchObject({ index: best, document: { text: documents[best] } });
  });
});

describe.each(pairs)("with %s down, %s answers", (first, second) => {
  test("Cohere's SDK", async () => {
    await using stage = await openScene();
    breakFirst(stage, first);
    const asked = { model: `${first}-${second}`, query, documents, topN: 1, maxTokensPerDoc: 500 };
    const { data, rawResponse } = await cohereV2(stage).rerank(asked, clientOptions).withRawResponse();
    expect(data.results.map(({ index }) => index)).toEqual([best]);
    expect(attemptsOf(rawResponse.headers as Headers)).toEqual([
      `${targets[first]}:overloaded:503`,
      `${targets[second]}:ok:200`,
    ]);
    const dropped = rawResponse.headers.get("x-understudy-dropped");
    expect(dropped).toBe(second === "cohere" ? null : "max_tokens_per_doc");
  });

  test("Voyage's SDK", async () => {
    await using stage = await openScene();
    breakFirst(stage, first);
    const asked = { model: `${first}-${second}`, query, documents, topK: 1, returnDocuments: true };
    const answer = await voyage(stage).rerank(asked, clientOptions);
    expect(answer.data).toMatchObject([{ index: best, document: documents[best] }]);
    expect(answer.model).toBe(targets[second]!.slice(targets[second]!.indexOf("/") + 1));
  });
});

describe("bytes and bodies", () => {
  test("the caller's bytes go to a target that takes them, and its bytes come back", async () => {
    await using stage = await openScene();
    const response = await post(stage, { top_n: 3, model: "jina", query, documents, return_documents: false });
    expect(Object.keys((await response.json()) as object)).toEqual(["object", "model", "usage", "results"]);
    const [asked] = stage.simulator.log();
    expect(asked).toMatchObject({ path: "/v1/rerank", keys: { authorization: "Bearer host-key" } });
    expect(asked?.body).toEqual({
      top_n: 3,
      model: "jina-reranker-v3",
      query,
      documents,
      return_documents: false,
    });
  });

  test("Cohere's bytes go to Cohere, at its own address", async () => {
    await using stage = await openScene();
    const asked = { model: "cohere", query, documents, max_tokens_per_doc: 100 };
    const response = await post(stage, asked, { path: "/v2/rerank" });
    expect(Object.keys((await response.json()) as object)).toEqual(["id", "results", "meta"]);
    expect(stage.simulator.log()[0]).toMatchObject({
      path: "/v2/rerank",
      body: { ...asked, model: "rerank-v3.5" },
    });
  });

  test("tokens and searches are counted where the vendor counts them", async () => {
    await using stage = await openScene();
    const rank = async (model: string): Promise<JsonObject> =>
      (await post(stage, { model, query, documents, top_n: 1 })).json() as Promise<JsonObject>;
    expect(await rank("cohere")).toMatchObject({ meta: { billed_units: { search_units: 1 } } });
    const { usage } = (await rank("voyage")) as { usage: { total_tokens: number } };
    expect(stage.gateway.attempts().map(({ inputTokens, verdict }) => [inputTokens, verdict])).toEqual([
      [null, "ok"],
      [usage.total_tokens, "ok"],
    ]);
  });

  test("fields of documents become one text", async () => {
    await using stage = await openScene();
    const asked = {
      model: "voyage",
      query: "rain",
      documents: [
        { title: "Beach", body: "sun", id: 1 },
        { title: "City", body: "rain", id: 2 },
      ],
      rank_fields: ["title", "body"],
      return_documents: true,
    };
    const answer = (await (await post(stage, asked)).json()) as { results: JsonObject[] };
    expect(answer.results[0]).toMatchObject({ index: 1, document: { title: "City", body: "rain", id: 2 } });
    expect(stage.simulator.log()[0]?.body).toEqual({
      model: "rerank-2.5",
      query: "rain",
      documents: ["title: Beach\nbody: sun", "title: City\nbody: rain"],
    });
  });
});

describe("refusals", () => {
  test.each(["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"])(
    "%s has no reranker, and is skipped",
    async (target) => {
      await using stage = await openStage({
        hosts: ["voyage"],
        config: { routes: { mixed: { fallback: [target, "voyage/rerank-2.5"] } } },
      });
      const response = await post(stage, { model: "mixed", query, documents });
      expect(attemptsOf(response.headers)).toEqual([`${target}:unsupported:skipped`, "voyage/rerank-2.5:ok:200"]);
      const alone = await post(stage, { model: target, query, documents });
      expect(alone.status).toBe(400);
      expect(await alone.json()).toMatchObject({ error: { code: "unsupported", verdict: "unsupported" } });
    },
  );

  test("a chat passes a host over that has none", async () => {
    await using stage = await openStage({
      hosts: ["voyage"],
      config: { routes: { mixed: { fallback: ["voyage/rerank-2.5", "openai/gpt-4o"] } } },
    });
    const body = { model: "mixed", messages: [{ role: "user", content: "Hi" }] };
    const response = await post(stage, body, { path: "/v1/chat/completions" });
    expect(attemptsOf(response.headers)).toEqual(["voyage/rerank-2.5:unsupported:skipped", "openai/gpt-4o:ok:200"]);
  });

  test.each([
    ["query", { query: 1 }],
    ["documents", { documents: [] }],
    ["documents[1]", { documents: ["a", 2] }],
    ["top_n", { top_n: 0 }],
  ])("a mistake at %s is the caller's", async (param, more) => {
    await using stage = await openScene();
    const response = await post(stage, { model: "cohere", query, documents, ...more });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "bad_request", param } });
  });

  test("Cohere's SDK raises the vendor's own words, with the verdict beside them", async () => {
    await using stage = await openScene();
    const asked = { model: "cohere", query: "", documents };
    await expect(cohereV2(stage).rerank(asked, clientOptions)).rejects.toMatchObject({
      statusCode: 400,
      body: { message: expect.stringContaining("query must be specified"), error: { verdict: "bad_request" } },
    });
  });

  test("a strict caller would rather have an error than lose a field", async () => {
    await using stage = await openScene();
    const asked = { model: "voyage", query, documents, max_chunks_per_doc: 3 };
    const response = await post(stage, asked, { headers: { "x-understudy-strict": "true" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "unsupported", param: "max_chunks_per_doc" } });
  });

  test("without a key", async () => {
    await using stage = await openStage({ config: { server: { keys: ["the-key"] } } });
    const client = new CohereClientV2({ token: "wrong", environment: stage.url });
    await expect(client.rerank({ model: "cohere/rerank-v3.5", query, documents }, clientOptions)).rejects.toMatchObject(
      { statusCode: 401, body: { message: expect.any(String) } },
    );
  });
});
