import { GoogleGenAI } from "@google/genai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { recordings, shapeOf } from "../recorded.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { goodHeaders } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterEach(() => {
  simulator.heal();
});
afterAll(async () => {
  await simulator.close();
});

const model = "gemini-embedding-2";
const content = { parts: [{ text: "the price of bread" }] };
const one = { model: `models/${model}`, content };

function post(path: string, body: JsonRecord): Promise<Response> {
  const init = { method: "POST", headers: goodHeaders, body: JSON.stringify(body) };
  return fetch(`${simulator.vendors.google.baseUrl}/models/${path}`, init);
}

async function embed(path: string, body: JsonRecord): Promise<JsonRecord> {
  const answer = await post(path, body);
  expect(answer.status).toBe(200);
  return (await answer.json()) as JsonRecord;
}

describe("Gemini's embeddings", () => {
  it("are one for a content, several for a batch, with usage from the second generation on", async () => {
    const single = await embed(`${model}:embedContent`, { content, output_dimensionality: 8 });
    const numbers: unknown = expect.any(Array);
    expect(single).toMatchObject({ embedding: { values: numbers }, usageMetadata: { promptTokenCount: 4 } });
    const batch = await embed(`${model}:batchEmbedContents`, { requests: [{ ...one, outputDimensionality: 8 }, one] });
    const [first, second] = (batch["embeddings"] as { values: number[] }[]).map(({ values }) => values);
    expect([first, second?.length]).toEqual([(single["embedding"] as JsonRecord)["values"], 3072]);
    expect(await embed("gemini-embedding-001:embedContent", { content })).not.toHaveProperty("usageMetadata");
  });

  it("are read by the vendor's own client", async () => {
    const httpOptions = { baseUrl: simulator.vendors.google.baseUrl.replace(/\/v1beta$/, "") };
    const client = new GoogleGenAI({ apiKey: "key", httpOptions });
    const config = { outputDimensionality: 16 };
    const { embeddings } = await client.models.embedContent({
      model: "gemini-embedding-001",
      contents: ["a", "b"],
      config,
    });
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([16, 16]);
  });

  it.each<[string, string, JsonRecord, number, RegExp]>([
    ["another model", "gemini-2.5-flash:embedContent", { content }, 404, /is not supported for embedContent/],
    ["no such model", "no-such:batchEmbedContents", { requests: [one] }, 404, /^models\/no-such is not found/],
    ["generating with it", `${model}:generateContent`, { contents: [content] }, 404, /not supported for generateCont/],
    ["a stranger", `${model}:embedContent`, { content, input: "x" }, 400, /Unknown name "input": Cannot find field/],
    [
      "a stranger in a batch",
      `${model}:batchEmbedContents`,
      { requests: [{ ...one, dimensions: 8 }] },
      400,
      /Unknown name "dimensions" at 'requests\[0\]'/,
    ],
    ["no content", `${model}:embedContent`, {}, 400, /EmbedContentRequest.content: contents is not specified/],
    ["an empty batch", `${model}:batchEmbedContents`, { requests: [] }, 400, /at least one request/],
    [
      "a batch without models",
      `${model}:batchEmbedContents`,
      { requests: [{ content }] },
      400,
      /unexpected model name/,
    ],
    [
      "a batch of another model",
      `${model}:batchEmbedContents`,
      { requests: [{ ...one, model: "models/gemini-embedding-001" }] },
      400,
      /requests\[0\].model: model does not match/,
    ],
    [
      "too many dimensions",
      `${model}:embedContent`,
      { content, outputDimensionality: 9999 },
      400,
      /between 1 and 3072/,
    ],
    [
      "too large a batch",
      `${model}:batchEmbedContents`,
      { requests: Array.from({ length: 101 }, () => one) },
      400,
      /at most 100 requests/,
    ],
  ])("are refused: %s", async (...row) => {
    const [, path, body, status, message] = row;
    const answer = await post(path, body);
    const { error } = (await answer.json()) as { error: { code: number; message: string } };
    expect([answer.status, error.code]).toEqual([status, status]);
    expect(error.message).toMatch(message);
  });

  it("take the faults that have a meaning for them", async () => {
    simulator.play("google", { fault: "usage-missing", count: 1 });
    expect(await embed(`${model}:embedContent`, { content })).not.toHaveProperty("usageMetadata");
    simulator.play("google", { fault: "empty-choices", count: 1 });
    expect(await embed(`${model}:batchEmbedContents`, { requests: [one] })).toMatchObject({ embeddings: [] });
    simulator.play("google", { fault: "status", status: 429, retryInfo: 4, count: 1 });
    expect((await post(`${model}:embedContent`, { content })).status).toBe(429);
  });

  const recorded = recordings("embeddings", "gemini", "embedding-batch");
  it.skipIf(recorded === undefined)("have the keys of recorded ones, where present", async () => {
    const answer = await embed(`${model}:batchEmbedContents`, recorded?.[0]?.request.body ?? {});
    expect(shapeOf(answer)).toEqual(shapeOf(recorded?.[0]?.response.body));
  });
});
