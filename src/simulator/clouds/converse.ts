// Converse as a fake service: the models of all vendors but those that Bedrock's own clients ask otherwise.
import { composeAnswer } from "../answers/compose-answer.ts";
import { asRecord, recordsOf, type JsonRecord } from "../json-record.ts";
import type { AnswerWish, Dialect, Reply, VendorRequest, World } from "../vocabulary.ts";
import { awsHead, exceptionFor, exceptionFrames, exceptionReply, validation } from "./aws-exception.ts";
import { checkAwsKey } from "./aws-keys.ts";
import { countConverse, readConverse, renderConverseAnswer, streamConverseAnswer } from "./converse-answer.ts";
import { checkConverseRequest } from "./converse-request.ts";
import { blockedAnswer, readConverseGuardrail } from "./guardrail.ts";
import { checkModelId, eventStreamType, guarded, wrapEvent } from "./event-stream.ts";

const CONTEXT = 300_000;
const knownVendors =
  /(?:^|[./])(?:amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|anthropic|writer|moonshot|minimax|google|nvidia|zai)\./u;

export function converseDialect(id: string, isStream: boolean): Dialect {
  return {
    vendor: "anthropic",
    basePath: "/v1",
    newline: "\n",
    traits(request) {
      const tools = asRecord(asRecord(request.body)?.["toolConfig"])?.["tools"];
      return {
        model: id,
        stream: isStream,
        hasTools: recordsOf(tools).length > 0,
        generates: request.method === "POST",
      };
    },
    rejection: (wish, _request, world) => exceptionReply(world, exceptionFor(wish)),
    errorFrames: exceptionFrames,
    wrapFrame: wrapEvent,
    // The end of the stream is its only end.
    hasEndMarker: false,
    printFrame: (data) => JSON.stringify({ ...data, p: "abcdefgh" }),
    printDocument: (data) => JSON.stringify(data),
    withoutUsage: ({ usage: _usage, ...data }) => data,
    withOddUsage: ({ usage, ...data }) =>
      usage === undefined ? data : { ...data, usage: { ...asRecord(usage), outputTokens: null } },
    withoutChoices: (data) =>
      data["output"] === undefined ? data : { ...data, output: { message: { role: "assistant", content: [] } } },
    repeatFinish: (data) => (data["stopReason"] === undefined ? undefined : data),
    repeatUsage: (data) => (data["usage"] === undefined ? undefined : data),
    reply: (request, world, wish) =>
      guarded(world, () => {
        checkAwsKey(request, world);
        return answer({ id, isStream, request }, world, wish);
      }),
  };
}

interface ConverseCall {
  readonly id: string;
  readonly isStream: boolean;
  readonly request: VendorRequest;
}

function answer({ id, isStream, request }: ConverseCall, world: World, wish: AnswerWish): Reply {
  checkModelId(id);
  if (!knownVendors.test(id)) throw validation("The provided model identifier is invalid.");
  const body: JsonRecord = checkConverseRequest(request.body, id);
  const promptTokens = countConverse(body);
  if (promptTokens > CONTEXT) throw validation("Input is too long for requested model.");
  const prompt = readConverse(body, id);
  const refuses = wish.policyBlock === true;
  const guardrail = readConverseGuardrail(body, isStream);
  const fullAnswer = composeAnswer(refuses ? { ...prompt, tools: [] } : prompt, {
    ...wish,
    emptyText: wish.emptyText === true || refuses,
  });
  const answerParts = blockedAnswer(fullAnswer, guardrail);
  const envelope = { random: world.random, promptTokens, wish, guardrail };
  if (isStream)
    return {
      kind: "stream",
      framing: "aws-event-stream",
      head: awsHead(world, 200, eventStreamType),
      frames: streamConverseAnswer(answerParts, envelope),
    };
  const tokens = answerParts.answerTokens + answerParts.thinkingTokens;
  return { kind: "document", head: awsHead(world, 200), body: renderConverseAnswer(answerParts, envelope), tokens };
}
