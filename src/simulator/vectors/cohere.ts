// Cohere's own API as a fake service, beside OpenAI's hosts: `/v2/rerank`, `/v2/embed`, `/v1/embed`. Its members, limits and
// words of refusal, as seen in recorded traffic and in the reports of its users.
import { embedText } from "../answers/embed-text.ts";
import { countTokens } from "../answers/tokens.ts";
import { asList, asNumber, asRecord, asText, nameOfType, type JsonRecord } from "../json-record.ts";
import { openaiDialect } from "../openai/dialect.ts";
import { envelopeHead } from "../openai/envelope.ts";
import type { Dialect, DocumentReply, VendorRequest, World } from "../vocabulary.ts";
import { rankDocuments } from "./rank-documents.ts";

type Answer = (body: JsonRecord) => JsonRecord;

const answers: Readonly<Record<string, Answer>> = {
  "/v2/rerank": rerank,
  "/v2/embed": (body) => embed(body, true),
  "/v1/embed": (body) => embed(body, false),
};

class CohereRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The dialect of a request at one of Cohere's paths; undefined for any other path. */
export function atCohere(request: VendorRequest): Dialect | undefined {
  const answer = answers[request.path];
  if (answer === undefined) return undefined;
  return {
    ...openaiDialect,
    serve: () => undefined,
    traits: ({ body, path }) => ({
      model: asText(asRecord(body)?.["model"]),
      stream: false,
      hasTools: false,
      generates: false,
      embeds: path.endsWith("/embed"),
    }),
    rejection: (wish, _request, world) => refuse(world, wish.status, wish.message ?? words(wish.status)),
    reply: (raw, world) => reply(raw, world, answer),
  };
}

function words(status: number): string {
  if (status === 401) return "invalid api token";
  if (status === 429) return "You are past the per minute request limit, please wait and try again later.";
  return status >= 500 ? "internal server error, this has been reported to our developers" : "invalid request";
}

function reply({ body, headers, method }: VendorRequest, world: World, answer: Answer): DocumentReply {
  if (method !== "POST") return refuse(world, 404, "404 page not found");
  const key = /^Bearer\s+(.+)$/iu.exec(headers["authorization"] ?? "")?.[1];
  if (world.requireKeys && (key === undefined || /bad|revoked/iu.test(key))) return refuse(world, 401, words(401));
  const members = asRecord(body);
  if (members === undefined) return refuse(world, 400, "invalid json syntax");
  try {
    return { kind: "document", tokens: 1, head: headOf(world), body: { id: idOf(world), ...answer(members) } };
  } catch (error) {
    if (error instanceof CohereRefusal) return refuse(world, error.status, error.message);
    throw error;
  }
}

function refuse(world: World, status: number, message: string): DocumentReply {
  return { kind: "document", tokens: 0, head: { ...headOf(world), status }, body: { id: idOf(world), message } };
}

function headOf(world: World): DocumentReply["head"] {
  return envelopeHead(world, { stream: false, promptTokens: 0 });
}

function idOf(world: World): string {
  const hexadecimal = "0123456789abcdef";
  return [8, 4, 4, 4, 12].map((length) => world.random.characters(length, hexadecimal)).join("-");
}

const rerankMembers: Readonly<Record<string, string>> = {
  model: "string",
  query: "string",
  documents: "list",
  top_n: "int",
  max_tokens_per_doc: "int",
  priority: "int",
};
const embedMembers: Readonly<Record<string, string>> = {
  model: "string",
  texts: "list",
  input_type: "string",
  embedding_types: "list",
  output_dimension: "int",
  truncate: "string",
  max_tokens: "int",
  priority: "int",
};

function checkMembers(body: JsonRecord, types: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(body)) {
    const type = types[name];
    if (type === undefined) throw new CohereRefusal(400, `unknown field: parameter '${name}' is not a valid field`);
    if (!isOfType(value, type)) {
      const message = `invalid type: parameter ${name} is of type ${nameOfType(value)} but should be of type ${type}.`;
      throw new CohereRefusal(400, message);
    }
  }
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "list") return Array.isArray(value);
  return type === "int" ? Number.isInteger(value) : typeof value === type;
}

function checkModel(body: JsonRecord, pattern: RegExp): string {
  const model = asText(body["model"]) ?? "";
  if (model === "") throw new CohereRefusal(400, "invalid request: model must be specified");
  if (pattern.test(model)) return model;
  const message = `model '${model}' not found, make sure the correct model ID was used and that you have access to the model.`;
  throw new CohereRefusal(404, message);
}

function textsIn(body: JsonRecord, name: string): readonly string[] {
  const texts = asList(body[name]) ?? [];
  if (texts.length === 0) throw new CohereRefusal(400, `invalid request: list of ${name} must not be empty`);
  return texts.map((text, index) => {
    if (typeof text === "string") return text;
    const type = nameOfType(text);
    throw new CohereRefusal(
      400,
      `invalid type: parameter ${name}[${index}] is of type ${type} but should be of type string.`,
    );
  });
}

function rerank(body: JsonRecord): JsonRecord {
  checkMembers(body, rerankMembers);
  checkModel(body, /^rerank-(?:v\d|english|multilingual)/u);
  const query = asText(body["query"]) ?? "";
  if (query === "") throw new CohereRefusal(400, "invalid request: query must be specified");
  const documents = textsIn(body, "documents");
  const limit = asNumber(body["top_n"]);
  if (limit !== undefined && limit < 1) throw new CohereRefusal(400, "invalid request: top_n must be greater than 0");
  const results = rankDocuments(query, documents, limit).map(({ index, score }) => ({ index, relevance_score: score }));
  // One search is up to a hundred documents.
  const units = { search_units: Math.ceil(documents.length / 100) };
  return { results, meta: { api_version: { version: "2" }, billed_units: units } };
}

const inputTypes = ["search_document", "search_query", "classification", "clustering"];

function embed(body: JsonRecord, isSecond: boolean): JsonRecord {
  checkMembers(body, embedMembers);
  const model = checkModel(body, /^embed-/u);
  const texts = textsIn(body, "texts");
  if (texts.length > 96) {
    const message = `invalid request: total number of texts must be at most 96 - received ${texts.length}`;
    throw new CohereRefusal(400, message);
  }
  if (!inputTypes.includes(asText(body["input_type"]) ?? ""))
    throw new CohereRefusal(400, "invalid request: valid input_type must be provided with the provided model");
  const dimensions = asNumber(body["output_dimension"]) ?? (model.startsWith("embed-v4") ? 1536 : 1024);
  const vectors = texts.map((text) => embedText(text, model, dimensions));
  const types = asList(body["embedding_types"]);
  const tokens = texts.reduce((sum, text) => sum + Math.max(1, countTokens(text)), 0);
  const meta = { api_version: { version: isSecond ? "2" : "1" }, billed_units: { input_tokens: tokens } };
  if (!isSecond && types === undefined) return { response_type: "embeddings_floats", embeddings: vectors, texts, meta };
  const forms = Object.fromEntries((types ?? ["float"]).map((type) => [String(type), vectors.map(formOf(type))]));
  return { response_type: "embeddings_by_type", embeddings: forms, texts, meta };
}

function formOf(type: unknown): (vector: readonly number[]) => unknown {
  if (type === "float") return (vector) => vector;
  if (type === "base64") return (vector) => Buffer.from(Float32Array.from(vector).buffer).toString("base64");
  if (type === "int8") return (vector) => vector.map((value) => Math.round(value * 127));
  throw new CohereRefusal(400, `invalid request: embedding type ${String(type)} is not supported by the simulator`);
}
