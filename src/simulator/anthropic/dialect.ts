// Anthropic's Messages API as a fake service: messages, token counts and the model list, with the real one's keys,
// version, checks and errors.
import { composeAnswer } from "../answers/compose-answer.ts";
import { sliceAnswer } from "../answers/slice-answer.ts";
import { asRecord, asText, recordsOf, decodePathPiece, type JsonRecord } from "../json-record.ts";
import type {
  AnswerWish,
  BytesReply,
  Dialect,
  DocumentReply,
  Frame,
  Reply,
  VendorRequest,
  World,
} from "../vocabulary.ts";
import { checkBetas, checkRequest, type ApiVersion } from "./check-request.ts";
import { Complaint, errorEvent, errorReply, rejectionFor, envelopeHead } from "./envelope.ts";
import { listedModels, modelTraits } from "./models.ts";
import { turnPauseFor } from "./pause-turn.ts";
import { countPrompt, readPrompt, showsThinking } from "./read-prompt.ts";
import { renderDocument, renderStream, type Envelope } from "./render.ts";
import { serveAnthropic } from "./services.ts";
import { resumeThread, type ResumedThread } from "./threads.ts";
import { webSearchOf } from "./web-search.ts";

const messagesPath = "/v1/messages";
const countPath = "/v1/messages/count_tokens";

export const anthropicDialect: Dialect = {
  vendor: "anthropic",
  basePath: "/v1",
  newline: "\n",
  traits(request) {
    const body = asRecord(request.body) ?? {};
    return {
      model: asText(body["model"]),
      stream: body["stream"] === true,
      hasTools: recordsOf(body["tools"]).length > 0,
      generates: request.path === messagesPath && request.method === "POST",
    };
  },
  reply,
  serve(request, world) {
    try {
      checkAccess(request, world);
      const served = serveAnthropic(request, world);
      if (served === undefined || isBytes(served)) return served;
      return { kind: "document", head: envelopeHead(world, false), body: served, tokens: 0 };
    } catch (error) {
      // Its other checks come first for its other paths.
      if (!(error instanceof Complaint)) throw error;
      return isService(request) ? errorReply(world, error) : undefined;
    }
  },
  rejection(wish, request, world): DocumentReply {
    return rejectionFor(wish, world, asText(asRecord(request.body)?.["model"]) ?? "claude-haiku-4-5");
  },
  hasEndMarker: true,
  errorFrames(wish): Frame[] {
    return [{ part: "error", event: "error", data: errorEvent(wish), tokens: 0 }];
  },
  printFrame(data, random) {
    const json = JSON.stringify(data);
    if (data["type"] === "ping") return '{"type": "ping"}';
    return data["type"] === "error" ? json : `${json.slice(0, -1)}${" ".repeat(random.integer(0, 15))}}`;
  },
  printDocument(data) {
    return JSON.stringify(data);
  },
  withoutUsage({ usage: _usage, ...data }) {
    const message = asRecord(data["message"]);
    if (message === undefined) return data;
    const { usage: _inner, ...rest } = message;
    return { ...data, message: rest };
  },
  withOddUsage({ usage, ...data }) {
    if (usage === undefined) return data;
    const delta = asRecord(data["delta"]);
    return delta === undefined
      ? { ...data, usage: { ...asRecord(usage), output_tokens: null } }
      : { ...data, delta: { ...delta, usage } };
  },
  withoutChoices(data) {
    return data["content"] === undefined ? data : { ...data, content: [] };
  },
  repeatFinish(data) {
    return asRecord(data["delta"])?.["stop_reason"] === undefined ? undefined : data;
  },
  repeatUsage({ type, usage }) {
    return type === "message_delta" ? { type, delta: {}, usage } : undefined;
  },
};

function reply(request: VendorRequest, world: World, wish: AnswerWish): Reply {
  try {
    const isModels = request.path === "/v1/models" || request.path.startsWith("/v1/models/");
    if (!isModels && request.path !== messagesPath && request.path !== countPath) throw new Complaint("Not Found", 404);
    if ((request.method === "GET") !== isModels) throw new Complaint("Method Not Allowed", 405);
    const version = checkAccess(request, world);
    if (isModels) return replyWithModels(request, world);
    const body = readBody(request);
    if (request.path === countPath) return replyWithCount(body, world);
    const versionAndBetas = { version, betas: betasOf(request) };
    checkBetas(body, versionAndBetas.betas);
    const { body: whole, keep } = resumeThread(body, { world, account: keyOf(request) ?? "" });
    return replyWithMessage(whole, { versionAndBetas, world, wish, keep });
  } catch (error) {
    if (error instanceof Complaint) return errorReply(world, error);
    throw error;
  }
}

function isBytes(served: JsonRecord | BytesReply): served is BytesReply {
  return served["kind"] === "bytes" && "head" in served;
}

function isService({ path }: VendorRequest): boolean {
  return /^\/v1\/(?:messages\/batches|files)(?:\/|$)/.test(path);
}

/** The version. */
function checkAccess(request: VendorRequest, world: World): string {
  checkKey(request, world);
  const version = request.headers["anthropic-version"];
  if (version === undefined) throw new Complaint("anthropic-version: header is required");
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version))
    throw new Complaint(`anthropic-version: "${version}" is not a valid version`);
  return version;
}

function checkKey(request: VendorRequest, world: World): void {
  if (!world.requireKeys) return;
  const key = keyOf(request);
  if (key === undefined) throw new Complaint("x-api-key header is required", 401);
  if (!/bad|revoked/i.test(key)) return;
  throw new Complaint(request.headers["x-api-key"] === undefined ? "Invalid bearer token" : "invalid x-api-key", 401);
}

function keyOf({ headers }: VendorRequest): string | undefined {
  return headers["x-api-key"] ?? /^Bearer\s+(.+)$/i.exec(headers["authorization"] ?? "")?.[1];
}

function readBody(request: VendorRequest): JsonRecord {
  const body = asRecord(request.body);
  if (body !== undefined) return body;
  const lone = request.loneSurrogateAt;
  if (lone !== undefined)
    throw new Complaint(
      `The request body is not valid JSON: no low surrogate in string: line 1 column ${lone + 1} (char ${lone})`,
    );
  if (request.rawBody.trim() === "")
    throw new Complaint("The request body is not valid JSON: unexpected end of data: line 1 column 1 (char 0)");
  throw new Complaint("The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)");
}

function betasOf({ headers }: VendorRequest): ReadonlySet<string> {
  return new Set((headers["anthropic-beta"] ?? "").split(",").map((one) => one.trim()));
}

interface Context {
  readonly versionAndBetas: ApiVersion;
  readonly world: World;
  readonly wish: AnswerWish;
  readonly keep: ResumedThread["keep"];
}

function replyWithMessage(body: JsonRecord, { versionAndBetas, world, wish, keep }: Context): Reply {
  const traits = checkRequest(body, versionAndBetas);
  const promptTokens = countPrompt(body);
  if (promptTokens > traits.contextTokens) {
    throw new Complaint(`prompt is too long: ${promptTokens} tokens > ${traits.contextTokens} maximum`);
  }
  const prompt = readPrompt(body, traits);
  const most = prompt.maxTokens ?? 0;
  if (promptTokens + most > traits.contextTokens && traits.generation >= 3.7) {
    throw new Complaint(
      `input length and \`max_tokens\` exceed context limit: ${promptTokens} + ${most} > ${traits.contextTokens}, decrease input length or \`max_tokens\` and try again`,
    );
  }
  const refuses = wish.policyBlock === true;
  const composed = composeAnswer(refuses ? { ...prompt, tools: [] } : prompt, {
    ...wish,
    emptyText: wish.emptyText === true || refuses,
  });
  const pause = turnPauseFor(body, wish);
  const answer = pause === undefined ? composed : sliceAnswer(composed, pause.slice);
  const envelope: Envelope = {
    random: world.random,
    servedAs: traits.servedAs,
    promptTokens,
    hasThinking: prompt.thinkingTokens > 0,
    showThinking: showsThinking(body, traits),
    wish,
    pause,
    keep,
    search: pause === undefined && !refuses ? webSearchOf(body, prompt.userText, answer) : undefined,
  };
  if (body["stream"] === true)
    return { kind: "stream", framing: "sse", head: envelopeHead(world, true), frames: renderStream(answer, envelope) };
  const tokens = answer.answerTokens + answer.thinkingTokens;
  return { kind: "document", head: envelopeHead(world, false), body: renderDocument(answer, envelope), tokens };
}

function replyWithCount(body: JsonRecord, world: World): Reply {
  if (body["messages"] === undefined) throw new Complaint("messages: Field required");
  const name = asText(body["model"]) ?? "";
  if (modelTraits(name) === undefined)
    throw new Complaint(name === "" ? "model: Field required" : `model: ${name}`, name === "" ? 400 : 404);
  return { kind: "document", head: envelopeHead(world, false), tokens: 0, body: { input_tokens: countPrompt(body) } };
}

function replyWithModels(request: VendorRequest, world: World): Reply {
  const describe = (id: string): JsonRecord => {
    const traits = modelTraits(id);
    if (traits === undefined) throw new Complaint(`model: ${id}`, 404);
    return {
      type: "model",
      id,
      display_name: id,
      created_at: "2026-01-01T00:00:00Z",
      max_input_tokens: traits.contextTokens,
      max_tokens: traits.outputTokens,
    };
  };
  const single = request.path === "/v1/models" ? undefined : decodePathPiece(request.path.slice("/v1/models/".length));
  const list = {
    data: listedModels.map(describe),
    has_more: false,
    first_id: listedModels[0],
    last_id: listedModels.at(-1),
  };
  return {
    kind: "document",
    head: envelopeHead(world, false),
    tokens: 0,
    body: single === undefined ? list : describe(single),
  };
}
