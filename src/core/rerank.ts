// Reranking in neutral form: a query, documents, and a score for each. Scores of different models cannot be compared, but
// the order can be used, so another model can stand in.
import type { Usage } from "./chat.ts";
import type { Json, JsonObject } from "./json.ts";

export interface RerankDocument {
  /** What the model reads. */
  readonly text: string;
  /** As the client sent it. */
  readonly value: Json;
}

/** The member of an answer that has the list: clients know one of the two. */
export type RankingList = "results" | "data";

export interface RerankRequest {
  readonly query: string;
  /** Never empty. */
  readonly documents: readonly RerankDocument[];
  /** The most results; null: all documents. */
  readonly limit: number | null;
  /** Whether the results repeat the documents; null: as the target does. */
  readonly returnDocuments: boolean | null;
  /** Null: the request does not say, so the answer has both. */
  readonly list: RankingList | null;
  /** The caller's other fields, by their wire names: those that the target does not take are dropped and reported. */
  readonly extras: JsonObject;
}

export interface RankedDocument {
  /** Its place in the request. */
  readonly index: number;
  readonly score: number;
  /** Null: the target returned no document. */
  readonly text: string | null;
}

export interface RerankResult {
  /** See `OperationResult`. */
  readonly model: string;
  /** As the target ordered them. */
  readonly ranking: readonly RankedDocument[];
  /** The list in the target's answer; null: neither of the two. */
  readonly list: RankingList | null;
  readonly usage: Usage | null;
  /** The vendor's count of billed searches; null if it gave none. */
  readonly searchUnits: number | null;
}

/** How a host differs in its requests. Absent members are the usual ones. */
export interface RerankFacts {
  /** The list of documents. Absent: `documents`. */
  readonly documents?: string | undefined;
  /** The most results. Null: it takes no limit, and ranks all. Absent: `top_n`. */
  readonly limit?: string | null | undefined;
  /** All further members that it takes. Absent: unknown, so its own clients' members are passed on, others' are not. */
  readonly members?: readonly string[] | undefined;
  /** It takes documents as strings only. Absent: unknown. */
  readonly textsOnly?: true | undefined;
  /** The most documents in one request. Absent: unknown. */
  readonly mostDocuments?: number | undefined;
}
