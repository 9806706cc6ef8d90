// Reranking as vendors write it: one request and one answer in which a few members have other names. The readers take all of
// them. Sources: docs.cohere.com/reference/rerank, api.jina.ai/redoc, docs.voyageai.com/reference/reranker-api,
// docs.vllm.ai (Jina's and Cohere's), llama.cpp's and Text Embeddings Inference's READMEs, docs.fireworks.ai.
import { unsupported } from "./unsupported.ts";
import type { Usage } from "../../core/chat.ts";
import { type WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import type { RankedDocument, RankingList, RerankDocument, RerankRequest, RerankResult } from "../../core/rerank.ts";
import { inBandFailure, plainFailure } from "./error-answer.ts";
import {
  asArray,
  badRequest,
  isArray,
  isObject,
  membersOf,
  numberOr,
  optionalArray,
  stringOr,
  wrongKind,
} from "./read.ts";

/** The query, as text. Some vendors take a picture in its place, which no other one can read. */
export function readQuery(body: JsonObject): string {
  const query = body["query"];
  if (typeof query === "string") return query;
  if (isObject(query)) throw unsupported("query", "this target can rank by a text only");
  throw wrongKind("query", "a string", query);
}

/** Strings, or objects with a `text` or with the fields that `rank_fields` names. */
export function readDocuments(body: JsonObject): readonly RerankDocument[] {
  const documents = asArray(body["documents"], "documents");
  if (documents.length === 0) throw badRequest("documents", "expected at least one document, got none");
  const fields = optionalArray(body, "rank_fields", "")?.filter((name) => typeof name === "string") ?? ["text"];
  return documents.map((value, index) => ({ text: textOf(value, fields, `documents[${index}]`), value }));
}

function textOf(value: Json, fields: readonly string[], place: string): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) throw wrongKind(place, "a string or an object with a text", value);
  const names = fields.filter((name) => value[name] !== undefined);
  if (names.length === 0)
    throw unsupported(place, `this target can rank texts only, and there is no ${fields.join(" or ")}`);
  const [only = ""] = names;
  if (names.length === 1 && typeof value[only] === "string") return value[only];
  // Its vendor reads several fields in their order, like YAML.
  return names.map((name) => `${name}: ${plain(value[name])}`).join("\n");
}

function plain(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** Throws GatewayFailure(`unsupported`) for more documents than the target takes at once. */
export function refuseManyDocuments({ documents }: RerankRequest, most: number | undefined): void {
  if (most === undefined || documents.length <= most) return;
  throw unsupported("documents", `this target accepts at most ${most} documents at once, got ${documents.length}`);
}

/** A target's answer. `request`: null if it was not parsed. */
export function readRanking(body: Json, request: RerankRequest | null): RerankResult | WireFailure {
  const inBand = isArray(body) ? null : inBandFailure(body);
  if (inBand !== null) return inBand;
  const answer = membersOf(body);
  const { items, list } = listIn(body);
  if (items === null) return plainFailure("malformed", "the answer has no list of results");
  if (items.length === 0) return plainFailure("empty", "the answer has no result");
  const ranking: RankedDocument[] = [];
  const indexes = new Set<number>();
  const most = request?.documents.length ?? Infinity;
  for (const [position, item] of items.entries()) {
    const ranked = readRanked(item);
    if (ranked === null) return plainFailure("malformed", `the answer's result ${position} has no index or no score`);
    const { index } = ranked;
    if (indexes.has(index) || index >= most)
      return plainFailure(
        "malformed",
        `the answer's result ${position} has the index ${index}, which is no document's`,
      );
    indexes.add(index);
    ranking.push(ranked);
  }
  const { usage, searchUnits } = countsIn(answer);
  return { model: stringOr(answer["model"], ""), ranking, list, usage, searchUnits };
}

function listIn(body: Json): { readonly items: readonly Json[] | null; readonly list: RankingList | null } {
  if (isArray(body)) return { items: body, list: null };
  const { results, data } = membersOf(body);
  if (isArray(results)) return { items: results, list: "results" };
  return isArray(data) ? { items: data, list: "data" } : { items: null, list: null };
}

function readRanked(item: Json): RankedDocument | null {
  const members = membersOf(item);
  const index = numberOr(members["index"], null);
  const score = numberOr(members["relevance_score"], null) ?? numberOr(members["score"], null);
  if (index === null || score === null || !Number.isInteger(index) || index < 0) return null;
  const document = members["document"] ?? members["text"];
  return { index, score, text: stringOr(document, null) ?? stringOr(membersOf(document)["text"], null) };
}

/** Tokens in `usage`, or in `meta` beside the searches that are billed. */
function countsIn(answer: JsonObject): Pick<RerankResult, "usage" | "searchUnits"> {
  const usage = membersOf(answer["usage"]);
  const meta = membersOf(answer["meta"]);
  const billed = membersOf(meta["billed_units"]);
  const tokens =
    numberOr(usage["prompt_tokens"], null) ??
    numberOr(usage["total_tokens"], null) ??
    numberOr(membersOf(meta["tokens"])["input_tokens"], null) ??
    numberOr(billed["input_tokens"], null);
  return { usage: inputUsage(tokens), searchUnits: numberOr(billed["search_units"] ?? usage["search_units"], null) };
}

/** Of a service without output. */
export function inputUsage(tokens: number | null): Usage | null {
  return tokens === null ? null : { input: tokens, output: null, cacheRead: null, cacheWrite: null, reasoning: null };
}

/** The best first, as all vendors promise and some servers do not, and no more than the client wants. */
export function rankedFor({ ranking }: RerankResult, { limit }: RerankRequest): readonly RankedDocument[] {
  const sorted = isSorted(ranking) ? ranking : ranking.toSorted((one, other) => other.score - one.score);
  return limit === null ? sorted : sorted.slice(0, limit);
}

export function isSorted(ranking: readonly RankedDocument[]): boolean {
  return ranking.every(({ score }, place) => score <= (ranking[place - 1]?.score ?? Infinity));
}

/** The documents of results that shall have them: as the client sent them, whatever the target returned. */
export function documentsFor(
  ranked: RankedDocument,
  { documents, returnDocuments }: RerankRequest,
): { readonly text: string; readonly value: Json } | null {
  const own = documents[ranked.index];
  if (returnDocuments ?? ranked.text !== null) return own ?? null;
  return null;
}

/** The members of billed units, as Cohere writes them. */
export function metaOf({ usage, searchUnits }: RerankResult): JsonObject | null {
  const tokens = usage?.input ?? null;
  if (searchUnits === null && tokens === null) return null;
  const meta: MutableJson = {};
  if (searchUnits !== null) meta["billed_units"] = { search_units: searchUnits };
  if (tokens !== null) meta["tokens"] = { input_tokens: tokens };
  return meta;
}
