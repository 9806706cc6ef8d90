// Cohere's clients that ask for embeddings: their requests in neutral form, and their answers. The first version's answer
// has bare vectors, unless the request names a form. Source: docs.cohere.com/reference/embed and /v1/reference/embed.
import { unsupported } from "../../shared/unsupported.ts";
import type { EmbeddingsRequest, EmbeddingsResult } from "../../../core/embeddings.ts";
import type { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { OperationHint } from "../../../core/operation.ts";
import { takeForm } from "../../shared/embedding-options.ts";
import { asArray, asObject, asString, badRequest, optionalInteger, wrongKind } from "../../shared/read.ts";
import { inNumbers, vectorsInBase64 } from "../../shared/vectors.ts";

/** The path's variant of the older answers. */
export const FIRST_VERSION = "v1";

const mappedNames: ReadonlySet<string> = new Set(["model", "texts", "inputs", "images", "output_dimension"]);

export function decodeEmbeddingsRequest(
  body: JsonObject,
  { variant }: Pick<OperationHint, "variant">,
): EmbeddingsRequest {
  const dimensions = optionalInteger(body, "output_dimension", "");
  if (dimensions !== null && dimensions < 1)
    throw badRequest("output_dimension", `expected at least 1, got ${dimensions}`);
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key) && body[key] !== null) extras[key] = body[key];
  const form = takeForm(extras);
  const bare = variant === FIRST_VERSION && form === null;
  return { texts: readTexts(body), dimensions, base64: form === "base64", bare, extras };
}

function readTexts(body: JsonObject): readonly string[] {
  const { texts, inputs, images } = body;
  if (images !== undefined && images !== null) throw textsOnly("images");
  const name = texts === undefined ? "inputs" : "texts";
  const list = texts ?? inputs;
  if (list === undefined || list === null) throw wrongKind("texts", "an array of strings", list);
  const items = asArray(list, name);
  if (items.length === 0) throw badRequest(name, "expected at least one text, got none");
  return items.map((item, index) =>
    name === "texts" ? asString(item, `texts[${index}]`) : readInput(item, `inputs[${index}]`),
  );
}

/** Several parts are one text, a line each. */
function readInput(input: Json, place: string): string {
  const parts = asArray(asObject(input, place)["content"], `${place}.content`);
  const texts = parts.map((part, index) => {
    const { text } = asObject(part, `${place}.content[${index}]`);
    if (typeof text !== "string") throw textsOnly(`${place}.content[${index}]`);
    return text;
  });
  return texts.join("\n");
}

function textsOnly(param: string): GatewayFailure {
  return unsupported(param, "this target can embed text only");
}

export function encodeClientResponse({ vectors, usage }: EmbeddingsResult, request: EmbeddingsRequest): JsonObject {
  const { texts, base64, bare } = request;
  const numbers = (): Json => vectors.map(inNumbers);
  const tokens = usage?.input ?? null;
  const version = bare === true ? "1" : "2";
  const billed = tokens === null ? {} : { billed_units: { input_tokens: tokens } };
  return {
    response_type: bare === true ? "embeddings_floats" : "embeddings_by_type",
    embeddings: bare === true ? numbers() : base64 ? { base64: vectors.map(vectorsInBase64) } : { float: numbers() },
    texts,
    meta: { api_version: { version }, ...billed },
  };
}
