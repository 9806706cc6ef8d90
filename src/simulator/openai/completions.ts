// OpenAI's legacy completions: a prompt goes in, its continuation comes out, whole or streamed. Errors have this older
// service's messages.
import { composeAnswer } from "../answers/compose-answer.ts";
import type { Answer, Prompt } from "../answers/prompt.ts";
import { countTokens } from "../answers/tokens.ts";
import { asList, asNumber, asRecord, recordsOf, type JsonRecord } from "../json-record.ts";
import type { AnswerWish, Frame, Reply, World } from "../vocabulary.ts";
import { Complaint, envelopeHead, unknownModel, unrecognized } from "./envelope.ts";
import { modelTraits } from "./models.ts";

const servedNames: Readonly<Record<string, string>> = {
  "gpt-3.5-turbo-instruct": "gpt-3.5-turbo-instruct:20230824-v2",
  "davinci-002": "davinci-002",
  "babbage-002": "babbage-002",
};

export const completionModels: readonly string[] = Object.keys(servedNames);

const knownParameters: readonly string[] =
  "best_of echo frequency_penalty logit_bias logprobs max_tokens model n presence_penalty prompt seed stop stream stream_options suffix temperature top_p user".split(
    " ",
  );
const contextTokens = 4097;
const usualMaximum = 16;

interface Choice {
  readonly answer: Answer;
  /** The prompt, if it must come before the continuation. */
  readonly echo: string;
}

interface Completion {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly promptTokens: number;
  readonly wish: AnswerWish;
}

export function replyToCompletion(body: JsonRecord, world: World, wish: AnswerWish): Reply {
  const { model, prompts } = checkCompletion(body);
  const promptTokens = prompts.reduce((sum, prompt) => sum + Math.max(1, countTokens(prompt)), 0);
  const most = asNumber(body["max_tokens"]) ?? usualMaximum;
  if (promptTokens + most > contextTokens) throw new Complaint(overflow(promptTokens, most));
  const completion: Completion = {
    id: `cmpl-${world.random.characters(29)}`,
    created: Math.floor(world.now() / 1000),
    model,
    choices: prompts.flatMap((prompt) => choicesFor(prompt, body, { model, wish, most })),
    promptTokens,
    wish,
  };
  const isStream = body["stream"] === true;
  const head = envelopeHead(world, { stream: isStream, promptTokens });
  const ownHead = { ...head, headers: [...head.headers, ["openai-model", model] as const] };
  if (isStream) {
    const includesUsage = asRecord(body["stream_options"])?.["include_usage"] === true;
    return { kind: "stream", head: ownHead, framing: "sse", frames: framesOf(completion, includesUsage) };
  }
  return { kind: "document", head: ownHead, tokens: answerTokens(completion), body: documentOf(completion) };
}

function choicesFor(
  text: string,
  body: JsonRecord,
  { model, wish, most }: { model: string; wish: AnswerWish; most: number },
): Choice[] {
  const stops = typeof body["stop"] === "string" ? [body["stop"]] : (asList(body["stop"]) ?? []);
  const prompt: Prompt = {
    model,
    systemText: "",
    userText: text,
    prefill: "",
    toolResults: [],
    tools: [],
    toolMode: { kind: "none" },
    parallelCalls: false,
    output: { kind: "text" },
    maxTokens: most,
    stop: stops.filter((one) => typeof one === "string"),
    thinkingTokens: 0,
    seed: asNumber(body["seed"]) ?? 0,
  };
  const calm = { ...wish, emptyText: wish.emptyText === true || wish.policyBlock === true };
  return Array.from({ length: asNumber(body["n"]) ?? 1 }, (_, index) => ({
    answer: composeAnswer({ ...prompt, seed: prompt.seed + index }, calm),
    echo: body["echo"] === true ? text : "",
  }));
}

function checkCompletion(body: JsonRecord): { model: string; prompts: readonly string[] } {
  const name = body["model"];
  if (typeof name !== "string") throw new Complaint({ message: "you must provide a model parameter" });
  const model = servedNames[name];
  if (model === undefined && modelTraits(name) === undefined) throw unknownModel(name);
  if (model === undefined) {
    const message =
      "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?";
    throw new Complaint({ message, param: "model" }, 404);
  }
  const strangers = Object.keys(body).filter((key) => !knownParameters.includes(key));
  if (strangers.length > 0) throw new Complaint(unrecognized(strangers));
  const most = body["max_tokens"];
  if (most != null && (typeof most !== "number" || most < 0))
    throw new Complaint({ message: `${JSON.stringify(most)} is less than the minimum of 0 - 'max_tokens'` });
  const temperature = asNumber(body["temperature"]) ?? 1;
  if (temperature < 0) throw new Complaint({ message: `${temperature} is less than the minimum of 0 - 'temperature'` });
  if (temperature > 2) {
    throw new Complaint({ message: `${temperature} is greater than the maximum of 2 - 'temperature'` });
  }
  return { model, prompts: readPrompts(body["prompt"]) };
}

/** A string, a list of strings, or tokens, which stay numbers here. */
function readPrompts(prompt: unknown): string[] {
  if (prompt === undefined || prompt === null) return ["<|endoftext|>"];
  if (typeof prompt === "string") return [prompt];
  const list = asList(prompt) ?? [];
  if (list.length > 0 && list.every((member) => typeof member === "string")) return list;
  if (list.length > 0 && list.every((member) => Number.isInteger(member))) return [list.join(" ")];
  const inner = list.map((member) => asList(member) ?? []);
  if (inner.length > 0 && inner.every((one) => one.length > 0)) return inner.map((one) => one.join(" "));
  throw new Complaint({ message: `${JSON.stringify(prompt)} is not valid under any of the given schemas - 'prompt'` });
}

function overflow(used: number, most: number): { message: string; code: string } {
  const message = `This model's maximum context length is ${contextTokens} tokens, however you requested ${used + most} tokens (${used} in your prompt; ${most} for the completion). Please reduce your prompt; or completion length.`;
  return { message, code: "context_length_exceeded" };
}

function finishReason({ finish }: Answer, wish: AnswerWish): string {
  if (wish.finishReason !== undefined) return wish.finishReason;
  return wish.policyBlock === true ? "content_filter" : finish === "length" ? "length" : "stop";
}

function answerTokens({ choices }: Completion): number {
  return choices.reduce((sum, { answer }) => sum + answer.answerTokens, 0);
}

function usageOf(completion: Completion): JsonRecord {
  const completionTokens = answerTokens(completion);
  return {
    prompt_tokens: completion.promptTokens,
    completion_tokens: completionTokens,
    total_tokens: completion.promptTokens + completionTokens,
  };
}

function documentOf(completion: Completion): JsonRecord {
  const { id, created, model, choices, wish } = completion;
  return {
    id,
    object: "text_completion",
    created,
    model,
    choices: choices.map(({ answer, echo }, index) => ({
      text: echo + answer.text.join(""),
      index,
      logprobs: null,
      finish_reason: finishReason(answer, wish),
    })),
    usage: usageOf(completion),
  };
}

function* framesOf(completion: Completion, includesUsage: boolean): Generator<Frame> {
  const { id, created, model, choices, wish } = completion;
  const chunk = (inner: readonly JsonRecord[], usage: JsonRecord | null = null): JsonRecord => ({
    id,
    object: "text_completion",
    created,
    choices: recordsOf(inner),
    model,
    ...(includesUsage ? { usage } : {}),
  });
  for (const [index, { answer, echo }] of choices.entries()) {
    const chunkOf = (text: string, finish: string | null): JsonRecord =>
      chunk([{ text, index, logprobs: null, finish_reason: finish }]);
    if (echo !== "") yield { part: "text", data: chunkOf(echo, null), tokens: 0 };
    for (const token of answer.text) yield { part: "text", data: chunkOf(token, null), tokens: 1 };
    yield { part: "finish", data: chunkOf("", finishReason(answer, wish)), tokens: 0 };
  }
  if (includesUsage) yield { part: "usage", data: chunk([], usageOf(completion)), tokens: 0 };
  yield { part: "end", data: "[DONE]", tokens: 0 };
}
