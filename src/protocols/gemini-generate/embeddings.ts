// Embeddings of the Gemini API: one text through `embedContent`, several through `batchEmbedContents`. A target only:
// its own clients are not served here. Shapes from the published reference and recorded traffic.
import type { EmbeddingsCodec, EmbeddingsRequest, EmbeddingsResponse, Vector } from "../../core/embeddings.ts";
import { GatewayFailure, type WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { isArray, isObject, membersOf, objectOr } from "../read.ts";
import { createReport } from "../report.ts";
import { inBandFailure, plainFailure } from "./failure.ts";
import { escaped, resourceOf } from "./resource.ts";
import { decodeUsage } from "./usage.ts";

/** The most texts that the vendor takes in one batch. */
const mostTexts = 100;

export const embeddings: EmbeddingsCodec = {
  encodeRequest(request, model) {
    const report = createReport();
    for (const field of Object.keys(request.extras)) report.drop(field);
    const { dropped, adapted } = report;
    const resource = resourceOf(model);
    const asked = request.texts.map((text) => ({ model: resource, ...embedding(text, request) }));
    const [only] = asked;
    if (only !== undefined && asked.length === 1)
      return { path: `/${escaped(resource)}:embedContent`, body: only, dropped, adapted };
    if (asked.length > mostTexts) {
      throw new GatewayFailure(`input: this target takes ${mostTexts} texts at once, not ${asked.length}`, {
        code: "unsupported",
        status: 400,
        param: "input",
      });
    }
    return { path: `/${escaped(resource)}:batchEmbedContents`, body: { requests: asked }, dropped, adapted };
  },
  decodeResponse,
};

function embedding(text: string, { dimensions }: EmbeddingsRequest): JsonObject {
  const content = { parts: [{ text }] };
  return dimensions === null ? { content } : { content, outputDimensionality: dimensions };
}

/** The vendor names no model here. */
function decodeResponse(body: Json): EmbeddingsResponse | WireFailure {
  if (isObject(body) && body["error"] !== undefined) return inBandFailure(body);
  const answer = membersOf(body);
  const list = isArray(answer["embeddings"]) ? answer["embeddings"] : [answer["embedding"]];
  const vectors: Vector[] = [];
  for (const item of list) {
    const values = membersOf(item)["values"];
    if (!isArray(values) || values.length === 0)
      return plainFailure("malformed", "the answer holds no embedding, or one without values");
    vectors.push(values as readonly number[]);
  }
  if (vectors.length === 0) return plainFailure("empty", "the answer holds no embedding");
  return { model: "", vectors, usage: decodeUsage(objectOr(answer["usageMetadata"], null)) };
}
