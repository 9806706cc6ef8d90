// Embeddings in OpenAI's format: for its clients, and for targets that copied it. A client's bytes go to such targets
// untouched; then this file only checks whether the answer is valid. A host's variants are facts about its models.
import type { EmbeddingsFacts, EmbeddingsRequest, EmbeddingsResult, Vector } from "../../../core/embeddings.ts";
import { GatewayFailure, type WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { OperationFacts } from "../../../core/operation-facts.ts";
import type { EncodedOperation, Operation, OperationTarget, OwnRequest } from "../../../core/operation.ts";
import { embeddingOptions, purposeIn, refuseMany, takeForm } from "../../shared/embedding-options.ts";
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
import { readServiceUsage } from "./service-usage.ts";

const path = "/embeddings";
/** OpenAI's, and that of several hosts. */
const dimensionNames = ["dimensions", "output_dimension"] as const;
const mappedNames: ReadonlySet<string> = new Set(["model", "input", "encoding_format", ...dimensionNames]);

export const embeddings: Operation<EmbeddingsRequest, EmbeddingsResult> = {
  request: {
    decode: decodeRequest,
    encode: encodeRequest,
    fits,
    path: () => path,
    place: (params, model) => ({ ...params, model }),
  },
  response: { decode: decodeResponse, passes, encode: encodeResponse },
};

function encodeRequest(request: EmbeddingsRequest, model: string, facts?: OperationFacts): EncodedOperation {
  const form = facts?.embeddings ?? {};
  refuseMany(request, form.mostTexts);
  const report = createReport();
  const body = { model, input: request.texts, ...embeddingOptions(request, form, report) };
  return { path, body, dropped: report.dropped, adapted: report.adapted };
}

/** False for members that this host spells differently or refuses, and for more texts than it takes. */
function fits(
  { members: own }: Pick<OwnRequest, "members">,
  { facts: { embeddings: form = {} } }: OperationTarget,
): boolean {
  return takesMembers(own, form) && takesInput(own, form);
}

function takesMembers(own: RawMembers, form: EmbeddingsFacts): boolean {
  const { members, dimensions = "dimensions", base64 = "encoding_format", saysFloat } = form;
  if (members !== undefined) for (const name of own.names()) if (!members.includes(name)) return false;
  for (const name of dimensionNames) if (name !== dimensions && own.has(name)) return false;
  if (!takesPurpose(own, form)) return false;
  const format = own.has("encoding_format") ? own.read("encoding_format") : undefined;
  if (format === "float") return saysFloat !== false;
  return format !== "base64" || base64 === "encoding_format";
}

/** False for a word of another host: a word that nobody knows may be newer than our tables. */
function takesPurpose(own: RawMembers, { purpose: form }: EmbeddingsFacts): boolean {
  if (form === undefined || !own.has(form.member)) return true;
  const word = own.read(form.member) ?? null;
  const purpose = purposeIn({ [form.member]: word });
  return purpose === null || form.words[purpose.purpose] === word;
}

function takesInput(own: RawMembers, { tokens, mostTexts }: EmbeddingsFacts): boolean {
  if (mostTexts === undefined && tokens === undefined) return true;
  const input = own.read("input");
  if (!isArray(input)) return true;
  const isTokens = typeof input[0] === "number" || isArray(input[0]);
  if (isTokens) return tokens !== false;
  return mostTexts === undefined || input.length <= mostTexts;
}

function asksForBase64(own: Pick<RawMembers, "has" | "read">): boolean {
  return ["encoding_format", "embedding_type"].some((name) => own.has(name) && own.read(name) === "base64");
}

/** Some hosts ignore the wanted form: a client that reads base64 fails on numbers. */
function passes({ vectors }: EmbeddingsResult, own: Pick<RawMembers, "has" | "read">): boolean {
  const kind = asksForBase64(own) ? "string" : "object";
  return vectors.every((vector) => typeof vector === kind);
}

function decodeRequest(body: JsonObject): EmbeddingsRequest {
  const dimensions = optionalInteger(body, "dimensions", "") ?? optionalInteger(body, "output_dimension", "");
  if (dimensions !== null && dimensions < 1) throw badRequest("dimensions", `expected at least 1, got ${dimensions}`);
  const format = optionalString(body, "encoding_format", "") ?? "float";
  if (format !== "float" && format !== "base64")
    throw badRequest("encoding_format", `expected "float" or "base64", got "${format.slice(0, 80)}"`);
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key) && body[key] !== null) extras[key] = body[key];
  const base64 = takeForm(extras) === "base64" || format === "base64";
  return { texts: readTexts(body["input"]), dimensions, base64, extras };
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
  return { model: stringOr(body["model"], ""), vectors, usage: readServiceUsage(body["usage"]) };
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
