// Amazon Bedrock as a fake service, beside Anthropic's own: Claude by InvokeModel, OpenAI's open models by their own
// protocol and all others by Converse, with AWS's keys, streams and refusals. Each request is checked here and answered by the vendor's own dialect.
import { anthropicDialect } from "../anthropic/dialect.ts";
import { asList, asRecord, decodePathPiece, type JsonRecord } from "../json-record.ts";
import { openaiDialect } from "../openai/dialect.ts";
import type { AnswerWish, Dialect, Frame, Reply, VendorRequest, World } from "../vocabulary.ts";
import type { BinaryMessage } from "../wire/binary-message.ts";
import { awsHead, exceptionFor, exceptionFrames, exceptionReply, validation } from "./aws-exception.ts";
import { checkAwsKey } from "./aws-keys.ts";
import { checkModelId, eventStreamType, guarded, wrapEvent } from "./event-stream.ts";
import { readInvokeGuardrail, withGuardrail } from "./guardrail.ts";
import { converseDialect } from "./converse.ts";

const modelPattern = /^\/model\/([^/]+)\/(invoke|invoke-with-response-stream|converse|converse-stream)$/u;
const openaiPath = "/openai/v1/chat/completions";
const STREAM_CONFIG = "amazon-bedrock-guardrailConfig";
const VERSION = "bedrock-2023-05-31";

/** The dialect of a request at one of Bedrock's paths; undefined for any other path. */
export function atBedrock(request: VendorRequest): Dialect | undefined {
  if (request.path === openaiPath) return openModels;
  const [, encodedModel = "", method = ""] = modelPattern.exec(request.path) ?? [];
  if (encodedModel === "") return undefined;
  const id = decodePathPiece(encodedModel);
  const isStream = method.endsWith("stream");
  return method.startsWith("converse") ? converseDialect(id, isStream) : claudeDialect(id, isStream);
}

/** The model's own name: `us.anthropic.claude-haiku-4-5-20251001-v1:0` is claude-haiku-4-5-20251001. */
export function modelName(id: string): string {
  return id
    .replace(/^.*\//u, "")
    .replace(/^(?:[a-z-]+\.)?[a-z]+\./u, "")
    .replace(/(?:-v\d+)?(?:[:-]\d)?(?::\w+)?$/u, "");
}

function claudeDialect(id: string, isStream: boolean): Dialect {
  const readable = (request: VendorRequest): VendorRequest => {
    const { anthropic_beta: _, anthropic_version: __, [STREAM_CONFIG]: ___, ...body } = asRecord(request.body) ?? {};
    return { ...request, path: "/v1/messages", body: { ...body, model: claudeName(id), stream: isStream } };
  };
  return {
    ...anthropicDialect,
    traits: (request) => ({ ...anthropicDialect.traits(readable(request)), model: id }),
    rejection: (wish, _request, world) => exceptionReply(world, exceptionFor(wish)),
    errorFrames: exceptionFrames,
    wrapFrame: (frame, json) => wrapChunk(frame, json),
    reply: (request, world, wish) =>
      guarded(world, () => {
        checkAwsKey(request, world);
        checkModelId(id);
        const guardrail = readInvokeGuardrail(request);
        const call = { id, isStream, request: readable(request), betas: checkBody(request) };
        return withGuardrail(answerAsClaude(call, world, wish), guardrail);
      }),
  };
}

function claudeName(id: string): string {
  return `claude-${/claude-(.+?)(?:-v\d+(?::\d+)?)?(?::\w+)?$/u.exec(id)?.[1] ?? ""}`;
}

/** The betas of the request. */
function checkBody(request: VendorRequest): string {
  const body = asRecord(request.body);
  if (body === undefined) throw validation("Malformed input request, please reformat your input and try again.");
  for (const key of ["model", "stream"])
    if (body[key] !== undefined)
      throw validation(
        `Malformed input request: #: extraneous key [${key}] is not permitted, please reformat your input and try again.`,
      );
  if (body["anthropic_version"] === undefined)
    throw validation(
      "Malformed input request: #: required key [anthropic_version] not found, please reformat your input and try again.",
    );
  if (body["anthropic_version"] !== VERSION)
    throw validation("anthropic_version: Input should be 'bedrock-2023-05-31'");
  const betas = body["anthropic_beta"];
  if (betas !== undefined && asList(betas)?.every((one) => typeof one === "string") !== true)
    throw validation("anthropic_beta: Input should be a valid list");
  if (JSON.stringify(body["messages"] ?? []).includes('"source":{"type":"url"'))
    throw validation("messages.0.content.0.image.source.base64.data: URL sources are not supported");
  return (asList(betas) ?? []).join(",");
}

interface ClaudeCall {
  readonly id: string;
  readonly isStream: boolean;
  readonly request: VendorRequest;
  readonly betas: string;
}

function answerAsClaude({ isStream, request, betas }: ClaudeCall, world: World, wish: AnswerWish): Reply {
  const headers = {
    ...request.headers,
    "x-api-key": "bedrock",
    "anthropic-version": "2023-06-01",
    "anthropic-beta": betas,
  };
  const reply = anthropicDialect.reply({ ...request, headers, rawBody: JSON.stringify(request.body) }, world, wish);
  if (reply.kind === "stream")
    return {
      ...reply,
      framing: "aws-event-stream",
      head: awsHead(world, 200, eventStreamType),
      frames: withoutPings(reply.frames),
    };
  if (reply.head.status === 200) return isStream ? reply : { ...reply, head: awsHead(world, 200) };
  const { message } = asRecord(asRecord(reply.body)?.["error"]) ?? {};
  const text = String(message);
  if (reply.head.status === 404) throw validation("The provided model identifier is invalid.");
  throw /prompt is too long/u.test(text) ? validation("Input is too long for requested model.") : validation(text);
}

function* withoutPings(frames: Iterable<Frame>): Generator<Frame> {
  for (const frame of frames) if (frame.part !== "ping") yield frame;
}

function wrapChunk(frame: Frame, json: string): BinaryMessage {
  if (frame.part === "error") return wrapEvent(frame, json);
  const payload = JSON.stringify({ bytes: Buffer.from(json).toString("base64"), p: "abcdefghijklmnop" });
  return wrapEvent({ ...frame, event: "chunk" }, payload);
}

const openModels: Dialect = {
  ...openaiDialect,
  vendor: "anthropic",
  traits: (request) => openaiDialect.traits(atOpenai(request)),
  rejection: (wish, request, world) => openaiDialect.rejection(wish, atOpenai(request), world),
  reply: (request, world, wish) =>
    guarded(world, () => {
      checkAwsKey(request, world);
      return withGuardrail(openaiDialect.reply(atOpenai(request), world, wish), readInvokeGuardrail(request));
    }),
};

function atOpenai(request: VendorRequest): VendorRequest {
  const body: JsonRecord = asRecord(request.body) ?? {};
  const changed = { ...body, model: modelName(String(body["model"])) };
  const headers = { ...request.headers, authorization: "Bearer bedrock" };
  return { ...request, path: "/v1/chat/completions", headers, body: changed, rawBody: JSON.stringify(changed) };
}
