// Bedrock's guardrails as a fake service: one blocks prompts with "BLOCK ME". Where it intervenes, its own words take the
// place of the answer, and a trace says why if it was asked for
// (docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html and guardrails-use-invoke.html).
import type { Answer } from "../answers/prompt.ts";
import { asRecord, recordsOf, type JsonRecord } from "../json-record.ts";
import type { Frame, Reply, VendorRequest } from "../vocabulary.ts";
import { validation } from "./aws-exception.ts";

export const BLOCKED_WORDS = "Sorry, the model cannot answer this question.";
const PROMPT = "BLOCK ME";

export interface FakeGuardrail {
  readonly intervenes: boolean;
  readonly trace: JsonRecord | null;
}

function traceOf(id: string): JsonRecord {
  const filters = [{ type: "INSULTS", confidence: "MEDIUM", filterStrength: "HIGH", action: "BLOCKED" }];
  const customWords = [{ match: "secret-word-of-the-caller", action: "BLOCKED" }];
  const assessment = { contentPolicy: { filters }, wordPolicy: { customWords, managedWordLists: [] } };
  return { guardrail: { actionReason: "Guardrail blocked.", inputAssessment: { [id]: assessment } } };
}

/** `config` of Converse; null: the request has none. */
export function readConverseGuardrail(body: JsonRecord, isStream: boolean): FakeGuardrail | null {
  const config = asRecord(body["guardrailConfig"]);
  if (config === undefined) return null;
  const knownNames = [
    "guardrailIdentifier",
    "guardrailVersion",
    "trace",
    ...(isStream ? ["streamProcessingMode"] : []),
  ];
  const other = Object.keys(config).find((name) => !knownNames.includes(name));
  if (other !== undefined) throw validation(`guardrailConfig.${other}: unknown member`);
  return open(config["guardrailIdentifier"], config["guardrailVersion"], {
    trace: config["trace"],
    prompt: body["messages"],
  });
}

/** The headers of InvokeModel and of OpenAI's endpoint; null: the request has none. */
export function readInvokeGuardrail({ headers, body }: VendorRequest): FakeGuardrail | null {
  const id = headers["x-amzn-bedrock-guardrailidentifier"];
  if (id === undefined) return null;
  const trace = headers["x-amzn-bedrock-trace"]?.toLowerCase();
  return open(id, headers["x-amzn-bedrock-guardrailversion"], { trace, prompt: asRecord(body)?.["messages"] });
}

function open(id: unknown, version: unknown, question: { trace: unknown; prompt: unknown }): FakeGuardrail {
  if (typeof id !== "string" || !/^(?:DRAFT|[1-9]\d{0,7})$/u.test(String(version)))
    throw validation("The guardrail identifier or version provided in the request does not exist.");
  const hasTrace = question.trace === "enabled" || question.trace === "enabled_full";
  return {
    intervenes: JSON.stringify(question.prompt ?? "").includes(PROMPT),
    trace: hasTrace ? traceOf(id) : null,
  };
}

export function blockedAnswer(answer: Answer, guardrail: FakeGuardrail | null): Answer {
  return guardrail?.intervenes === true ? { ...answer, thoughts: [], calls: [], text: [BLOCKED_WORDS] } : answer;
}

/** An answer of Claude's or of OpenAI's models, with what the guardrail did. */
export function withGuardrail(reply: Reply, guardrail: FakeGuardrail | null): Reply {
  if (guardrail === null || reply.head.status !== 200) return reply;
  const action = guardrail.intervenes ? "INTERVENED" : "NONE";
  const beside = { "amazon-bedrock-guardrailAction": action };
  const trace = guardrail.trace === null ? {} : { "amazon-bedrock-trace": guardrail.trace };
  if (reply.kind === "stream")
    return { ...reply, frames: besideFrames(reply.frames, { ...beside, ...trace }, guardrail.intervenes) };
  const body = asRecord(reply.body) ?? {};
  return { ...reply, body: { ...(guardrail.intervenes ? blockedBody(body) : body), ...beside, ...trace } };
}

function blockedBody(body: JsonRecord): JsonRecord {
  if (body["choices"] === undefined) return { ...body, content: [{ type: "text", text: BLOCKED_WORDS }] };
  const message = { role: "assistant", content: BLOCKED_WORDS };
  return { ...body, choices: recordsOf(body["choices"]).map((choice) => ({ ...choice, message })) };
}

function* besideFrames(frames: Iterable<Frame>, beside: JsonRecord, intervenes: boolean): Generator<Frame> {
  let hasSpoken = false;
  for (const frame of frames) {
    const { data } = frame;
    if (typeof data === "string") {
      yield frame;
      continue;
    }
    const delta = asRecord(data["delta"]);
    const isText = delta?.["type"] === "text_delta";
    if (isText && intervenes && hasSpoken) continue;
    hasSpoken ||= isText;
    const newData = isText && intervenes ? { ...data, delta: { ...delta, text: BLOCKED_WORDS } } : data;
    yield { ...frame, data: { ...newData, ...beside } };
  }
}
