// Gemini's native API as a fake service: generateContent, streamGenerateContent (SSE and JSON array), countTokens and
// the model list, with the real one's keys, checks and errors.
import { composeAnswer } from "../answers/compose-answer.ts";
import { isLastSlice, sliceAnswer } from "../answers/slice-answer.ts";
import { asNumber, asRecord, eitherCase, recordsOf, decodePathPiece, type JsonRecord } from "../json-record.ts";
import type { AnswerWish, Dialect, DocumentReply, Frame, Reply, VendorRequest, World } from "../vocabulary.ts";
import { isAnsweredEmpty } from "./check-contents.ts";
import { checkRequest } from "./check-request.ts";
import { readFields } from "./read-fields.ts";
import { continuedAnswer, tokenAfter } from "./continue-answer.ts";
import { embeddingModels, replyToEmbedding, type EmbeddingMethod } from "./embeddings.ts";
import {
  Complaint,
  errorFor,
  errorReply,
  htmlNotFound,
  invalidKeyError,
  printOnOneLine,
  printPretty,
  envelopeHead,
  violation,
} from "./envelope.ts";
import { openLive } from "./live.ts";
import { listedModels, modelTraits, type ModelTraits } from "./models.ts";
import { countMediaTokens, countPrompt, includesThoughts, readPrompt } from "./read-prompt.ts";
import { renderDocument, renderStream, type Envelope } from "./render.ts";
import { imagenModels, replyWithImages, replyWithMedia } from "./reply-with-media.ts";
import { serveGemini } from "./services.ts";
import { webSearchOf } from "./web-search.ts";

const routePattern =
  /^\/v1(?:beta|alpha)?\/models\/([^/:]+):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict)$/;

export const geminiDialect: Dialect = {
  session: openLive,
  vendor: "google",
  basePath: "/v1beta",
  newline: "\r\n",
  traits(request) {
    const [, model, method] = routePattern.exec(request.path) ?? [];
    const tools = recordsOf(asRecord(request.body)?.["tools"]);
    return {
      model: model === undefined ? undefined : decodePathPiece(model),
      stream: method === "streamGenerateContent",
      hasTools: tools.some((tool) => eitherCase(tool, "functionDeclarations") !== undefined),
      embeds: request.method === "POST" && isEmbedding(method),
      generates: request.method === "POST" && /^(?:generateContent|streamGenerateContent|predict)$/.test(method ?? ""),
    };
  },
  reply,
  serve(request, world) {
    if (!isService(request)) return undefined;
    try {
      checkKey(request, world);
      const served = serveGemini(request, world);
      if (served === undefined) return undefined;
      const { status, headers } = envelopeHead(world, false);
      return {
        kind: "document",
        tokens: 0,
        body: served.body,
        head: { status, headers: [...headers, ...served.headers] },
      };
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      const { code, status, message } = error;
      return errorReply(world, { code, message, status }, false);
    }
  },
  rejection(wish, request, world): DocumentReply {
    return withHints(errorReply(world, errorFor(wish, modelOf(request)), comesInList(request)), wish.retryAfter);
  },
  hasEndMarker: false,
  errorFrames(wish, opening): Frame[] {
    const data = { error: errorFor(wish, "gemini-2.5-flash") };
    return [{ part: "error", data, tokens: 0, ...(opening === undefined ? {} : { bare: true }) }];
  },
  printFrame: printOnOneLine,
  printDocument(data) {
    return `${printPretty(data)}\n`;
  },
  withoutUsage({ usageMetadata: _usage, ...data }) {
    return data;
  },
  withOddUsage({ usageMetadata, ...data }) {
    if (usageMetadata !== undefined && isOfVectors(data)) return { ...data, metadata: usageMetadata };
    const [first, ...others] = recordsOf(data["candidates"]);
    return usageMetadata === undefined || first === undefined
      ? data
      : { ...data, candidates: [{ ...first, usageMetadata }, ...others] };
  },
  withoutChoices(data) {
    if (data["embeddings"] !== undefined) return { ...data, embeddings: [] };
    if (data["embedding"] !== undefined) return { ...data, embedding: {} };
    return data["candidates"] === undefined ? data : { ...data, candidates: [] };
  },
  repeatFinish(data) {
    const [first] = recordsOf(data["candidates"]);
    if (first?.["finishReason"] === undefined) return undefined;
    return { ...data, candidates: [{ ...first, content: { parts: [{ text: "" }], role: "model" } }] };
  },
  repeatUsage({ usageMetadata, modelVersion, responseId }) {
    return usageMetadata === undefined ? undefined : { usageMetadata, modelVersion, responseId };
  },
};

function reply(request: VendorRequest, world: World, wish: AnswerWish): Reply {
  const [, encodedModel, method] = routePattern.exec(request.path) ?? [];
  const isList = /^\/v1(?:beta|alpha)?\/models(?:\/[^/:]+)?$/.test(request.path) && request.method === "GET";
  if (!isList && (encodedModel === undefined || request.method !== "POST")) return htmlNotFound(request.path);
  try {
    checkKey(request, world);
    if (isList) return replyWithModels(request, world);
    const name = decodePathPiece(encodedModel ?? "");
    if (isEmbedding(method)) return replyToEmbedding(readBody(request), world, { model: name, method });
    const traits = modelTraits(name);
    if (method === "predict" && imagenModels.includes(name))
      return replyWithImages(request, world, { model: name, wish });
    if (traits === undefined || method === "predict") throw unknownModel(name, method ?? "generateContent");
    const body = readBody(request);
    if (method === "countTokens") return replyWithCount(body, world);
    return replyWithContent(request, { body, world, wish, traits });
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    const { code, status, message, details } = error;
    return errorReply(
      world,
      { code, message, status, ...(details === undefined ? {} : { details }) },
      comesInList(request),
    );
  }
}

function isService({ path }: VendorRequest): boolean {
  return /^(?:\/upload)?\/v1beta\/(?:files|cachedContents)(?:\/|$)/.test(path);
}

function isOfVectors(data: JsonRecord): boolean {
  return data["embedding"] !== undefined || data["embeddings"] !== undefined;
}

function isEmbedding(method: string | undefined): method is EmbeddingMethod {
  return method === "embedContent" || method === "batchEmbedContents";
}

function withHints(reply: DocumentReply, retryAfter: number | undefined): DocumentReply {
  if (retryAfter === undefined) return reply;
  return { ...reply, head: { ...reply.head, headers: [...reply.head.headers, ["retry-after", String(retryAfter)]] } };
}

/** Without `alt=sse` a stream is a JSON array, and so is its error. */
function comesInList(request: VendorRequest): boolean {
  return request.path.endsWith(":streamGenerateContent") && request.query.get("alt") !== "sse";
}

function modelOf(request: VendorRequest): string {
  return routePattern.exec(request.path)?.[1] ?? "gemini-2.5-flash";
}

function checkKey(request: VendorRequest, world: World): void {
  if (!world.requireKeys) return;
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const key = request.headers["x-goog-api-key"] ?? request.query.get("key") ?? bearer ?? "";
  if (key === "") {
    const message =
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.";
    throw new Complaint(message, { code: 403, status: "PERMISSION_DENIED" });
  }
  if (!/bad|revoked/i.test(key)) return;
  if (key === bearer)
    throw new Complaint(errorFor({ status: 401 }, "")["message"] as string, { code: 401, status: "UNAUTHENTICATED" });
  const { message, details } = invalidKeyError();
  throw new Complaint(message as string, { details: details as JsonRecord[] });
}

function unknownModel(name: string, method: string): Complaint {
  const message = `models/${name} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`;
  return new Complaint(message, { code: 404, status: "NOT_FOUND" });
}

function readBody(request: VendorRequest): JsonRecord {
  const body = asRecord(request.body);
  if (body !== undefined) return readFields(body);
  if (request.rawBody.trim() === "") return {};
  const description = `Invalid JSON payload received. Unexpected token.\n${request.rawBody.slice(0, 40)}\n^`;
  throw new Complaint(description, { details: [violation(description)] });
}

function replyWithContent(
  request: VendorRequest,
  {
    body,
    world,
    wish: originalWish,
    traits,
  }: { body: JsonRecord; world: World; wish: AnswerWish; traits: ModelTraits },
): Reply {
  checkRequest(body, traits);
  const wish = isAnsweredEmpty(body, traits) ? { ...originalWish, emptyText: true } : originalWish;
  const promptTokens = countPrompt(body);
  if (promptTokens > traits.contextTokens) {
    throw new Complaint(
      `The input token count (${promptTokens}) exceeds the maximum number of tokens allowed (${traits.contextTokens}).`,
    );
  }
  const prompt = readPrompt(body, traits);
  if (traits.answers !== "text" && wish.policyBlock !== true) {
    return replyWithMedia(request, world, { traits, prompt: { text: prompt.userText, tokens: promptTokens }, wish });
  }
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  const count = asNumber(eitherCase(config, "candidateCount")) ?? 1;
  const slice = continuedAnswer(body, wish, traits);
  const answers = Array.from({ length: count }, (_, index) => {
    const answer = composeAnswer({ ...prompt, seed: prompt.seed + index }, wish);
    return slice === undefined ? answer : sliceAnswer(answer, slice);
  });
  const envelope: Envelope = {
    random: world.random,
    traits,
    promptTokens,
    mediaTokens: countMediaTokens(body),
    showThoughts: includesThoughts(body),
    logprobs: eitherCase(config, "responseLogprobs") === true,
    wish,
    search: slice === undefined && answers.length === 1 ? webSearchOf(body, prompt.userText, answers[0]) : undefined,
    continuation: slice === undefined || isLastSlice(slice) ? undefined : tokenAfter(slice, body),
  };
  const isSse = request.query.get("alt") === "sse";
  if (request.path.endsWith(":streamGenerateContent")) {
    return {
      kind: "stream",
      head: envelopeHead(world, isSse),
      framing: isSse ? "sse" : "json-array",
      frames: renderStream(answers, envelope),
    };
  }
  const tokens = answers.reduce((sum, answer) => sum + answer.answerTokens + answer.thinkingTokens, 0);
  return { kind: "document", head: envelopeHead(world, false), body: renderDocument(answers, envelope), tokens };
}

function replyWithCount(body: JsonRecord, world: World): Reply {
  const counted = asRecord(eitherCase(body, "generateContentRequest")) ?? body;
  const totalTokens = countPrompt(counted);
  return {
    kind: "document",
    head: envelopeHead(world, false),
    tokens: 0,
    body: { totalTokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: totalTokens }] },
  };
}

function describeEmbedding(name: string): JsonRecord {
  return {
    name: `models/${name}`,
    version: "001",
    displayName: name,
    description: `Simulated ${name}`,
    inputTokenLimit: 2048,
    outputTokenLimit: 1,
    supportedGenerationMethods: ["embedContent", "batchEmbedContents"],
  };
}

function replyWithModels(request: VendorRequest, world: World): Reply {
  const describe = (name: string): JsonRecord => {
    if (embeddingModels.includes(name)) return describeEmbedding(name);
    const traits = modelTraits(name);
    if (traits === undefined) throw unknownModel(name, "getModel");
    return {
      name: `models/${name}`,
      version: "001",
      displayName: name,
      description: `Simulated ${name}`,
      inputTokenLimit: traits.contextTokens,
      outputTokenLimit: traits.outputTokens,
      supportedGenerationMethods: ["generateContent", "countTokens"],
      temperature: 1,
      topP: 0.95,
      topK: 64,
      maxTemperature: 2,
      ...(traits.reasonsByDefault ? { thinking: true } : {}),
    };
  };
  const single = /\/models\/([^/]+)$/.exec(request.path)?.[1];
  const body =
    single === undefined
      ? { models: [...listedModels.map(describe), ...embeddingModels.map(describeEmbedding)] }
      : describe(decodePathPiece(single));
  return { kind: "document", head: envelopeHead(world, false), tokens: 0, body };
}
