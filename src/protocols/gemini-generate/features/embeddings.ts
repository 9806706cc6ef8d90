// Embeddings of the Gemini API: one text through `embedContent`, several through `batchEmbedContents`, for targets and
// for clients. Shapes from the published reference and recorded traffic. A client's bytes stay unchanged except for the
// model, which is in each request of a batch.
import type { EmbeddingPurpose, EmbeddingsRequest, EmbeddingsResult, Vector } from "../../../core/embeddings.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
import { purposeIn, refuseMany } from "../../shared/embedding-options.ts";
import { isArray, isObject, membersOf, objectOr, stringOr } from "../../shared/read.ts";
import { createReport, type Report } from "../../shared/report.ts";
import { wrongNumber } from "../../shared/vectors.ts";
import { decodeEmbeddingsRequest, encodeClientResponse, path, place } from "./embeddings-client.ts";
import { inBandFailure, plainFailure } from "../failure/decode.ts";
import { escaped, resourceOf } from "./resource.ts";
import { decodeUsage } from "../response/usage.ts";

/** The vendor's largest batch. */
const mostTexts = 100;

export const embeddings: Operation<EmbeddingsRequest, EmbeddingsResult> = {
  request: { decode: decodeEmbeddingsRequest, encode: encodeRequest, path, place },
  response: { decode: decodeResponse, encode: encodeClientResponse },
};

function encodeRequest(request: EmbeddingsRequest, model: string): EncodedOperation {
  const report = createReport();
  const settings = settingsOf(request, report);
  const { dropped, adapted } = report;
  const resource = resourceOf(model);
  const requests = request.texts.map((text) => ({ model: resource, content: { parts: [{ text }] }, ...settings }));
  const [only] = requests;
  if (only !== undefined && requests.length === 1)
    return { path: `/${escaped(resource)}:embedContent`, body: only, dropped, adapted };
  refuseMany(request, mostTexts);
  return { path: `/${escaped(resource)}:batchEmbedContents`, body: { requests }, dropped, adapted };
}

/** Source: ai.google.dev/api/embeddings#TaskType. */
const taskTypes: Readonly<Record<EmbeddingPurpose, string>> = {
  query: "RETRIEVAL_QUERY",
  document: "RETRIEVAL_DOCUMENT",
  similarity: "SEMANTIC_SIMILARITY",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
};

/** The task type comes from a caller's extras, in any vendor's words, or from a route. A title is for documents only. */
function settingsOf({ dimensions, extras }: EmbeddingsRequest, report: Report): JsonObject {
  const settings: MutableJson = {};
  if (dimensions !== null) settings["outputDimensionality"] = dimensions;
  const purpose = purposeIn(extras);
  const ownTask = stringOr(extras["taskType"] ?? extras["task_type"], null);
  const task = ownTask ?? (purpose === null ? null : taskTypes[purpose.purpose]);
  const title = task === "RETRIEVAL_DOCUMENT" ? stringOr(extras["title"], null) : null;
  if (task !== null) settings["taskType"] = task;
  if (title !== null) settings["title"] = title;
  for (const field of Object.keys(extras)) {
    const isTask = ownTask === null ? field === purpose?.member : /^task_?type$/i.test(field);
    const isPlaced = field === "title" ? title !== null : isTask;
    if (!isPlaced) report.drop(field);
  }
  return settings;
}

/** The vendor names no model here. */
function decodeResponse(body: Json, request: EmbeddingsRequest | null): EmbeddingsResult | WireFailure {
  if (isObject(body) && body["error"] !== undefined) return inBandFailure(body);
  const answer = membersOf(body);
  const list = isArray(answer["embeddings"]) ? answer["embeddings"] : [answer["embedding"]];
  const vectors: Vector[] = [];
  for (const item of list) {
    const values = membersOf(item)["values"];
    if (!isArray(values) || values.length === 0)
      return plainFailure("malformed", "the answer has no embedding, or one without values");
    vectors.push(values as readonly number[]);
  }
  const wrong = wrongNumber(vectors, request);
  if (wrong !== null) return wrong;
  return { model: "", vectors, usage: decodeUsage(objectOr(answer["usageMetadata"], null)) };
}
