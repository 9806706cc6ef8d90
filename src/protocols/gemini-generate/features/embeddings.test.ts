import { describe, expect, test } from "vitest";
import { readRecordings, recordingsMissing } from "../../../../test/support/recordings.ts";
import type { EmbeddingsRequest, EmbeddingsResult } from "../../../core/embeddings.ts";
import type { JsonObject } from "../../../core/json.ts";
import { embeddings } from "./embeddings.ts";
import { geminiGenerate } from "../protocol.ts";

const request = (more: Partial<EmbeddingsRequest>): EmbeddingsRequest => ({
  texts: ["a"],
  dimensions: null,
  base64: false,
  extras: {},
  ...more,
});

describe("a request", () => {
  test.each([
    ["gemini-embedding-2", "models/gemini-embedding-2"],
    ["models/gemini-embedding-2", "models/gemini-embedding-2"],
    ["tunedModels/mine", "tunedModels/mine"],
  ])("for one text goes to %s alone", (model, resource) => {
    const { path, body } = embeddings.request.encode!(request({ base64: true }), model);
    expect(path).toBe(`/${resource}:embedContent`);
    expect(body).toEqual({ model: resource, content: { parts: [{ text: "a" }] } });
  });

  test("drops what has no place, and says so", () => {
    expect(embeddings.request.encode!(request({ extras: { user: "u", truncate: "END" } }), "m")).toMatchObject({
      dropped: ["user", "truncate"],
    });
  });

  test("for more texts than a batch holds is not for this target", () => {
    const texts = Array.from({ length: 101 }, String);
    expect(embeddings.request.encode!(request({ texts: texts.slice(1) }), "m").path).toBe(
      "/models/m:batchEmbedContents",
    );
    expect(() => embeddings.request.encode!(request({ texts }), "m")).toThrow(
      expect.objectContaining({ code: "unsupported", param: "input", status: 400 }),
    );
  });
});

test.each([
  [{ error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }, "overloaded"],
  [{}, "malformed"],
  [{ embedding: {} }, "malformed"],
  [{ embedding: { values: [] } }, "malformed"],
  [{ embeddings: [{ values: [1] }, {}] }, "malformed"],
  [{ embeddings: [] }, "empty"],
  [null, "malformed"],
])("%j is no answer: %s", (body, verdict) => {
  expect(embeddings.response.decode(body, null)).toMatchObject({ verdict });
});

describe.skipIf(recordingsMissing !== "")(`recorded traffic ${recordingsMissing}`, () => {
  const spoken = readRecordings("embeddings").filter(({ provider }) => provider === "gemini");

  test.each(spoken.filter(({ response }) => response.status === 200).map((one) => [one.id, one] as const))(
    "%s: the same request, and its answer",
    (_id, { model, request: recorded, response }) => {
      const requests = recorded.body!["requests"] as unknown as { content: { parts: { text: string }[] } }[];
      const texts = requests.map(({ content }) => content.parts[0]?.text ?? "");
      const { body } = embeddings.request.encode!(request({ texts, dimensions: 768 }), model!);
      const [only] = recorded.body!["requests"] as unknown as JsonObject[];
      expect(body).toEqual(texts.length === 1 ? only : recorded.body);
      const told = response.body as {
        embeddings: { values: number[] }[];
        usageMetadata?: { promptTokenCount: number };
      };
      const decoded = embeddings.response.decode(response.body!, null) as EmbeddingsResult;
      expect(decoded.vectors).toEqual(told.embeddings.map(({ values }) => values));
      expect(decoded.usage?.input).toBe(told.usageMetadata?.promptTokenCount);
    },
  );

  test.each(spoken.filter(({ response }) => response.status !== 200).map((one) => [one.id, one] as const))(
    "%s is a failure",
    (_id, { response }) => {
      const failure = geminiGenerate.failure.decode(response.status, response.headers, JSON.stringify(response.body));
      expect(failure).toMatchObject({ verdict: "unknown_model", status: 404 });
    },
  );
});
