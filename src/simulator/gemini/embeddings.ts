// Gemini's embeddings: one content, or a batch of them, to vectors. Field names are checked as everywhere in this
// service; both spellings are accepted.
import { embedText } from "../answers/embed-text.ts";
import { countTokens } from "../answers/tokens.ts";
import { asNumber, asRecord, asText, eitherCase, recordsOf, toSnakeCase, type JsonRecord } from "../json-record.ts";
import type { DocumentReply, World } from "../vocabulary.ts";
import { Complaint, envelopeHead, unknownName, violation } from "./envelope.ts";

export const embeddingModels: readonly string[] = ["gemini-embedding-001", "gemini-embedding-2"];

export type EmbeddingMethod = "embedContent" | "batchEmbedContents";

const usualDimensions = 3072;
const mostInBatch = 100;
const requestFields: readonly string[] = ["model", "content", "taskType", "title", "outputDimensionality"];

export function replyToEmbedding(
  body: JsonRecord,
  world: World,
  { model, method }: { model: string; method: EmbeddingMethod },
): DocumentReply {
  if (!embeddingModels.includes(model)) {
    const message = `models/${model} is not found for API version v1beta, or is not supported for embedContent. Call ModelService.ListModels to see the list of available models and their supported methods.`;
    throw new Complaint(message, { code: 404, status: "NOT_FOUND" });
  }
  const isBatch = method === "batchEmbedContents";
  checkNames(body, isBatch);
  const requests = isBatch ? recordsOf(body["requests"]) : [body];
  checkBatch(requests, model, isBatch);
  const embeddings = requests.map((request) => ({ values: vectorFor(request, model) }));
  // the first of these models counts nothing
  const tokens = requests.reduce((sum, request) => sum + countTokens(textOf(request)), 0);
  const usage = { promptTokenCount: tokens, promptTokenDetails: [{ modality: "TEXT", tokenCount: tokens }] };
  return {
    kind: "document",
    head: envelopeHead(world, false),
    tokens: 1,
    body: {
      ...(isBatch ? { embeddings } : { embedding: embeddings[0] }),
      ...(model === "gemini-embedding-001" ? {} : { usageMetadata: usage }),
    },
  };
}

function checkNames(body: JsonRecord, isBatch: boolean): void {
  const complaints: string[] = [];
  if (isBatch) complaints.push(...strangersIn(body, ["requests"], undefined));
  const requests = isBatch ? recordsOf(body["requests"]) : [body];
  for (const [index, request] of requests.entries()) {
    const place = isBatch ? `requests[${index}]` : undefined;
    complaints.push(...strangersIn(request, requestFields, place));
    const content = asRecord(request["content"]);
    const inner = place === undefined ? "content" : `${place}.content`;
    complaints.push(...strangersIn(content, ["role", "parts"], inner));
  }
  if (complaints.length > 0) throw new Complaint(complaints.join("\n"), { details: [violation(...complaints)] });
}

function strangersIn(
  record: JsonRecord | undefined,
  knownNames: readonly string[],
  place: string | undefined,
): string[] {
  const accepted = [...knownNames, ...knownNames.map(toSnakeCase)];
  return Object.keys(record ?? {})
    .filter((name) => !accepted.includes(name))
    .map((name) => unknownName(name, place));
}

function checkBatch(requests: readonly JsonRecord[], model: string, isBatch: boolean): void {
  const kind = isBatch ? "BatchEmbedContentsRequest" : "EmbedContentRequest";
  if (requests.length === 0) throw new Complaint(`* ${kind}.requests: at least one request is required\n`);
  if (requests.length > mostInBatch) {
    throw new Complaint(`* ${kind}.requests: at most ${mostInBatch} requests can be in one batch\n`);
  }
  for (const [index, request] of requests.entries()) {
    const place = isBatch ? `${kind}.requests[${index}]` : kind;
    const ownModel = asText(request["model"]);
    if (isBatch && ownModel === undefined) throw new Complaint(`* ${place}.model: unexpected model name format\n`);
    if (ownModel !== undefined && ownModel !== `models/${model}`) {
      throw new Complaint(`* ${place}.model: model does not match the model in the request path\n`);
    }
    if (textOf(request) === "") throw new Complaint(`* ${place}.content: contents is not specified\n`);
    const dimensions = eitherCase(request, "outputDimensionality");
    if (dimensions === undefined || isDimension(dimensions)) continue;
    throw new Complaint(`* ${place}.output_dimensionality: must be between 1 and ${usualDimensions}\n`);
  }
}

function isDimension(value: unknown): boolean {
  const dimensions = asNumber(value) ?? 0;
  return Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= usualDimensions;
}

function vectorFor(request: JsonRecord, model: string): number[] {
  const dimensions = asNumber(eitherCase(request, "outputDimensionality")) ?? usualDimensions;
  return embedText(textOf(request), model, dimensions);
}

function textOf(request: JsonRecord): string {
  return recordsOf(asRecord(request["content"])?.["parts"])
    .map((part) => asText(part["text"]) ?? "")
    .join("\n");
}
