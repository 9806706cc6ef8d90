// An answer as Converse gives it: the whole one, and its events, as recorded. The tokens come after the ending.
import { countJsonTokens, countTokens } from "../answers/tokens.ts";
import type { Answer, Prompt, ToolMode } from "../answers/prompt.ts";
import { asList, asNumber, asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { BASE_58, hashText, type Random } from "../random.ts";
import type { FakeGuardrail } from "./guardrail.ts";
import type { AnswerWish, Frame } from "../vocabulary.ts";

export function readConverse(body: JsonRecord, model: string): Prompt {
  const messages = recordsOf(body["messages"]);
  const questions = messages.filter(({ role, content }) => role === "user" && textOf(content) !== "");
  const userText = textOf(questions.at(-1)?.["content"]);
  const config = asRecord(body["inferenceConfig"]) ?? {};
  const tools = asRecord(body["toolConfig"]) ?? {};
  const schema = asRecord(
    asRecord(asRecord(asRecord(body["outputConfig"])?.["textFormat"])?.["structure"])?.["jsonSchema"],
  );
  const isThinking =
    asRecord(asRecord(body["additionalModelRequestFields"])?.["reasoningConfig"])?.["type"] === "enabled";
  return {
    model,
    systemText: textOf(body["system"]),
    userText,
    prefill: "",
    toolResults: resultsIn(messages),
    tools: recordsOf(tools["tools"]).flatMap(({ toolSpec }) => {
      const spec = asRecord(toolSpec);
      return spec === undefined
        ? []
        : [{ name: asText(spec["name"]) ?? "tool", schema: asRecord(spec["inputSchema"])?.["json"] }];
    }),
    toolMode: modeOf(asRecord(tools["toolChoice"])),
    parallelCalls: true,
    output:
      schema === undefined
        ? { kind: "text" }
        : { kind: "schema", schema: JSON.parse(String(schema["schema"])) as unknown },
    maxTokens: asNumber(config["maxTokens"]),
    stop: (asList(config["stopSequences"]) ?? []).filter((one) => typeof one === "string"),
    thinkingTokens: isThinking ? 20 + (hashText(userText) % 60) : 0,
    seed: 0,
  };
}

function textOf(content: unknown): string {
  return recordsOf(content)
    .flatMap(({ text }) => asText(text) ?? [])
    .join("\n");
}

function resultsIn(messages: readonly JsonRecord[]): Prompt["toolResults"] {
  const names = new Map<unknown, string>();
  for (const { toolUse } of messages.flatMap(({ content }) => recordsOf(content))) {
    const call = asRecord(toolUse);
    if (call !== undefined) names.set(call["toolUseId"], asText(call["name"]) ?? "the tool");
  }
  return recordsOf(messages.at(-1)?.["content"]).flatMap(({ toolResult }) => {
    const result = asRecord(toolResult);
    return result === undefined
      ? []
      : [{ name: names.get(result["toolUseId"]) ?? "the tool", text: textOf(result["content"]) }];
  });
}

function modeOf(choice: JsonRecord | undefined): ToolMode {
  if (choice?.["any"] !== undefined) return { kind: "required" };
  const name = asText(asRecord(choice?.["tool"])?.["name"]);
  return name === undefined ? { kind: "auto" } : { kind: "only", names: [name] };
}

export function countConverse(body: JsonRecord): number {
  return (
    5 + countTokens(textOf(body["system"])) + countJsonTokens(body["messages"]) + countJsonTokens(body["toolConfig"])
  );
}

export interface ConverseEnvelope {
  readonly random: Random;
  readonly promptTokens: number;
  readonly wish: AnswerWish;
  readonly guardrail: FakeGuardrail | null;
}

const reasons: Readonly<Record<Answer["finish"], string>> = {
  stop: "end_turn",
  length: "max_tokens",
  calls: "tool_use",
  "stop-sequence": "stop_sequence",
};

function endingOf(answer: Answer, { wish, guardrail }: ConverseEnvelope): string {
  if (guardrail?.intervenes === true) return "guardrail_intervened";
  return wish.finishReason ?? (wish.policyBlock === true ? "guardrail_intervened" : reasons[answer.finish]);
}

function usageOf({ answerTokens, thinkingTokens }: Answer, { promptTokens }: ConverseEnvelope): JsonRecord {
  const outputTokens = answerTokens + thinkingTokens;
  return { inputTokens: promptTokens, outputTokens, totalTokens: promptTokens + outputTokens };
}

function callId(random: Random): string {
  return `tooluse_${random.characters(22, BASE_58)}`;
}

export function renderConverseAnswer(answer: Answer, envelope: ConverseEnvelope): JsonRecord {
  const content: JsonRecord[] = [];
  if (answer.thoughts.length > 0)
    content.push({ reasoningContent: { reasoningText: { text: answer.thoughts.join("") } } });
  if (answer.text.length > 0) content.push({ text: answer.text.join("") });
  for (const { name, input } of answer.calls)
    content.push({
      toolUse: { toolUseId: callId(envelope.random), name, input: envelope.wish.cutArguments === true ? {} : input },
    });
  return {
    output: { message: { role: "assistant", content } },
    stopReason: endingOf(answer, envelope),
    usage: usageOf(answer, envelope),
    metrics: { latencyMs: envelope.random.integer(200, 900) },
    ...traceIn(envelope),
  };
}

export function* streamConverseAnswer(answer: Answer, envelope: ConverseEnvelope): Generator<Frame> {
  yield frame("open", "messageStart", { role: "assistant" });
  let contentBlockIndex = 0;
  const close = (part: Frame["part"]): Frame =>
    frame(part, "contentBlockStop", { contentBlockIndex: contentBlockIndex++ });
  for (const [part, pieces] of [
    ["thought", answer.thoughts],
    ["text", answer.text],
  ] as const) {
    if (pieces.length === 0) continue;
    for (const piece of pieces) {
      const delta = part === "text" ? { text: piece } : { reasoningContent: { text: piece } };
      yield { ...frame(part, "contentBlockDelta", { contentBlockIndex, delta }), tokens: 1 };
    }
    yield close(part);
  }
  for (const [call, { name, input }] of answer.calls.entries()) {
    const start = { toolUse: { toolUseId: callId(envelope.random), name } };
    yield { ...frame("call", "contentBlockStart", { contentBlockIndex, start }), call };
    for (const piece of argumentPieces(input, envelope))
      yield {
        ...frame("call", "contentBlockDelta", { contentBlockIndex, delta: { toolUse: { input: piece } } }),
        tokens: 1,
        call,
      };
    yield { ...close("call"), call };
  }
  yield frame("finish", "messageStop", { stopReason: endingOf(answer, envelope) });
  const metrics = { latencyMs: envelope.random.integer(200, 900) };
  yield frame("usage", "metadata", { usage: usageOf(answer, envelope), metrics, ...traceIn(envelope) });
}

function traceIn({ guardrail }: ConverseEnvelope): JsonRecord {
  return guardrail === null || guardrail.trace === null ? {} : { trace: guardrail.trace };
}

function frame(part: Frame["part"], event: string, data: JsonRecord): Frame {
  return { part, event, data, tokens: 0 };
}

function* argumentPieces(input: JsonRecord, { random, wish }: ConverseEnvelope): Generator<string> {
  const json = JSON.stringify(input);
  const text = wish.cutArguments === true ? json.slice(0, Math.max(1, Math.floor(json.length * 0.6))) : json;
  for (let at = 0; at < text.length;) {
    const size = random.integer(4, 16);
    yield text.slice(at, at + size);
    at += size;
  }
}
