// Reranking at Cohere, `/v2/rerank`: documents are texts, and results never repeat them.
// Source: docs.cohere.com/reference/rerank.
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
import type { RerankRequest, RerankResult } from "../../../core/rerank.ts";
import { badRequest, optionalInteger } from "../../shared/read.ts";
import { metaOf, rankedFor, readDocuments, readQuery, readRanking, refuseManyDocuments } from "../../shared/ranking.ts";
import { createReport } from "../../shared/report.ts";

const path = "/v2/rerank";
const mappedNames: ReadonlySet<string> = new Set(["model", "query", "documents", "top_n"]);
const ownNames: readonly string[] = ["max_tokens_per_doc", "priority"];
/** Source: docs.cohere.com/docs/reranking-best-practices. */
const mostDocuments = 10_000;

export const rerank: Operation<RerankRequest, RerankResult> = {
  request: { decode, encode, path: () => path, place: (params, model) => ({ ...params, model }) },
  response: { decode: readRanking, encode: encodeResponse },
};

function decode(body: JsonObject): RerankRequest {
  const limit = optionalInteger(body, "top_n", "");
  if (limit !== null && limit < 1) throw badRequest("top_n", `expected at least 1, got ${limit}`);
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key) && body[key] !== null) extras[key] = body[key];
  const documents = readDocuments(body);
  return { query: readQuery(body), documents, limit, returnDocuments: false, list: "results", extras };
}

function encode(request: RerankRequest, model: string): EncodedOperation {
  refuseManyDocuments(request, mostDocuments);
  const report = createReport();
  const body: MutableJson = { model, query: request.query, documents: request.documents.map(({ text }) => text) };
  if (request.limit !== null) body["top_n"] = Math.min(request.limit, request.documents.length);
  for (const name of Object.keys(request.extras)) {
    if (ownNames.includes(name)) body[name] = request.extras[name];
    else report.drop(name);
  }
  return { path, body, dropped: report.dropped, adapted: report.adapted };
}

function encodeResponse(result: RerankResult, request: RerankRequest): JsonObject {
  const results = rankedFor(result, request).map(({ index, score }) => ({ index, relevance_score: score }));
  return { results, meta: { api_version: { version: "2" }, ...metaOf(result) } };
}
