// Embeddings between the vendors that have a form or members of their own: the official SDKs of OpenAI, Cohere (both versions)
// and Voyage, and Gemini's and Jina's clients, at every target, against simulated vendors that refuse what they do not know.
import { GoogleGenAI } from "@google/genai";
import { CohereClient, CohereClientV2 } from "cohere-ai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { VoyageAIClient } from "voyageai";
import type { JsonObject } from "../../src/core/json.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const targets: Readonly<Record<string, string>> = {
  openai: "openai/text-embedding-3-small",
  google: "google/gemini-embedding-001",
  cohere: "cohere/embed-v4.0",
  voyage: "voyage/voyage-4",
  jina: "jina/jina-embeddings-v4",
  mistral: "mistral/codestral-embed",
  local: "vllm/BAAI/bge-m3",
};
const names = Object.keys(targets);
const texts = ["the sea at night", "a mountain in snow"];
const clientOptions = { maxRetries: 0 };

function openScene(): Promise<Stage> {
  const routes = Object.fromEntries([
    ...names.map((name) => [name, { fallback: [targets[name]!], retry: { attempts: 0 } }]),
    ...names.map((name) => [
      `down-${name}`,
      { fallback: ["voyage/voyage-3.5", targets[name]!], retry: { attempts: 0 } },
    ]),
  ]);
  return openStage({
    hosts: ["voyage", "jina", "mistral", "vllm"],
    config: ({ vendors }) => ({
      providers: {
        cohere: { base_url: `http://127.0.0.1:${vendors.openai.port}/compatibility/v1`, api_key: "host-key" },
      },
      routes,
    }),
  });
}

function post(stage: Stage, body: object, path = "/v1/embeddings"): Promise<Response> {
  return fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** The members that the vendor got. */
function lastBody(stage: Stage): JsonObject {
  return stage.simulator.log().at(-1)?.body as JsonObject;
}

function isUnit(vector: readonly number[] | undefined): boolean {
  return vector !== undefined && Math.abs(Math.hypot(...vector) - 1) < 1e-3;
}

describe.each(names)("every client at %s", (target) => {
  test.each([undefined, "float", "base64"] as const)("OpenAI's SDK, %s", async (format) => {
    await using stage = await openScene();
    const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
    const asked = { model: target, input: texts, dimensions: 256 };
    const answer = await client.embeddings.create(format === undefined ? asked : { ...asked, encoding_format: format });
    const vectors = answer.data.map(({ embedding }) =>
      typeof embedding === "string"
        ? [...new Float32Array(Uint8Array.from(Buffer.from(embedding, "base64")).buffer)]
        : embedding,
    );
    expect(vectors.map((vector) => [vector.length, isUnit(vector)])).toEqual([
      [256, true],
      [256, true],
    ]);
    expect(typeof answer.data[0]?.embedding).toBe(format === "base64" ? "string" : "object");
  });

  test("Cohere's SDKs", async () => {
    await using stage = await openScene();
    const second = new CohereClientV2({ token: "unused", environment: stage.url });
    const asked = { model: target, texts, inputType: "search_query" as const };
    const byType = await second.embed({ ...asked, embeddingTypes: ["float"], outputDimension: 256 }, clientOptions);
    expect(byType.embeddings.float?.map((vector) => [vector.length, isUnit(vector)])).toEqual([
      [256, true],
      [256, true],
    ]);
    expect(byType.texts).toEqual(texts);
    const first = new CohereClient({ token: "unused", environment: stage.url });
    const bare = await first.embed(asked, clientOptions);
    expect(bare).toMatchObject({ responseType: "embeddings_floats", texts });
    expect((bare.embeddings as number[][]).map(isUnit)).toEqual([true, true]);
  });

  test("Voyage's SDK", async () => {
    await using stage = await openScene();
    const client = new VoyageAIClient({ apiKey: "unused", environment: `${stage.url}/v1` });
    const asked = {
      model: target,
      input: texts,
      inputType: "document" as const,
      outputDimension: 256,
      truncation: true,
    };
    const answer = await client.embed(asked, clientOptions);
    expect(answer.data?.map(({ embedding }) => [embedding?.length, isUnit(embedding)])).toEqual([
      [256, true],
      [256, true],
    ]);
    if (target !== "google") expect(answer.usage?.totalTokens).toBeGreaterThan(0);
  });

  test("Gemini's SDK", async () => {
    await using stage = await openScene();
    const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: stage.url } });
    const config = { outputDimensionality: 256, taskType: "RETRIEVAL_QUERY" };
    const answer = await client.models.embedContent({ model: target, contents: texts, config });
    expect(answer.embeddings?.map(({ values }) => [values?.length, isUnit(values)])).toEqual([
      [256, true],
      [256, true],
    ]);
  });

  test("with the primary down", async () => {
    await using stage = await openScene();
    stage.simulator.play("openai", { fault: "status", status: 503, model: "voyage-3.5" });
    const client = new VoyageAIClient({ apiKey: "unused", environment: `${stage.url}/v1` });
    const asked = { model: `down-${target}`, input: texts, inputType: "query" as const };
    const { data, rawResponse } = await client.embed(asked, clientOptions).withRawResponse();
    expect(data.data?.map(({ embedding }) => isUnit(embedding))).toEqual([true, true]);
    const attempts = attemptsOf(rawResponse.headers as Headers);
    expect([attempts[0], attempts.at(-1)]).toEqual(["voyage/voyage-3.5:overloaded:503", `${targets[target]}:ok:200`]);
    // OpenAI refuses the purpose once, and is asked without it.
    expect(attempts).toHaveLength(target === "openai" ? 3 : 2);
    const { inputTokens } = stage.gateway.attempts().at(-1) ?? {};
    if (target !== "google") expect(inputTokens).toBeGreaterThan(0);
  });
});

describe("members reach each vendor in its own words", () => {
  test.each<[string, JsonObject]>([
    ["openai", { dimensions: 256 }],
    ["cohere", { output_dimension: 256, input_type: "search_query", truncate: "NONE", embedding_types: ["float"] }],
    ["voyage", { output_dimension: 256, input_type: "query", truncation: false }],
    ["jina", { dimensions: 256, task: "retrieval.query", truncate: false }],
    ["mistral", { output_dimension: 256 }],
  ])("Voyage's members at %s", async (target, members) => {
    await using stage = await openScene();
    const asked = { model: target, input: texts, input_type: "query", output_dimension: 256, truncation: false };
    expect((await post(stage, asked)).status).toBe(200);
    const { model: _model, input: _input, texts: _texts, ...others } = lastBody(stage);
    expect(others).toEqual(members);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ task: "retrieval.passage" }, { input_type: "document" }],
    [{ input_type: "search_query" }, { input_type: "query" }],
    [{ taskType: "RETRIEVAL_DOCUMENT" }, { input_type: "document" }],
    [{ input_type: "classification" }, {}],
    [{ encoding_format: "float" }, {}],
    [{ encoding_format: "base64" }, { encoding_format: "base64" }],
    [{ user: "me" }, {}],
  ])("%j at Voyage", async (members, expected) => {
    await using stage = await openScene();
    const response = await post(stage, { model: "voyage", input: texts, ...members });
    expect(response.status).toBe(200);
    const { model: _model, input: _input, ...others } = lastBody(stage);
    expect(others).toEqual(expected);
    const isLost = Object.keys(expected).length === 0 && members["encoding_format"] === undefined;
    expect(response.headers.get("x-understudy-dropped")).toBe(isLost ? Object.keys(members).join() : null);
  });

  test("Cohere needs a purpose, and the gateway says which one it chose", async () => {
    await using stage = await openScene();
    const response = await post(stage, { model: "cohere", input: "the sea" });
    expect(lastBody(stage)).toMatchObject({ texts: ["the sea"], input_type: "search_document" });
    expect(response.headers.get("x-understudy-adapted")).toBe("input_type:>search_document");
  });

  test("Voyage's and Cohere's own bytes go to them as they are", async () => {
    await using stage = await openScene();
    const voyage = { input: texts, model: "voyage", output_dimension: 512, input_type: "query" };
    const answer = (await (await post(stage, voyage)).json()) as JsonObject;
    expect(Object.keys(answer["usage"] as JsonObject)).toEqual(["total_tokens"]);
    const cohere = { texts, model: "cohere", embedding_types: ["int8"], input_type: "classification" };
    expect(await (await post(stage, cohere, "/v2/embed")).json()).toMatchObject({ embeddings: { int8: [{}, {}] } });
    expect(stage.simulator.log().map(({ path, body }) => [path, body])).toEqual([
      ["/v1/embeddings", { ...voyage, model: "voyage-4" }],
      ["/v2/embed", { ...cohere, model: "embed-v4.0" }],
    ]);
  });
});

describe("what a target cannot serve", () => {
  const many = Array.from({ length: 97 }, () => "text");

  test.each<[string, string, JsonObject]>([
    ["more texts than Cohere takes", "cohere", { input: many }],
    ["more texts than Gemini takes", "google", { input: [...many, ...many] }],
    ["tokens at Voyage", "voyage", { input: [1, 2] }],
    ["tokens at Mistral", "mistral", { input: [[1, 2]] }],
  ])("%s: the field is named, and nobody is asked", async (_what, target, members) => {
    await using stage = await openScene();
    const response = await post(stage, { model: target, ...members });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "unsupported", param: "input" } });
    expect(stage.simulator.log()).toEqual([]);
  });

  test("integers are for hosts that have them", async () => {
    await using stage = await openScene();
    const asked = { input: texts, output_dtype: "int8" };
    const refused = await post(stage, { model: "cohere", ...asked });
    expect(await refused.json()).toMatchObject({ error: { code: "unsupported", param: "output_dtype" } });
    expect((await post(stage, { model: "voyage", ...asked })).status).toBe(200);
  });

  test.each(["groq/llama-3.3-70b-versatile", "deepseek/deepseek-chat"])("%s has none", async (target) => {
    const host = target.slice(0, target.indexOf("/"));
    await using stage = await openStage({
      hosts: [host],
      config: { routes: { mixed: { fallback: [target, "openai/text-embedding-3-small"] } } },
    });
    const response = await post(stage, { model: "mixed", input: texts });
    expect(attemptsOf(response.headers)).toEqual([
      `${target}:unsupported:skipped`,
      "openai/text-embedding-3-small:ok:200",
    ]);
  });

  test("Cohere's own words for a model that it does not have", async () => {
    await using stage = await openScene();
    const response = await post(
      stage,
      { model: "cohere/no-such-model", texts, input_type: "search_query" },
      "/v2/embed",
    );
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      message: expect.stringContaining("model 'no-such-model' not found"),
      error: { verdict: "unknown_model" },
    });
  });
});
