// Reranking at `/rerank`, which OpenAI does not have and its hosts do. Its clients are those of Cohere's first version, Jina,
// Voyage and vLLM: the same path, with a list called `results` or `data`. The members of a request say whose client it is.
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { OperationFacts } from "../../../core/operation-facts.ts";
import type { EncodedOperation, Operation, OperationTarget, OwnRequest } from "../../../core/operation.ts";
import type { RankedDocument, RankingList, RerankRequest, RerankResult } from "../../../core/rerank.ts";
import { badRequest, isArray, optionalBoolean, optionalInteger } from "../../shared/read.ts";
import {
  documentsFor,
  isSorted,
  metaOf,
  rankedFor,
  readDocuments,
  readQuery,
  readRanking,
  refuseManyDocuments,
} from "../../shared/ranking.ts";
import { createReport } from "../../shared/report.ts";

const path = "/rerank";
const mappedNames: ReadonlySet<string> = new Set([
  "model",
  "query",
  "documents",
  "top_n",
  "top_k",
  "return_documents",
  "rank_fields",
]);
/** Only one kind of client sends these. */
const marksOfData = ["top_k", "truncation"];
const marksOfResults = ["top_n", "rank_fields", "max_chunks_per_doc", "max_tokens_per_doc"];

export const rerank: Operation<RerankRequest, RerankResult> = {
  request: { decode, encode, fits, path: () => path, place: (params, model) => ({ ...params, model }) },
  response: { decode: readRanking, passes, encode: encodeResponse },
};

function decode(body: JsonObject): RerankRequest {
  const limit = readLimit(body, "top_n") ?? readLimit(body, "top_k");
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key) && body[key] !== null) extras[key] = body[key];
  return {
    query: readQuery(body),
    documents: readDocuments(body),
    limit,
    returnDocuments: optionalBoolean(body, "return_documents", ""),
    list: listOf((name) => body[name] !== undefined),
    extras,
  };
}

function readLimit(body: JsonObject, name: string): number | null {
  const limit = optionalInteger(body, name, "");
  if (limit !== null && limit < 1) throw badRequest(name, `expected at least 1, got ${limit}`);
  return limit;
}

function listOf(has: (name: string) => boolean): RankingList | null {
  if (marksOfData.some(has)) return "data";
  return marksOfResults.some(has) ? "results" : null;
}

/** The gateway has the documents, so the target need not return them. */
function encode(request: RerankRequest, model: string, facts?: OperationFacts): EncodedOperation {
  const { documents = "documents", limit = "top_n", members = [], mostDocuments } = facts?.rerank ?? {};
  refuseManyDocuments(request, mostDocuments);
  const report = createReport();
  const body: MutableJson = { model, query: request.query, [documents]: request.documents.map(({ text }) => text) };
  if (request.limit !== null && limit !== null) body[limit] = Math.min(request.limit, request.documents.length);
  for (const name of Object.keys(request.extras)) {
    if (members.includes(name)) body[name] = request.extras[name];
    else report.drop(name);
  }
  return { path, body, dropped: report.dropped, adapted: report.adapted };
}

/** False for members that this host spells differently or refuses. */
function fits({ members: own }: Pick<OwnRequest, "members">, { facts }: OperationTarget): boolean {
  const { documents = "documents", limit = "top_n", members, textsOnly, mostDocuments } = facts.rerank ?? {};
  if (documents !== "documents") return false;
  for (const name of ["top_n", "top_k"]) if (name !== limit && own.has(name)) return false;
  // Only hosts with this limit have the other members of its clients.
  if (limit !== "top_k" && listOf((name) => own.has(name)) === "data") return false;
  if (members !== undefined) {
    const memberNames = new Set<string | null>(["model", "query", "documents", "return_documents", limit, ...members]);
    for (const name of own.names()) if (!memberNames.has(name)) return false;
  }
  if (textsOnly === undefined && mostDocuments === undefined) return true;
  const list = own.read("documents");
  if (!isArray(list)) return true;
  if (mostDocuments !== undefined && list.length > mostDocuments) return false;
  return textsOnly === undefined || list.every((one) => typeof one === "string");
}

/** A client finds its list, in order, with the documents that it asked for. */
function passes({ ranking, list }: RerankResult, own: Pick<RawMembers, "has" | "read">): boolean {
  if (list === null || list !== listOf((name) => own.has(name))) return false;
  const isWithout = own.has("return_documents") && own.read("return_documents") === true;
  return isSorted(ranking) && !(isWithout && ranking.some(({ text }) => text === null));
}

function encodeResponse(result: RerankResult, request: RerankRequest): JsonObject {
  const ranking = rankedFor(result, request);
  const body: MutableJson = { object: "list", model: result.model };
  if (request.list !== "data") body["results"] = ranking.map((one) => resultOf(one, request));
  if (request.list !== "results") body["data"] = ranking.map((one) => dataOf(one, request));
  const tokens = result.usage?.input ?? null;
  if (tokens !== null) body["usage"] = { prompt_tokens: tokens, total_tokens: tokens };
  const meta = metaOf(result);
  if (meta !== null && request.list !== "data") body["meta"] = meta;
  return body;
}

/** With the document as an object. */
function resultOf(ranked: RankedDocument, request: RerankRequest): JsonObject {
  const document = documentsFor(ranked, request);
  const result = { index: ranked.index, relevance_score: ranked.score };
  if (document === null) return result;
  const { value } = document;
  return { ...result, document: typeof value === "string" ? { text: value } : value };
}

/** With the document as text. */
function dataOf(ranked: RankedDocument, request: RerankRequest): JsonObject {
  const document = documentsFor(ranked, request);
  const result = { index: ranked.index, relevance_score: ranked.score };
  return document === null ? result : { ...result, document: document.text };
}
