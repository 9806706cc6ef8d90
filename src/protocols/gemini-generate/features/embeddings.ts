// Embeddings of the Gemini API: one text through `embedContent`, several through `batchEmbedContents`, for targets and
// for clients. Shapes from the published reference and recorded traffic. A client's bytes stay unchanged except for the
// model, which is in each request of a batch.
import type { EmbeddingsRequest, EmbeddingsResult, Vector } from "../../../core/embeddings.ts";
import { GatewayFailure, type WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
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
  if (requests.length > mostTexts) {
    throw new GatewayFailure(`input: this target accepts at most ${mostTexts} texts at once, got ${requests.length}`, {
      code: "unsupported",
      status: 400,
      param: "input",
    });
  }
  return { path: `/${escaped(resource)}:batchEmbedContents`, body: { requests }, dropped, adapted };
}

/** The task type comes from a caller's extras, or from a route. A title is for documents only. */
function settingsOf({ dimensions, extras }: EmbeddingsRequest, report: Report): JsonObject {
  const settings: MutableJson = {};
  if (dimensions !== null) settings["outputDimensionality"] = dimensions;
  const task = stringOr(extras["taskType"] ?? extras["task_type"], null);
  const title = task === "RETRIEVAL_DOCUMENT" ? stringOr(extras["title"], null) : null;
  if (task !== null) settings["taskType"] = task;
  if (title !== null) settings["title"] = title;
  for (const field of Object.keys(extras)) {
    const isPlaced = field === "title" ? title !== null : /^task_?type$/i.test(field) && task !== null;
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
