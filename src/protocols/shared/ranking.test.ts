import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../core/json.ts";
import type { RerankFacts, RerankRequest, RerankResult } from "../../core/rerank.ts";
import { rerank as cohere } from "../cohere-v2/features/rerank.ts";
import { rerank as open } from "../openai-chat/features/rerank.ts";
import { readDocuments, readRanking } from "./ranking.ts";

const hint = { model: "m", variant: null };

/** An answer for each document, in the order of the scores. */
const exchanges = fc
  .array(fc.tuple(fc.string(), fc.double({ min: -10, max: 10, noNaN: true })), { minLength: 1, maxLength: 20 })
  .map((pairs) => ({
    documents: pairs.map(([text]) => text),
    ranking: pairs
      .map(([, score], index) => ({ index, score, text: null }))
      .toSorted((one, other) => other.score - one.score),
  }));

const requests = fc.record(
  {
    top_n: fc.integer({ min: 1, max: 30 }),
    top_k: fc.integer({ min: 1, max: 30 }),
    return_documents: fc.boolean(),
    truncation: fc.boolean(),
    max_chunks_per_doc: fc.integer({ min: 1 }),
    instruction: fc.string(),
  },
  { requiredKeys: [] },
);

const hosts: readonly RerankFacts[] = [
  {},
  { limit: "top_k", members: ["truncation"], textsOnly: true },
  { documents: "texts", limit: null, members: ["truncate"] },
  { members: ["instruction"], mostDocuments: 100 },
];

function resultOf(ranking: RerankResult["ranking"]): RerankResult {
  return { model: "m", ranking, list: "results", usage: null, searchUnits: null };
}

function listsIn(body: JsonObject): readonly (readonly JsonObject[])[] {
  return [body["results"], body["data"]].filter((list) => list !== undefined) as never;
}

describe("any request and answer", () => {
  test("an answer in the client's form keeps indexes, scores and order, and has the documents that it asked for", () => {
    fc.assert(
      fc.property(exchanges, requests, ({ documents, ranking }, members) => {
        const request = open.request.decode({ query: "q", documents, ...members }, hint);
        const body = open.response.encode(resultOf(ranking), request);
        const most = members.top_n ?? members.top_k ?? documents.length;
        const lists = listsIn(body);
        expect(lists.length).toBeGreaterThan(0);
        for (const list of lists) {
          expect(list.map((one) => [one["index"], one["relevance_score"]])).toEqual(
            ranking.slice(0, most).map(({ index, score }) => [index, score]),
          );
          const texts = list.map(({ document }) =>
            typeof document === "object" ? (document as JsonObject)["text"] : document,
          );
          const wanted = list.map(({ index }) =>
            members.return_documents === true ? documents[index as number] : undefined,
          );
          expect(texts).toEqual(wanted);
        }
        expect(readRanking(body, request)).toMatchObject({
          ranking: ranking.slice(0, most).map(({ index }) => ({ index })),
        });
      }),
    );
  });

  test("an encoded request has members that the host takes, and each other one is reported", () => {
    fc.assert(
      fc.property(exchanges, requests, fc.constantFrom(...hosts), ({ documents }, members, facts) => {
        const asked: JsonObject = { query: "q", documents, ...members };
        const { body, dropped } = open.request.encode!(open.request.decode(asked, hint), "n", {
          audio: null,
          rerank: facts,
        });
        const { documents: list = "documents", limit = "top_n", members: taken = [] } = facts;
        const allowed = ["model", "query", list, ...(limit === null ? [] : [limit]), ...taken];
        expect(Object.keys(body).filter((name) => !allowed.includes(name))).toEqual([]);
        expect(body[list]).toEqual(documents);
        const mapped = new Set(["query", "documents", "top_n", "top_k", "return_documents"]);
        const rest = Object.keys(asked).filter((name) => !mapped.has(name));
        expect([...dropped, ...rest.filter((name) => taken.includes(name))].toSorted()).toEqual(rest.toSorted());
      }),
    );
  });

  test("no answer breaks the reader", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const result = readRanking(body as Json, null);
        expect("verdict" in result || result.ranking.length > 0).toBe(true);
      }),
    );
  });
});

describe("answers of hosts", () => {
  const request: RerankRequest = open.request.decode({ query: "q", documents: ["a", "b"] }, hint);

  test.each<[string, Json]>([
    [
      "Cohere",
      {
        results: [
          { index: 1, relevance_score: 0.9 },
          { index: 0, relevance_score: 0.1 },
        ],
      },
    ],
    [
      "Voyage, Fireworks",
      {
        data: [
          { index: 1, relevance_score: 0.9, document: "b" },
          { index: 0, relevance_score: 0.1 },
        ],
      },
    ],
    [
      "Text Embeddings Inference",
      [
        { index: 1, score: 0.9, text: "b" },
        { index: 0, score: 0.1 },
      ],
    ],
    [
      "llama.cpp, unsorted",
      {
        results: [
          { index: 0, relevance_score: 0.1 },
          { index: 1, relevance_score: 0.9 },
        ],
      },
    ],
  ])("%s", (_host, body) => {
    const result = readRanking(body, request) as RerankResult;
    const answer = open.response.encode(result, request);
    expect(listsIn(answer).map((list) => list.map(({ index }) => index))).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test.each<[Json, string]>([
    [{ results: [] }, "empty"],
    [{ results: [{ index: 2, relevance_score: 1 }] }, "malformed"],
    [
      {
        results: [
          { index: 0, relevance_score: 1 },
          { index: 0, relevance_score: 0 },
        ],
      },
      "malformed",
    ],
    [{ results: [{ index: 0 }] }, "malformed"],
    [{ results: [{ index: 0.5, relevance_score: 1 }] }, "malformed"],
    [{}, "malformed"],
    ["no", "malformed"],
  ])("%j is %s", (body, verdict) => {
    expect(readRanking(body, request)).toMatchObject({ verdict });
  });

  test("counts of tokens and searches, wherever they are", () => {
    const results = [{ index: 0, relevance_score: 1 }];
    const counts = (more: JsonObject): unknown => {
      const { usage, searchUnits } = readRanking({ results, ...more }, null) as RerankResult;
      return [usage?.input ?? null, searchUnits];
    };
    expect(counts({ usage: { total_tokens: 7 } })).toEqual([7, null]);
    expect(counts({ usage: { prompt_tokens: 5, total_tokens: 5 } })).toEqual([5, null]);
    expect(counts({ meta: { billed_units: { search_units: 2 }, tokens: { input_tokens: 9 } } })).toEqual([9, 2]);
    expect(counts({})).toEqual([null, null]);
  });
});

describe("documents", () => {
  test.each<[JsonObject, readonly string[]]>([
    [{ documents: ["a", { text: "b", id: 1 }] }, ["a", "b"]],
    [{ documents: [{ title: "T", n: 1 }], rank_fields: ["title", "n", "none"] }, ["title: T\nn: 1"]],
    [{ documents: [{ title: "T", text: "x" }], rank_fields: ["title"] }, ["T"]],
  ])("%j", (body, texts) => {
    expect(readDocuments(body).map(({ text }) => text)).toEqual(texts);
  });

  test("a picture is not for a target that ranks texts", () => {
    expect(() => readDocuments({ documents: [{ image: "https://example.com/a.png" }] })).toThrow("rank texts only");
  });

  test("Cohere's own requests and answers have none in the results", () => {
    const request = cohere.request.decode({ query: "q", documents: ["a"], top_n: 5 }, hint);
    expect(cohere.request.encode!(request, "n").body).toEqual({ model: "n", query: "q", documents: ["a"], top_n: 1 });
    const answer = cohere.response.encode(resultOf([{ index: 0, score: 0.5, text: "a" }]), request);
    expect(answer).toEqual({ results: [{ index: 0, relevance_score: 0.5 }], meta: { api_version: { version: "2" } } });
  });
});
