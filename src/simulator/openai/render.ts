// An answer as a chat completion: the whole one, and its chunks, key for key as recorded.
import type { Answer } from "../answers/prompt.ts";
import type { WebSearch } from "../answers/search-the-web.ts";
import type { JsonRecord } from "../json-record.ts";
import { HEXADECIMAL, hashText, seededRandom, type Random } from "../random.ts";
import type { AnswerWish, Frame } from "../vocabulary.ts";
import { citeIn, type CitedText } from "./web-search.ts";

/** Everything about the answer except its content. */
export interface Envelope {
  readonly random: Random;
  /** Epoch seconds. */
  readonly created: number;
  readonly servedAs: string;
  readonly reasons: boolean;
  readonly promptTokens: number;
  readonly includeUsage: boolean;
  readonly obfuscate: boolean;
  /** undefined: not requested; else the number of alternatives. */
  readonly topLogprobs: number | undefined;
  readonly serviceTier: string;
  readonly wish: AnswerWish;
  readonly search?: WebSearch | undefined;
}

interface WireCall {
  readonly id: string;
  readonly name: string;
  readonly kind: "function" | "custom";
  /** Its arguments, or its free text. */
  readonly written: string;
}

/** The member with that text. */
const holders = { function: "arguments", custom: "input" } as const;

export function renderDocument(answers: readonly Answer[], envelope: Envelope): JsonRecord {
  return {
    id: `chatcmpl-${envelope.random.characters(29)}`,
    object: "chat.completion",
    created: envelope.created,
    model: envelope.servedAs,
    choices: answers.map((answer, index) => renderChoice(answer, index, envelope)),
    usage: renderUsage(answers, envelope),
    service_tier: envelope.serviceTier,
    system_fingerprint: fingerprint(envelope),
  };
}

function renderChoice(answer: Answer, index: number, envelope: Envelope): JsonRecord {
  const calls = wireCalls(answer, envelope);
  const cited = citeIn(answer.text, envelope.search);
  const text = cited.tokens.join("");
  const message: JsonRecord = { role: "assistant", content: calls.length > 0 ? text || null : text };
  if (calls.length > 0) message["tool_calls"] = calls.map((call) => renderCall(call, call.written));
  const logprobs =
    envelope.topLogprobs === undefined
      ? null
      : { content: answer.text.map((token) => logprobOf(token, envelope)), refusal: null };
  return {
    index,
    message: { ...message, refusal: null, annotations: annotationsOf(cited) },
    ...(envelope.reasons ? {} : { logprobs }),
    finish_reason: finishReason(answer, envelope.wish),
  };
}

function annotationsOf({ citation }: CitedText): readonly JsonRecord[] {
  return citation === undefined ? [] : [{ type: "url_citation", url_citation: citation }];
}

export function* renderStream(answers: readonly Answer[], envelope: Envelope): Generator<Frame> {
  const base = {
    id: `chatcmpl-${envelope.random.characters(29)}`,
    object: "chat.completion.chunk",
    created: envelope.created,
    model: envelope.servedAs,
    service_tier: envelope.serviceTier,
    system_fingerprint: fingerprint(envelope),
  };
  const chunk = (choices: readonly JsonRecord[], usage: JsonRecord | null = null): JsonRecord => ({
    ...base,
    choices,
    ...(envelope.includeUsage ? { usage } : {}),
    ...(envelope.obfuscate ? { obfuscation: envelope.random.characters(envelope.random.integer(0, 14)) } : {}),
  });
  for (const [index, answer] of answers.entries()) {
    for (const piece of deltasOf(answer, envelope)) {
      const logprobs = piece.logprobs ?? null;
      const choice = {
        index,
        delta: piece.delta,
        ...(envelope.reasons ? {} : { logprobs }),
        finish_reason: piece.finish ?? null,
      };
      yield {
        part: piece.part,
        data: chunk([choice]),
        tokens: piece.tokens,
        ...(piece.call === undefined ? {} : { call: piece.call }),
      };
    }
  }
  if (envelope.includeUsage) yield { part: "usage", data: chunk([], renderUsage(answers, envelope)), tokens: 0 };
  yield { part: "end", data: "[DONE]", tokens: 0 };
}

interface Delta {
  readonly part: Frame["part"];
  readonly delta: JsonRecord;
  readonly tokens: number;
  readonly call?: number;
  readonly finish?: string;
  readonly logprobs?: JsonRecord;
}

function* deltasOf(answer: Answer, envelope: Envelope): Generator<Delta> {
  const calls = wireCalls(answer, envelope);
  const speaks = calls.length === 0 || answer.text.length > 0;
  if (speaks) yield* textDeltas(answer, envelope);
  if (calls.length > 0) yield* callDeltas(calls, envelope.random, speaks);
  yield { part: "finish", delta: {}, tokens: 0, finish: finishReason(answer, envelope.wish) };
}

function* textDeltas(answer: Answer, envelope: Envelope): Generator<Delta> {
  const wantsLogprobs = envelope.topLogprobs !== undefined;
  const logprobsOf = (tokens: readonly string[]): { logprobs?: JsonRecord } =>
    wantsLogprobs ? { logprobs: { content: tokens.map((token) => logprobOf(token, envelope)), refusal: null } } : {};
  yield { part: "open", delta: { role: "assistant", content: "", refusal: null }, tokens: 0, ...logprobsOf([]) };
  const cited = citeIn(answer.text, envelope.search);
  for (let at = 0; at < cited.tokens.length;) {
    const size = wantsLogprobs || envelope.random.next() < 0.6 ? 1 : envelope.random.integer(2, 4);
    const tokens = cited.tokens.slice(at, at + size);
    at += size;
    yield { part: "text", delta: { content: tokens.join("") }, tokens: tokens.length, ...logprobsOf(tokens) };
  }
  const annotations = annotationsOf(cited);
  if (annotations.length > 0) yield { part: "text", delta: { annotations }, tokens: 0 };
}

/** One call begins in the first chunk; several calls, or a call after text, each begin in a chunk of their own. */
function* callDeltas(calls: readonly WireCall[], random: Random, isBegun: boolean): Generator<Delta> {
  const begin = (call: WireCall, index: number): JsonRecord => ({ index, ...renderCall(call, "") });
  const isSingle = calls.length === 1 && !isBegun;
  const first = calls[0] as WireCall;
  const opening = isSingle ? { tool_calls: [begin(first, 0)], refusal: null } : {};
  if (!isBegun)
    yield { part: "open", delta: { role: "assistant", content: null, ...opening }, tokens: isSingle ? 4 : 0 };
  for (const [index, call] of calls.entries()) {
    if (!isSingle) yield { part: "call", call: index, tokens: 4, delta: { tool_calls: [begin(call, index)] } };
    for (let at = 0; at < call.written.length;) {
      const size = random.integer(2, 8);
      const piece = call.written.slice(at, at + size);
      at += size;
      yield {
        part: "call",
        call: index,
        tokens: 1,
        delta: { tool_calls: [{ index, [call.kind]: { [holders[call.kind]]: piece } }] },
      };
    }
  }
}

function renderCall({ id, name, kind }: WireCall, written: string): JsonRecord {
  return { id, type: kind, [kind]: { name, [holders[kind]]: written } };
}

function wireCalls(answer: Answer, { random, wish }: Envelope): WireCall[] {
  return answer.calls.map(({ name, input, freeForm }) => {
    const whole = freeForm ?? JSON.stringify(input);
    const keptText = wish.cutArguments === true ? whole.slice(0, Math.max(1, Math.floor(whole.length * 0.6))) : whole;
    const written = keptText === "{}" && wish.cutArguments === true ? "{" : keptText;
    return { id: `call_${random.characters(24)}`, name, kind: freeForm === undefined ? "function" : "custom", written };
  });
}

function finishReason(answer: Answer, wish: AnswerWish): string {
  if (wish.finishReason !== undefined) return wish.finishReason;
  if (wish.policyBlock === true) return "content_filter";
  if (answer.finish === "calls") return "tool_calls";
  return answer.finish === "length" ? "length" : "stop";
}

function renderUsage(answers: readonly Answer[], { promptTokens, reasons }: Envelope): JsonRecord {
  const thinking = reasons ? answers.reduce((sum, answer) => sum + answer.thinkingTokens, 0) : 0;
  const completion = thinking + answers.reduce((sum, answer) => sum + answer.answerTokens, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: thinking,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

export function logprobOf(
  token: string,
  { random, topLogprobs = 0 }: Pick<Envelope, "random" | "topLogprobs">,
): JsonRecord {
  const own = { token, logprob: -random.next() / 4, bytes: [...Buffer.from(token)] };
  const others = Array.from({ length: Math.max(0, topLogprobs - 1) }, (_, rank) => {
    const other = `${token}${"s".repeat(rank + 1)}`;
    return { token: other, logprob: -1 - rank - random.next(), bytes: [...Buffer.from(other)] };
  });
  return { ...own, top_logprobs: topLogprobs === 0 ? [] : [own, ...others] };
}

function fingerprint({ reasons, servedAs }: Envelope): string | null {
  return reasons ? null : `fp_${seededRandom(hashText(servedAs)).characters(10, HEXADECIMAL)}`;
}
