// Gemini clients that ask for embeddings: their requests in neutral form, and their answers. One content or a batch of
// them; the path decides, and with it the answer's format.
import type { EmbeddingsRequest, EmbeddingsResult } from "../../../core/embeddings.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { OperationHint, OperationRequestCodec } from "../../../core/operation.ts";
import { asObject, badRequest, isArray, isObject, optionalInteger, placeOf } from "../../shared/read.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { inNumbers } from "../../shared/vectors.ts";
import { objectsAt } from "./members.ts";
import { escaped, resourceOf } from "./resource.ts";
import { withCamelSpelling } from "./spelling.ts";

/** The path's variant for several texts. */
export const BATCH = "batch";

export function path(model: string, variant: string | null): string {
  return `/${escaped(resourceOf(model))}:${variant === BATCH ? "batchEmbedContents" : "embedContent"}`;
}

/** A route's params that this protocol knows, with its own names; the others are of another protocol. */
function settingsIn(params: JsonObject): JsonObject {
  const { taskType, title, outputDimensionality, dimensions } = withCamelSpelling(params);
  return { taskType, title, outputDimensionality: outputDimensionality ?? dimensions };
}

const otherSpelling: Readonly<Record<string, string>> = {
  taskType: "task_type",
  outputDimensionality: "output_dimensionality",
};

type Own = Parameters<OperationRequestCodec<EmbeddingsRequest>["place"]>[2];

export function place(params: JsonObject, model: string, own: Own): JsonObject {
  const settings = settingsIn(params);
  const requests = own.read("requests");
  const resource = resourceOf(model);
  if (isObject(requests) || isArray(requests))
    return inEach(objectsAt(requests, "requests"), { ...settings, model: resource });
  const set: MutableJson = { model: own.has("model") ? resource : undefined };
  for (const name in settings) {
    const other = otherSpelling[name];
    set[other !== undefined && own.has(other) ? other : name] = settings[name];
  }
  return set;
}

/** The whole list, or nothing if each request has all of it already: then a batch goes on byte for byte. */
function inEach(requests: readonly Json[], settings: JsonObject): JsonObject {
  const names = Object.keys(settings).filter((name) => settings[name] !== undefined);
  const isSet = (request: Json): boolean =>
    isObject(request) && names.every((name) => request[name] === settings[name]);
  if (requests.every(isSet)) return {};
  return {
    requests: requests.map((request) => {
      if (!isObject(request)) return request;
      const set: MutableJson = { ...request };
      for (const name of names) {
        const other = otherSpelling[name];
        if (other !== undefined) delete set[other];
        set[name] = settings[name];
      }
      return set;
    }),
  };
}

export function decodeEmbeddingsRequest(
  body: JsonObject,
  { variant }: Pick<OperationHint, "variant">,
): EmbeddingsRequest {
  const batch = variant === BATCH;
  if (!batch) {
    const { text, dimensions, extras } = readOne(body, "");
    return { texts: [text], dimensions, base64: false, batch, extras };
  }
  const requests = objectsAt(body["requests"], "requests");
  if (requests.length === 0) throw badRequest("requests", "expected at least one request, got none");
  const read = requests.map((request, index) => readOne(asObject(request, `requests[${index}]`), `requests[${index}]`));
  const dimensions = read[0]?.dimensions ?? null;
  for (const [index, one] of read.entries()) {
    if (one.dimensions === dimensions) continue;
    const message = "this target needs one vector length for the whole batch";
    throw unsupported(`requests[${index}].outputDimensionality`, message);
  }
  const extras: JsonObject = Object.assign({}, ...read.map((one) => one.extras));
  return { texts: read.map(({ text }) => text), dimensions, base64: false, batch, extras };
}

interface One {
  readonly text: string;
  readonly dimensions: number | null;
  readonly extras: JsonObject;
}

function readOne(request: JsonObject, place: string): One {
  const { model: _model, content, outputDimensionality, ...extras } = withCamelSpelling(request);
  const dimensions = optionalInteger(
    { outputDimensionality: outputDimensionality ?? null },
    "outputDimensionality",
    place,
  );
  if (dimensions !== null && dimensions < 1)
    throw badRequest(placeOf(place, "outputDimensionality"), `expected at least 1, got ${dimensions}`);
  return { text: readText(content, placeOf(place, "content")), dimensions, extras };
}

/** Several parts are one text, a line each. */
function readText(content: Json | undefined, place: string): string {
  const parts = objectsAt(asObject(content, place)["parts"], `${place}.parts`);
  if (parts.length === 0) throw badRequest(`${place}.parts`, "expected at least one part, got none");
  const texts = parts.map((part, index) => {
    const at = `${place}.parts[${index}]`;
    const { text } = asObject(part, at);
    if (typeof text === "string") return text;
    throw unsupported(at, "this target can embed text only");
  });
  return texts.join("\n");
}

export function encodeClientResponse({ vectors, usage }: EmbeddingsResult, { batch }: EmbeddingsRequest): JsonObject {
  const values = vectors.map((vector) => ({ values: inNumbers(vector) }));
  const body: MutableJson = batch === true ? { embeddings: values } : { embedding: values[0] };
  const tokens = usage?.input ?? null;
  if (tokens !== null) body["usageMetadata"] = { promptTokenCount: tokens };
  return body;
}
