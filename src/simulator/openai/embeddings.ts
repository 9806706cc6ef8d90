// OpenAI's embeddings: the checks and messages of its older services, vectors as floats or in base64, usage.
import { embedText } from "../answers/embed-text.ts";
import { countTokens } from "../answers/tokens.ts";
import { asList, show, type JsonRecord } from "../json-record.ts";
import type { DocumentReply, World } from "../vocabulary.ts";
import { Complaint, envelopeHead, unknownModel, unrecognized } from "./envelope.ts";

interface EmbeddingModel {
  readonly servedAs: string;
  readonly dimensions: number;
  readonly takesDimensions: boolean;
}

const models: Readonly<Record<string, EmbeddingModel>> = {
  "text-embedding-3-small": { servedAs: "text-embedding-3-small", dimensions: 1536, takesDimensions: true },
  "text-embedding-3-large": { servedAs: "text-embedding-3-large", dimensions: 3072, takesDimensions: true },
  "text-embedding-ada-002": { servedAs: "text-embedding-ada-002-v2", dimensions: 1536, takesDimensions: false },
};

export const embeddingModels: readonly string[] = Object.keys(models);

const knownParameters: readonly string[] = ["input", "model", "encoding_format", "dimensions", "user"];
const mostInputs = 2048;
const mostTokens = 8192;

export function replyToEmbeddings(body: JsonRecord, world: World): DocumentReply {
  const { model, dimensions, inputs } = checkEmbeddings(body);
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0);
  const data = inputs.map(({ text }, index) => {
    const vector = embedText(text, model.servedAs, dimensions);
    return { object: "embedding", index, embedding: body["encoding_format"] === "base64" ? toBase64(vector) : vector };
  });
  const head = envelopeHead(world, { stream: false, promptTokens: tokens });
  return {
    kind: "document",
    head: { ...head, headers: [...head.headers, ["openai-model", model.servedAs]] },
    tokens: 1,
    body: { object: "list", data, model: model.servedAs, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  };
}

/** 32-bit floats, little-endian. */
function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}

interface EmbeddingInput {
  readonly text: string;
  readonly tokens: number;
}

interface CheckedEmbeddings {
  readonly model: EmbeddingModel;
  readonly dimensions: number;
  readonly inputs: readonly EmbeddingInput[];
}

function checkEmbeddings(body: JsonRecord): CheckedEmbeddings {
  const name = body["model"];
  if (typeof name !== "string") throw new Complaint({ message: "you must provide a model parameter" });
  const model = models[name];
  if (model === undefined) throw unknownModel(name);
  const strangers = Object.keys(body).filter((key) => !knownParameters.includes(key));
  if (strangers.length > 0) throw new Complaint(unrecognized(strangers));
  const format = body["encoding_format"];
  if (format !== undefined && format !== "float" && format !== "base64") {
    throw new Complaint({ message: `'${show(format)}' is not one of ['float', 'base64'] - 'encoding_format'` });
  }
  return { model, dimensions: checkDimensions(body["dimensions"], model), inputs: readInputs(body["input"]) };
}

function checkDimensions(dimensions: unknown, model: EmbeddingModel): number {
  if (dimensions === undefined || dimensions === null) return model.dimensions;
  if (typeof dimensions !== "number" || !Number.isInteger(dimensions))
    throw new Complaint({ message: `${JSON.stringify(dimensions)} is not of type 'integer' - 'dimensions'` });
  if (dimensions < 1) throw new Complaint({ message: `${dimensions} is less than the minimum of 1 - 'dimensions'` });
  if (!model.takesDimensions) throw new Complaint({ message: "This model does not support specifying dimensions." });
  if (dimensions > model.dimensions) {
    const message = `Invalid value for 'dimensions' = ${dimensions}. Must be less than or equal to ${model.dimensions}.`;
    throw new Complaint({ message });
  }
  return dimensions;
}

/** A text, a list of texts, a list of token numbers, or a list of such lists. */
function readInputs(input: unknown): EmbeddingInput[] {
  if (input === undefined) throw new Complaint({ message: "'input' is a required property" });
  const list = asList(input);
  const isTokens = list !== undefined && list.length > 0 && list.every((member) => typeof member === "number");
  const members = list === undefined || isTokens ? [input] : list;
  if (members.length === 0) throw new Complaint({ message: "[] is too short - 'input'" });
  if (members.length > mostInputs) {
    const message = `Invalid 'input': array too long. Expected an array with maximum length ${mostInputs}, but got an array with length ${members.length} instead.`;
    throw new Complaint({ message, param: "input", code: "array_above_max_length" });
  }
  return members.map(readInput);
}

function readInput(member: unknown): EmbeddingInput {
  const numbers = asList(member);
  const isTokens = numbers !== undefined && numbers.length > 0 && numbers.every((one) => Number.isInteger(one));
  if (typeof member !== "string" && !isTokens) {
    const message =
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.";
    throw new Complaint({ message });
  }
  if (member === "") {
    throw new Complaint({ message: "Invalid 'input': input cannot be an empty string.", param: "input" });
  }
  const text = typeof member === "string" ? member : (numbers ?? []).join(" ");
  const tokens = typeof member === "string" ? Math.max(1, countTokens(text)) : (numbers ?? []).length;
  if (tokens > mostTokens) {
    const message = `This model's maximum context length is ${mostTokens} tokens, however you requested ${tokens} tokens (${tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`;
    throw new Complaint({ message });
  }
  return { text, tokens };
}
