// OpenAI's Chat Completions as a fake service: routes, keys, checks, answers, errors. Everything it says is in the
// real service's words; what it does to a connection is not its business.
import { composeAnswer } from "../answers/compose-answer.ts";
import { asNumber, asRecord, asText, recordsOf, decodePathPiece, type JsonRecord } from "../json-reading.ts";
import type { AnswerWish, Dialect, DocumentReply, Frame, Reply, VendorRequest, World } from "../vocabulary.ts";
import { checkRequest } from "./check-request.ts";
import {
  Complaint,
  contextOverflow,
  errorBodyFor,
  errorReply,
  fullError,
  rejectionFor,
  successHead,
} from "./envelope.ts";
import { listedModels, modelTraits, type ModelTraits } from "./models.ts";
import { countPrompt, readPrompt } from "./read-prompt.ts";
import { renderDocument, renderStream, type Envelope } from "./render.ts";

const chatPath = "/v1/chat/completions";

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
      generates: request.path === chatPath && request.method === "POST",
    };
  },
  reply,
  rejection(wish, request, world): DocumentReply {
    return rejectionFor(wish, world, asText(asRecord(request.body)?.["model"]) ?? "gpt-4o");
  },
  errorFrame(wish): Frame {
    return { part: "error", data: { error: fullError(errorBodyFor(wish, "gpt-4o")) }, tokens: 0 };
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
    const [first = { index: 0, delta: {}, finish_reason: null }, ...others] = recordsOf(data["choices"]);
    return { ...data, choices: [{ ...first, usage }, ...others] };
  },
  withoutChoices(data) {
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
  const refused = checkKey(request, world);
  if (refused !== undefined) return refused;
  if (request.path === "/v1/models" || request.path.startsWith("/v1/models/")) return replyWithModels(request, world);
  if (request.path !== chatPath) {
    return errorReply(world, 404, { message: `Invalid URL (${request.method} ${request.path})` });
  }
  if (request.method !== "POST") {
    const message = `Not allowed to ${request.method} on ${request.path}. (HINT: Perhaps you meant to use a different HTTP method?)`;
    return errorReply(world, 405, { message, code: "method_not_supported" });
  }
  const body = asRecord(request.body);
  if (body === undefined) return errorReply(world, 400, { message: unparsable });
  try {
    return replyToChat(body, world, wish);
  } catch (error) {
    if (error instanceof Complaint) return errorReply(world, error.status, error.body);
    throw error;
  }
}

const unparsable =
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)";

const keyless =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.";

function checkKey(request: VendorRequest, world: World): DocumentReply | undefined {
  if (!world.requireKeys) return undefined;
  const headers = [["www-authenticate", 'Bearer realm="OpenAI API"']] as const;
  const key = /^Bearer\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (key === undefined) return errorReply(world, 401, { message: keyless, headers });
  if (!/bad|revoked/i.test(key)) return undefined;
  const shown =
    key.length > 12 ? `${key.slice(0, 8)}${"*".repeat(key.length - 12)}${key.slice(-4)}` : `${key.slice(0, 2)}***`;
  const message = `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return errorReply(world, 401, { message, code: "invalid_api_key", headers });
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
  const head = successHead(world, { stream: isStream, promptTokens });
  const envelope = envelopeFor(body, { world, traits, promptTokens, wish });
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

function replyWithModels(request: VendorRequest, world: World): Reply {
  const describe = (id: string): JsonRecord => ({ id, object: "model", created: 1_715_367_049, owned_by: "system" });
  const head = successHead(world, { stream: false, promptTokens: 0 });
  if (request.path === "/v1/models") {
    return { kind: "document", head, tokens: 0, body: { object: "list", data: listedModels.map(describe) } };
  }
  const id = decodePathPiece(request.path.slice("/v1/models/".length));
  if (modelTraits(id) === undefined) {
    return errorReply(world, 404, {
      message: `The model '${id}' does not exist`,
      param: "model",
      code: "model_not_found",
    });
  }
  return { kind: "document", head, tokens: 0, body: describe(id) };
}
