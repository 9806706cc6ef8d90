// Embeddings at Cohere, `/v2/embed`. The gateway asks for numbers and turns them into base64 itself, and names a purpose,
// because its models need one. Source: docs.cohere.com/reference/embed.
import type { EmbeddingPurpose, EmbeddingsRequest, EmbeddingsResult, Vector } from "../../../core/embeddings.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
import { purposeIn, refuseMany, truncationIn } from "../../shared/embedding-options.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import { inputUsage } from "../../shared/ranking.ts";
import { isArray, membersOf, numberOr } from "../../shared/read.ts";
import { createReport } from "../../shared/report.ts";
import { wrongNumber } from "../../shared/vectors.ts";
import { decodeEmbeddingsRequest, encodeClientResponse, FIRST_VERSION } from "./embeddings-client.ts";

/** The vendor's largest batch. */
const mostTexts = 96;
const ownNames: readonly string[] = ["max_tokens", "priority"];

const words: Readonly<Record<EmbeddingPurpose, string>> = {
  query: "search_query",
  document: "search_document",
  // It has no word for it; its guide clusters what is compared with each other.
  similarity: "clustering",
  classification: "classification",
  clustering: "clustering",
};

export const embeddings: Operation<EmbeddingsRequest, EmbeddingsResult> = {
  request: {
    decode: decodeEmbeddingsRequest,
    encode: encodeRequest,
    path: (_model, variant) => (variant === FIRST_VERSION ? "/v1/embed" : "/v2/embed"),
    place,
  },
  response: { decode: decodeResponse, encode: encodeClientResponse },
};

/** A route's params have OpenAI's names. */
function place({ dimensions, encoding_format: _, ...params }: JsonObject, model: string): JsonObject {
  return { ...(dimensions === undefined ? {} : { output_dimension: dimensions }), ...params, model };
}

function encodeRequest(request: EmbeddingsRequest, model: string): EncodedOperation {
  refuseMany(request, mostTexts);
  const { texts, dimensions, extras } = request;
  const report = createReport();
  const purpose = purposeIn(extras);
  const truncation = truncationIn(extras);
  const body: MutableJson = {
    model,
    texts,
    input_type: words[purpose?.purpose ?? "document"],
    embedding_types: ["float"],
  };
  if (purpose === null) report.note("input_type:>search_document");
  if (dimensions !== null) body["output_dimension"] = dimensions;
  if (truncation !== null) body["truncate"] = truncation.cut ? "END" : "NONE";
  for (const name of Object.keys(extras)) {
    if (name === purpose?.member || name === truncation?.member) continue;
    if (ownNames.includes(name)) body[name] = extras[name];
    else report.drop(name);
  }
  return { path: "/v2/embed", body, dropped: report.dropped, adapted: report.adapted };
}

/** Bare vectors, or lists of them by their form. */
function decodeResponse(body: Json, request: EmbeddingsRequest | null): EmbeddingsResult | WireFailure {
  const inBand = inBandFailure(body);
  if (inBand !== null) return inBand;
  const answer = membersOf(body);
  const list = listIn(answer["embeddings"]);
  if (list === null) return plainFailure("malformed", "the answer has no list of embeddings");
  const isVector = (one: Json): boolean => (typeof one === "string" || isArray(one)) && one.length > 0;
  const wrongPlace = list.findIndex((one) => !isVector(one));
  if (wrongPlace !== -1) return plainFailure("malformed", `the answer's embedding ${wrongPlace} is empty`);
  const vectors = list as readonly Vector[];
  const wrong = wrongNumber(vectors, request);
  if (wrong !== null) return wrong;
  const meta = membersOf(answer["meta"]);
  const tokens =
    numberOr(membersOf(meta["billed_units"])["input_tokens"], null) ??
    numberOr(membersOf(meta["tokens"])["input_tokens"], null);
  return { model: "", vectors, usage: inputUsage(tokens) };
}

function listIn(embeddings: Json | undefined): readonly Json[] | null {
  if (isArray(embeddings)) return embeddings;
  const { float, ...others } = membersOf(embeddings);
  return [float, ...Object.values(others)].find((one): one is readonly Json[] => isArray(one)) ?? null;
}
