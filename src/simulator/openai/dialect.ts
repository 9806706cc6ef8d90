// OpenAI as a fake service: Chat Completions, models, and the way to its other services. Its messages are the real
// service's; faults of connections are played elsewhere.
import { composeAnswer } from "../answers/compose-answer.ts";
import { asNumber, asRecord, asText, recordsOf, decodePathPiece, type JsonRecord } from "../json-record.ts";
import type { AnswerWish, Dialect, DocumentReply, Frame, Reply, VendorRequest, World } from "../vocabulary.ts";
import { checkRequest } from "./check-request.ts";
import { completionModels, replyToCompletion } from "./completions.ts";
import { embeddingModels, replyToEmbeddings } from "./embeddings.ts";
import {
  Complaint,
  contextOverflow,
  errorBodyFor,
  errorReply,
  fullError,
  rejectionFor,
  envelopeHead,
} from "./envelope.ts";
import { answerPost, refusalOfKey } from "./answer-post.ts";
import { listedModels, modelTraits, type ModelTraits } from "./models.ts";
import { countPrompt, readPrompt } from "./read-prompt.ts";
import { renderDocument, renderStream, type Envelope } from "./render.ts";
import { searchInChat } from "./web-search.ts";
import { openRealtime } from "./realtime.ts";
import { serveOpenai } from "./services.ts";
import { responsesDialect, responsesPath } from "./responses/dialect.ts";

const chatPath = "/v1/chat/completions";
const completionsPath = "/v1/completions";
const embeddingsPath = "/v1/embeddings";

export const openaiDialect: Dialect = {
  vendor: "openai",
  basePath: "/v1",
  newline: "\n",
  traits(request) {
    const body = asRecord(request.body) ?? {};
    return {
      model: asText(body["model"]),
      stream: body["stream"] === true,
      hasTools: recordsOf(body["tools"]).length > 0,
      generates: (request.path === chatPath || request.path === completionsPath) && request.method === "POST",
      embeds: request.path === embeddingsPath && request.method === "POST",
    };
  },
  reply,
  serve: serveOpenai,
  session: openRealtime,
  rejection(wish, request, world): DocumentReply {
    return rejectionFor(wish, world, asText(asRecord(request.body)?.["model"]) ?? "gpt-4o");
  },
  hasEndMarker: true,
  errorFrames(wish): Frame[] {
    return [{ part: "error", data: { error: fullError(errorBodyFor(wish, "gpt-4o")) }, tokens: 0 }];
  },
  at(request) {
    return request.path === responsesPath ? responsesDialect : undefined;
  },
  printFrame(data) {
    return JSON.stringify(data);
  },
  printDocument(data) {
    return JSON.stringify(data, null, asRecord(data)?.["error"] === undefined ? 2 : 4);
  },
  withoutUsage({ usage: _usage, ...data }) {
    return data;
  },
  withOddUsage({ usage, ...data }) {
    if (usage == null) return data;
    if (data["object"] === "list") return { ...data, data: recordsOf(data["data"]).map((one) => ({ ...one, usage })) };
    const contentMember = data["object"] === "text_completion" ? { text: "" } : { delta: {} };
    const [first = { ...contentMember, index: 0, finish_reason: null }, ...others] = recordsOf(data["choices"]);
    return { ...data, choices: [{ ...first, usage }, ...others] };
  },
  withoutChoices(data) {
    if (data["object"] === "list") return { ...data, data: [] };
    return data["choices"] === undefined ? data : { ...data, choices: [] };
  },
  repeatFinish(data) {
    return recordsOf(data["choices"]).some((choice) => choice["finish_reason"] != null) ? data : undefined;
  },
  repeatUsage(data) {
    return data["usage"] == null ? undefined : data;
  },
};

function reply(request: VendorRequest, world: World, wish: AnswerWish): Reply {
  if (request.path === "/v1/models" || request.path.startsWith("/v1/models/")) {
    return refusalOfKey(request, world) ?? replyWithModels(request, world);
  }
  return answerPost(request, world, (body) => {
    if (request.path === embeddingsPath) return replyToEmbeddings(body, world);
    if (request.path === completionsPath) return replyToCompletion(body, world, wish);
    return request.path === chatPath ? replyToChat(body, world, wish) : undefined;
  });
}

function replyToChat(body: JsonRecord, world: World, wish: AnswerWish): Reply {
  const traits = checkRequest(body);
  const promptTokens = countPrompt(body);
  if (promptTokens > traits.contextTokens) throw new Complaint(contextOverflow(traits.contextTokens, promptTokens));
  const prompt = readPrompt(body, traits);
  const calm = { ...wish, emptyText: wish.emptyText === true || wish.policyBlock === true };
  const answers = Array.from({ length: asNumber(body["n"]) ?? 1 }, (_, index) => {
    return composeAnswer(
      { ...prompt, seed: prompt.seed + index, ...(wish.policyBlock === true ? { tools: [] } : {}) },
      calm,
    );
  });
  const isStream = body["stream"] === true;
  const head = envelopeHead(world, { stream: isStream, promptTokens });
  const search = calm.emptyText ? undefined : searchInChat(body, prompt.userText);
  const envelope = { ...envelopeFor(body, { world, traits, promptTokens, wish }), search };
  if (isStream) return { kind: "stream", head, framing: "sse", frames: renderStream(answers, envelope) };
  const tokens = answers.reduce((sum, answer) => sum + answer.answerTokens + answer.thinkingTokens, 0);
  return { kind: "document", head, body: renderDocument(answers, envelope), tokens };
}

function envelopeFor(
  body: JsonRecord,
  { world, traits, promptTokens, wish }: { world: World; traits: ModelTraits; promptTokens: number; wish: AnswerWish },
): Envelope {
  const streamOptions = asRecord(body["stream_options"]) ?? {};
  const tier = asText(body["service_tier"]) ?? "auto";
  return {
    random: world.random,
    created: Math.floor(world.now() / 1000),
    servedAs: traits.servedAs,
    reasons: traits.reasons,
    promptTokens,
    includeUsage: streamOptions["include_usage"] === true,
    obfuscate: streamOptions["include_obfuscation"] !== false,
    topLogprobs: body["logprobs"] === true ? (asNumber(body["top_logprobs"]) ?? 0) : undefined,
    serviceTier: tier === "auto" ? "default" : tier,
    wish,
  };
}

const everyModel: readonly string[] = [...listedModels, ...completionModels, ...embeddingModels];

function replyWithModels(request: VendorRequest, world: World): Reply {
  const describe = (id: string): JsonRecord => ({ id, object: "model", created: 1_715_367_049, owned_by: "system" });
  const head = envelopeHead(world, { stream: false, promptTokens: 0 });
  if (request.path === "/v1/models") {
    return { kind: "document", head, tokens: 0, body: { object: "list", data: everyModel.map(describe) } };
  }
  const id = decodePathPiece(request.path.slice("/v1/models/".length));
  if (modelTraits(id) === undefined && !everyModel.includes(id)) {
    return errorReply(world, 404, {
      message: `The model '${id}' does not exist`,
      param: "model",
      code: "model_not_found",
    });
  }
  return { kind: "document", head, tokens: 0, body: describe(id) };
}
