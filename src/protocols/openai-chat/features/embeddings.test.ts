import { describe, expect, test } from "vitest";
import { readRecordings, recordingsMissing } from "../../../../test/support/recordings.ts";
import type { EmbeddingsResult } from "../../../core/embeddings.ts";
import { embeddings } from "./embeddings.ts";
import { openaiChat } from "../protocol.ts";

const { request: requests, response: responses } = embeddings;
const hint = { model: "m", variant: null };

describe("a request", () => {
  test("is a list of texts; what else was said is the protocol's own, and reported", () => {
    const body = { model: "m", input: "a", dimensions: 5, encoding_format: "base64", user: "u", truncate: null };
    const request = requests.decode(body, hint);
    expect(request).toEqual({ texts: ["a"], dimensions: 5, base64: true, extras: { user: "u" } });
    expect(requests.encode!(request, "n")).toEqual({
      path: "/embeddings",
      body: { model: "n", input: ["a"], dimensions: 5, encoding_format: "base64" },
      dropped: ["user"],
      adapted: [],
    });
  });

  test("is not made to say what the caller did not", () => {
    const request = requests.decode({ model: "m", input: ["a", "b"], encoding_format: "float" }, hint);
    expect(requests.encode!(request, "n").body).toEqual({ model: "n", input: ["a", "b"] });
  });
});

describe("an answer", () => {
  const data = [
    { index: 1, embedding: [3, 4] },
    { index: 0, embedding: [1, 2] },
  ];

  test("is put in the order of its indexes", () => {
    const decoded = responses.decode({ data, model: "m", usage: { prompt_tokens: 2, total_tokens: 2 } }, null);
    expect(decoded).toMatchObject({
      model: "m",
      vectors: [
        [1, 2],
        [3, 4],
      ],
      usage: { input: 2 },
    });
  });

  test("survives base64 there and back", () => {
    const vectors = [
      [0.5, -2],
      [1, 0.25],
    ];
    const request = { texts: ["a", "b"], dimensions: null, extras: {} };
    const packed = responses.encode({ model: "m", vectors, usage: null }, { ...request, base64: true });
    const decoded = responses.decode(packed, null) as EmbeddingsResult;
    expect(decoded.vectors).toEqual(["AAAAPwAAAMA=", "AACAPwAAgD4="]);
    const unpacked = responses.encode(decoded, { ...request, base64: false });
    expect(unpacked["data"]).toEqual(vectors.map((embedding, index) => ({ object: "embedding", index, embedding })));
    expect(responses.encode(decoded, { ...request, base64: true })).toEqual(packed);
  });

  test.each([
    [{ error: { message: "busy", code: "server_is_overloaded" } }, "overloaded"],
    [{ object: "list" }, "malformed"],
    [{ data: [] }, "empty"],
    [{ data: [{ index: 0 }] }, "malformed"],
    [{ data: [{ index: 0, embedding: [] }] }, "malformed"],
    [{ data: [null] }, "malformed"],
    [{ data: [{ index: 3, embedding: [1] }] }, "malformed"],
    [
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      },
      "malformed",
    ],
    [null, "malformed"],
  ])("%j is none: %s", (body, verdict) => {
    expect(responses.decode(body, null)).toMatchObject({ verdict });
  });
});

describe.skipIf(recordingsMissing !== "")(`recorded traffic ${recordingsMissing}`, () => {
  const spoken = readRecordings("embeddings").filter(({ request }) => request.url.includes("/embeddings"));

  test.each(spoken.filter(({ response }) => response.status === 200).map((one) => [one.id, one] as const))(
    "%s is an answer",
    (_id, { response }) => {
      const told = response.body as { data: { embedding: unknown }[]; usage: { prompt_tokens: number } };
      const decoded = responses.decode(response.body!, null) as EmbeddingsResult;
      expect(decoded.vectors).toEqual(told.data.map(({ embedding }) => embedding));
      expect(decoded.usage?.input).toBe(told.usage.prompt_tokens);
    },
  );

  test.each(spoken.filter(({ response }) => response.status !== 200).map((one) => [one.id, one] as const))(
    "%s is a failure that says what is wrong",
    (_id, { response }) => {
      const failure = openaiChat.failure.decode(response.status, response.headers, JSON.stringify(response.body));
      const verdicts: Record<number, string> = { 400: "bad_request", 401: "bad_key", 404: "unknown_model" };
      const isModel = /model/i.test(failure.message);
      expect(failure.verdict).toBe(isModel ? "unknown_model" : verdicts[response.status]);
    },
  );
});
