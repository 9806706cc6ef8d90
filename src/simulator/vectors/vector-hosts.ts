// Hosts of embeddings and rerankers in nearly OpenAI's form, by names that only their models have: Voyage, Jina, Mistral, and
// the servers that people run. Each has its own members and words of refusal. Their paths are those of OpenAI.
import { embedText } from "../answers/embed-text.ts";
import { countTokens } from "../answers/tokens.ts";
import { asList, asNumber, asRecord, asText, show, type JsonRecord } from "../json-record.ts";
import { openaiDialect } from "../openai/dialect.ts";
import { envelopeHead } from "../openai/envelope.ts";
import type { Dialect, DocumentReply, VendorRequest, World } from "../vocabulary.ts";
import { rankDocuments, rankedTokens } from "./rank-documents.ts";

interface HostRules {
  readonly rerank: readonly string[];
  readonly embeddings: readonly string[];
  /** The body of a refusal. */
  refusal(message: string): JsonRecord;
  unknown(name: string): { readonly status: number; readonly message: string };
}

const voyageWords =
  "The request body is not valid JSON, or some arguments were not specified properly. In particular, ";

const hosts: Readonly<Record<string, HostRules>> = {
  voyage: {
    rerank: ["model", "query", "documents", "top_k", "return_documents", "truncation"],
    embeddings: ["model", "input", "input_type", "truncation", "output_dimension", "output_dtype", "encoding_format"],
    refusal: (detail) => ({ detail }),
    // Its own words, from a probe that a user of it recorded.
    unknown: (name) => ({ status: 400, message: `${voyageWords}Argument '${name}' is not supported by our API` }),
  },
  jina: {
    rerank: ["model", "query", "documents", "top_n", "return_documents"],
    embeddings: ["model", "input", "task", "dimensions", "normalized", "late_chunking", "embedding_type", "truncate"],
    refusal: (detail) => ({ detail }),
    unknown: (name) => ({ status: 422, message: `Extra inputs are not permitted: ${name}` }),
  },
  mistral: {
    rerank: [],
    embeddings: ["model", "input", "metadata", "output_dimension", "output_dtype", "encoding_format"],
    refusal: (message) => ({ object: "error", message, type: "invalid_request_error", param: null, code: null }),
    unknown: (name) => ({ status: 422, message: `Extra inputs are not permitted: ${name}` }),
  },
  // A server of somebody: it ignores members that it does not know, and always returns documents and numbers.
  local: {
    rerank: [],
    embeddings: [],
    refusal: (message) => ({ error: { message, type: "BadRequestError", param: null, code: 400 } }),
    unknown: () => ({ status: 200, message: "" }),
  },
};

const names: readonly (readonly [RegExp, keyof typeof hosts])[] = [
  [/^(?:voyage-|rerank-\d)/u, "voyage"],
  [/^jina-/u, "jina"],
  [/^(?:mistral|codestral)-embed/u, "mistral"],
  [/^BAAI\//u, "local"],
];

class HostRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The dialect of a request for one of their models; undefined for any other. */
export function atVectorHost({ path, body }: VendorRequest): Dialect | undefined {
  const isRerank = path === "/v1/rerank";
  if (!isRerank && path !== "/v1/embeddings") return undefined;
  const model = asText(asRecord(body)?.["model"]) ?? "";
  const name = names.find(([pattern]) => pattern.test(model))?.[1];
  const host = name === undefined ? undefined : hosts[name];
  if (name === undefined || host === undefined) return undefined;
  return {
    ...openaiDialect,
    serve: () => undefined,
    traits: () => ({ model, stream: false, hasTools: false, generates: false, embeds: !isRerank }),
    rejection: (wish, _request, world) =>
      refuse(world, wish.status, host.refusal(wish.message ?? "The service is not available.")),
    reply(request, world) {
      try {
        const members = asRecord(request.body) ?? {};
        checkMembers(members, isRerank ? host.rerank : host.embeddings, host);
        const answer = isRerank ? rerank(members, name) : embed(members, name);
        return { kind: "document", tokens: 1, head: headOf(world), body: answer };
      } catch (error) {
        if (error instanceof HostRefusal) return refuse(world, error.status, host.refusal(error.message));
        throw error;
      }
    },
  };
}

function headOf(world: World): DocumentReply["head"] {
  return envelopeHead(world, { stream: false, promptTokens: 0 });
}

function refuse(world: World, status: number, body: JsonRecord): DocumentReply {
  return { kind: "document", tokens: 0, head: { ...headOf(world), status }, body };
}

function checkMembers(body: JsonRecord, members: readonly string[], host: HostRules): void {
  const stranger = members.length === 0 ? undefined : Object.keys(body).find((name) => !members.includes(name));
  if (stranger === undefined) return;
  const { status, message } = host.unknown(stranger);
  throw new HostRefusal(status, message);
}

function rerank(body: JsonRecord, host: string): JsonRecord {
  const query = asText(body["query"]);
  const documents = asList(body["documents"]) ?? [];
  if (query === undefined || documents.length === 0) throw new HostRefusal(400, "documents must be a non-empty list");
  const texts = documents.map((one) => {
    const text = asText(one) ?? (host === "voyage" ? undefined : asText(asRecord(one)?.["text"]));
    if (text === undefined) throw new HostRefusal(400, "documents must be a list of strings");
    return text;
  });
  if (host === "voyage" && texts.length > 1_000) throw new HostRefusal(400, "too many documents");
  const ranking = rankDocuments(query, texts, asNumber(body["top_n"] ?? body["top_k"]));
  // A local server always returns the documents, Jina and Voyage on request.
  const isReturned = host === "local" || body["return_documents"] === true;
  const items = ranking.map(({ index, score }) => {
    const text = texts[index] ?? "";
    const document = host === "voyage" ? text : { text };
    return { index, relevance_score: score, ...(isReturned ? { document } : {}) };
  });
  const tokens = rankedTokens(query, texts);
  const usage = host === "local" ? { prompt_tokens: tokens, total_tokens: tokens } : { total_tokens: tokens };
  const head = host === "local" ? { id: "rerank-1" } : { object: "list" };
  return { ...head, model: body["model"], usage, [host === "voyage" ? "data" : "results"]: items };
}

const mostTexts: Readonly<Record<string, number>> = { voyage: 1_000, jina: 2_048 };

function embed(body: JsonRecord, host: string): JsonRecord {
  const input = body["input"];
  const list = typeof input === "string" ? [input] : (asList(input) ?? []);
  const texts = list.filter((one) => typeof one === "string");
  if (texts.length === 0 || texts.length !== list.length)
    throw new HostRefusal(400, "input must be a string or a list of strings");
  if (texts.length > (mostTexts[host] ?? Infinity)) throw new HostRefusal(400, "input: too many texts");
  const format = body["encoding_format"] ?? body["embedding_type"];
  if (host === "voyage" && format !== undefined && format !== "base64")
    throw new HostRefusal(
      400,
      `${voyageWords}Value '${show(format)}' provided for argument 'encoding_format' is invalid`,
    );
  const purpose = body["input_type"] ?? null;
  if (host === "voyage" && purpose !== null && purpose !== "query" && purpose !== "document")
    throw new HostRefusal(400, `${voyageWords}Value '${show(purpose)}' provided for argument 'input_type' is invalid`);
  const model = asText(body["model"]) ?? "";
  const dimensions = asNumber(body["output_dimension"] ?? body["dimensions"]) ?? 1024;
  const data = texts.map((text, index) => {
    const vector = embedText(`${show(body["input_type"] ?? body["task"] ?? "")}${text}`, model, dimensions);
    const packed = (): string => Buffer.from(Float32Array.from(vector).buffer).toString("base64");
    return { object: "embedding", index, embedding: format === "base64" && host !== "local" ? packed() : vector };
  });
  const tokens = texts.reduce((sum, text) => sum + Math.max(1, countTokens(text)), 0);
  const prompt = host === "voyage" ? {} : { prompt_tokens: tokens };
  return { object: "list", data, model, usage: { ...prompt, total_tokens: tokens } };
}
