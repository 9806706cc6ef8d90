import { describe, expect, test } from "vitest";
import { readRecordings, recordingsMissing } from "../../../../test/support/recordings.ts";
import type { EmbeddingsRequest } from "../../../core/embeddings.ts";
import type { JsonObject } from "../../../core/json.ts";
import { decodeEmbeddingsRequest, encodeClientResponse, path as pathFor, place } from "./embeddings-client.ts";
import { embeddings } from "./embeddings.ts";

const content = (...texts: string[]): JsonObject => ({ parts: texts.map((text) => ({ text })) });
const own = (body: JsonObject): Parameters<typeof place>[2] => ({
  has: (name) => body[name] !== undefined,
  read: (name) => body[name],
});

describe("a request", () => {
  test.each<[string, JsonObject, boolean, Partial<EmbeddingsRequest>]>([
    ["one text", { content: content("a") }, false, { texts: ["a"], dimensions: null, batch: false }],
    ["several parts, a line each", { content: content("a", "b") }, false, { texts: ["a\nb"] }],
    [
      "either spelling",
      { model: "models/m", content: content("a"), output_dimensionality: 8, task_type: "CLUSTERING" },
      false,
      { dimensions: 8, extras: { taskType: "CLUSTERING" } },
    ],
    [
      "a batch",
      { requests: [{ content: content("a"), title: "t" }, { content: content("b") }] },
      true,
      { texts: ["a", "b"], batch: true, extras: { title: "t" } },
    ],
    [
      "a lone request of a lone part",
      { requests: { content: { parts: { text: "a" } } } },
      true,
      { texts: ["a"], batch: true },
    ],
    [
      "a batch of one length",
      { requests: [{ content: content("a"), outputDimensionality: 3 }] },
      true,
      { texts: ["a"], dimensions: 3, batch: true },
    ],
  ])("%s", (...[_name, body, batch, read]) => {
    expect(decodeEmbeddingsRequest(body, { variant: batch ? "batch" : null })).toMatchObject({
      base64: false,
      ...read,
    });
  });

  test.each<[string, JsonObject, boolean, string, string]>([
    ["no content", {}, false, "content", "bad_request"],
    ["no parts", { content: { parts: [] } }, false, "content.parts", "bad_request"],
    ["an image", { content: { parts: [{ inlineData: {} }] } }, false, "content.parts[0]", "unsupported"],
    ["no length", { content: content("a"), outputDimensionality: 0 }, false, "outputDimensionality", "bad_request"],
    [
      "half a length",
      { content: content("a"), outputDimensionality: 1.5 },
      false,
      "outputDimensionality",
      "bad_request",
    ],
    ["no list", { content: content("a") }, true, "requests", "bad_request"],
    ["an empty batch", { requests: [] }, true, "requests", "bad_request"],
    ["a request that is none", { requests: ["a"] }, true, "requests[0]", "bad_request"],
    [
      "a text that is missing",
      { requests: [{ content: content("a") }, {}] },
      true,
      "requests[1].content",
      "bad_request",
    ],
    [
      "lengths that differ",
      { requests: [{ content: content("a") }, { content: content("b"), outputDimensionality: 3 }] },
      true,
      "requests[1].outputDimensionality",
      "unsupported",
    ],
  ])("%s is refused, and the place is named", (...[_name, body, batch, param, code]) => {
    expect(() => decodeEmbeddingsRequest(body, { variant: batch ? "batch" : null })).toThrow(
      expect.objectContaining({ code, param, status: 400 }),
    );
  });
});

describe("a caller's own body for a target", () => {
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    ["names no model", {}, { content: content("a") }, {}],
    ["names another model", {}, { model: "models/route" }, { model: "models/m" }],
    ["gets a route's params", { dimensions: 3, user: "u" }, {}, { outputDimensionality: 3 }],
    ["in its own spelling", { dimensions: 3 }, { output_dimensionality: 8 }, { output_dimensionality: 3 }],
    ["in a batch, all of it said", {}, { requests: [{ model: "models/m" }] }, {}],
    [
      "in a batch",
      { dimensions: 3, task_type: "CLUSTERING" },
      { requests: [{ model: "models/route", output_dimensionality: 8, content: content("a") }] },
      {
        requests: [{ model: "models/m", content: content("a"), outputDimensionality: 3, taskType: "CLUSTERING" }],
      },
    ],
  ])("%s", (...[_name, params, body, set]) => {
    expect(place(params, "m", own(body))).toEqual(set);
  });

  test.each([
    [false, "/models/m:embedContent"],
    [true, "/models/m:batchEmbedContents"],
  ])("goes where it came from (several: %s)", (batch, path) => {
    expect(pathFor("m", batch ? "batch" : null)).toBe(path);
  });
});

test("what vectors are for is a setting of this protocol; a title belongs to documents", () => {
  const request = { texts: ["a"], dimensions: null, base64: false };
  const document = { task_type: "RETRIEVAL_DOCUMENT", title: "t", user: "u" };
  expect(embeddings.request.encode!({ ...request, extras: document }, "m")).toMatchObject({
    body: { taskType: "RETRIEVAL_DOCUMENT", title: "t" },
    dropped: ["user"],
  });
  const query = embeddings.request.encode!({ ...request, extras: { taskType: "RETRIEVAL_QUERY", title: "t" } }, "m");
  expect(query.body["title"]).toBeUndefined();
  expect(query.dropped).toEqual(["title"]);
});

test("an answer has the form of the path that was asked, in numbers, with the usage that is known", () => {
  const response = { model: "m", vectors: ["AAAAPwAAgL4AAAA+"], usage: null };
  const request = decodeEmbeddingsRequest({ content: content("a") }, { variant: null });
  const values = [0.5, -0.25, 0.125];
  expect(encodeClientResponse(response, request)).toEqual({ embedding: { values } });
  const usage = { input: 7, output: null, cacheRead: null, cacheWrite: null, reasoning: null };
  expect(encodeClientResponse({ ...response, usage }, { ...request, batch: true })).toEqual({
    embeddings: [{ values }],
    usageMetadata: { promptTokenCount: 7 },
  });
});

describe.skipIf(recordingsMissing !== "")(`recorded traffic ${recordingsMissing}`, () => {
  const spoken = readRecordings("embeddings").filter(
    ({ provider, request }) => provider === "gemini" && request.body?.["requests"] !== undefined,
  );

  test.each(spoken.map((one) => [one.id, one] as const))("%s is read", (_id, { model, request }) => {
    const requests = request.body!["requests"] as unknown as { content: { parts: { text: string }[] } }[];
    const decoded = decodeEmbeddingsRequest(request.body!, { variant: "batch" });
    expect(decoded).toMatchObject({ texts: requests.map((one) => one.content.parts[0]?.text), dimensions: 768 });
    expect(decoded.extras).toEqual({});
    expect(place({}, model!, own(request.body!))).toEqual({});
  });
});
