// Embeddings in OpenAI's format: for its clients, and for targets that copied it. A client's bytes go to such targets
// untouched; then this file only checks whether the answer is valid.
import type { EmbeddingsRequest, EmbeddingsResult, Vector } from "../../../core/embeddings.ts";
import { GatewayFailure, type WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import {
  badRequest,
  isArray,
  isObject,
  kindOf,
  numberOr,
  optionalInteger,
  optionalString,
  stringOr,
  wrongKind,
} from "../../shared/read.ts";
import { createReport } from "../../shared/report.ts";
import { vectorsInBase64, inNumbers, wrongNumber } from "../../shared/vectors.ts";
import { readUsage } from "../response/usage.ts";

const path = "/embeddings";
const mappedNames: ReadonlySet<string> = new Set(["model", "input", "dimensions", "encoding_format"]);

export const embeddings: Operation<EmbeddingsRequest, EmbeddingsResult> = {
  request: {
    decode: decodeRequest,
    encode: encodeRequest,
    path: () => path,
    place: (params, model) => ({ ...params, model }),
  },
  response: { decode: decodeResponse, encode: encodeResponse },
};

function encodeRequest(request: EmbeddingsRequest, model: string): EncodedOperation {
  const report = createReport();
  for (const field of Object.keys(request.extras)) report.drop(field);
  const body: MutableJson = { model, input: request.texts };
  if (request.dimensions !== null) body["dimensions"] = request.dimensions;
  if (request.base64) body["encoding_format"] = "base64";
  return { path, body, dropped: report.dropped, adapted: report.adapted };
}

function decodeRequest(body: JsonObject): EmbeddingsRequest {
  const dimensions = optionalInteger(body, "dimensions", "");
  if (dimensions !== null && dimensions < 1) throw badRequest("dimensions", `expected at least 1, got ${dimensions}`);
  const format = optionalString(body, "encoding_format", "") ?? "float";
  if (format !== "float" && format !== "base64")
    throw badRequest("encoding_format", `expected "float" or "base64", got "${format.slice(0, 80)}"`);
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key) && body[key] !== null) extras[key] = body[key];
  return { texts: readTexts(body["input"]), dimensions, base64: format === "base64", extras };
}

function readTexts(input: Json | undefined): readonly string[] {
  if (typeof input === "string") return [input];
  if (!isArray(input)) throw wrongKind("input", "a string or an array of strings", input);
  if (input.length === 0) throw badRequest("input", "expected at least one text, got none");
  return input.map((text, index) => {
    if (typeof text === "string") return text;
    const place = `input[${index}]`;
    if (typeof text !== "number" && !isArray(text)) throw wrongKind(place, "a string", text);
    const message = `input: only the model family that made ${kindOf(input[0]) === "a number" ? "tokens" : "arrays of tokens"} can read them: send text`;
    throw new GatewayFailure(message, { code: "unsupported", status: 400, param: "input" });
  });
}

function decodeResponse(body: Json, request: EmbeddingsRequest | null): EmbeddingsResult | WireFailure {
  const inBand = inBandFailure(body);
  if (inBand !== null) return inBand;
  if (!isObject(body) || !isArray(body["data"]))
    return plainFailure("malformed", "the answer has no list of embeddings");
  const vectors: Vector[] = [];
  for (const [position, item] of body["data"].entries()) {
    const vector = isObject(item) ? item["embedding"] : undefined;
    const isVector = typeof vector === "string" || isArray(vector);
    if (!isObject(item) || !isVector || vector.length === 0)
      return plainFailure("malformed", `the answer's data[${position}] has no embedding`);
    vectors[numberOr(item["index"], position)] = vector as Vector;
  }
  if (vectors.length !== body["data"].length || vectors.includes(undefined as never))
    return plainFailure("malformed", "the indexes of the answer's embeddings are not a sequence from 0");
  const wrong = wrongNumber(vectors, request);
  if (wrong !== null) return wrong;
  return { model: stringOr(body["model"], ""), vectors, usage: readUsage(body["usage"]) };
}

function encodeResponse(response: EmbeddingsResult, request: EmbeddingsRequest): JsonObject {
  const body: MutableJson = {
    object: "list",
    data: response.vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: request.base64 ? vectorsInBase64(vector) : inNumbers(vector),
    })),
    model: response.model,
  };
  const tokens = response.usage?.input ?? null;
  if (tokens !== null) body["usage"] = { prompt_tokens: tokens, total_tokens: tokens };
  return body;
}
