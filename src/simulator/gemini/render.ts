// An answer as a GenerateContentResponse: the whole one, and its slices, key for key as recorded.
import type { Answer } from "../answers/prompt.ts";
import type { JsonRecord } from "../json-record.ts";
import type { Random } from "../random.ts";
import type { AnswerWish, Frame } from "../vocabulary.ts";
import type { ModelTraits } from "./models.ts";
import { groundingOf, type GeminiSearch, searchTokens, searchUsage, toolParts } from "./web-search.ts";

/** Everything about the answer except its content. */
export interface Envelope {
  readonly random: Random;
  readonly traits: ModelTraits;
  readonly promptTokens: number;
  readonly mediaTokens: number;
  readonly showThoughts: boolean;
  readonly logprobs: boolean;
  readonly wish: AnswerWish;
  /** The answer pauses here; this token returns the rest. */
  readonly continuation?: string | undefined;
  readonly search?: GeminiSearch | undefined;
}

const callMessage = "Model generated function call(s).";
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function renderDocument(answers: readonly Answer[], envelope: Envelope): JsonRecord {
  if (envelope.wish.policyBlock === true) return blocked(envelope, responseId(envelope.random));
  return {
    candidates: answers.map((answer, index) => renderCandidate(answer, index, envelope)),
    usageMetadata: renderUsage(
      answers,
      envelope,
      answers.reduce((sum, answer) => sum + answer.answerTokens, 0),
    ),
    modelVersion: envelope.traits.servedAs,
    responseId: responseId(envelope.random),
  };
}

function renderCandidate(answer: Answer, index: number, envelope: Envelope): JsonRecord {
  const parts: JsonRecord[] = [];
  if (envelope.showThoughts && answer.thoughts.length > 0)
    parts.push({ text: answer.thoughts.join(""), thought: true });
  if (envelope.search !== undefined) parts.push(...toolParts(envelope.search, envelope.random));
  const textPart = parts.length;
  if (answer.calls.length > 0 && envelope.wish.cutArguments !== true) {
    if (answer.text.length > 0) parts.push({ text: answer.text.join("") });
    parts.push(...callParts(answer, envelope));
  } else if (answer.text.length > 0 || envelope.wish.emptyText === true) {
    const signature = signs(answer, envelope) ? { thoughtSignature: signatureOf(envelope.random) } : {};
    parts.push({ text: answer.text.join(""), ...(envelope.traits.generation >= 3 ? signature : {}) });
  }
  const content = parts.length > 0 ? { parts, role: "model" } : { role: "model" };
  return {
    content,
    ...ending(answer, envelope),
    ...(envelope.traits.generation < 2.5 ? { avgLogprobs: -envelope.random.next() / 4 } : { index }),
    ...(envelope.logprobs ? { logprobsResult: logprobsOf(answer, envelope.random) } : {}),
    ...callEnding(answer, envelope),
    ...(envelope.search === undefined ? {} : groundingOf(envelope.search, answer.text.join(""), textPart)),
  };
}

export function* renderStream(answers: readonly Answer[], envelope: Envelope): Generator<Frame> {
  const id = responseId(envelope.random);
  if (envelope.wish.policyBlock === true) {
    yield { part: "finish", data: blocked(envelope, id), tokens: 0 };
    return;
  }
  for (const [index, answer] of answers.entries()) yield* slicesOf(answer, { index, id, envelope });
}

function* slicesOf(answer: Answer, place: { index: number; id: string; envelope: Envelope }): Generator<Frame> {
  const { envelope, id } = place;
  let sent = 0;
  const slice = (parts: readonly JsonRecord[], isLast: boolean): JsonRecord => ({
    candidates: [
      {
        content: parts.length > 0 ? { parts, role: "model" } : { role: "model" },
        ...(isLast ? ending(answer, envelope) : {}),
        index: place.index,
        ...(isLast && envelope.traits.generation < 3 ? callEnding(answer, envelope) : {}),
        ...(isLast && envelope.search !== undefined ? groundingOf(envelope.search, answer.text.join(""), 0) : {}),
      },
    ],
    usageMetadata: renderUsage([answer], envelope, sent),
    modelVersion: envelope.traits.servedAs,
    responseId: id,
  });
  if (envelope.showThoughts && answer.thoughts.length > 0) {
    yield {
      part: "thought",
      data: slice([{ text: answer.thoughts.join(""), thought: true }], false),
      tokens: answer.thoughts.length,
    };
  }
  for (const part of envelope.search === undefined ? [] : toolParts(envelope.search, envelope.random))
    yield { part: "text", data: slice([part], false), tokens: 0 };
  const hasCalls = answer.calls.length > 0;
  const isSigned = !hasCalls && signs(answer, envelope) && envelope.traits.generation >= 3;
  for (let at = 0; at < answer.text.length;) {
    const size = at === 0 ? 1 : envelope.random.integer(4, 14);
    const tokens = answer.text.slice(at, at + size);
    at += size;
    sent += tokens.length;
    const isLast = at >= answer.text.length && !isSigned && !hasCalls;
    yield { part: isLast ? "finish" : "text", data: slice([{ text: tokens.join("") }], isLast), tokens: tokens.length };
  }
  if (hasCalls) {
    sent = answer.answerTokens;
    yield* callSlices(answer, envelope, slice);
  } else if (isSigned)
    yield {
      part: "finish",
      data: slice([{ text: "", thoughtSignature: signatureOf(envelope.random) }], true),
      tokens: 0,
    };
  else if (answer.text.length === 0)
    yield { part: "finish", data: slice(envelope.wish.emptyText === true ? [{ text: "" }] : [], true), tokens: 0 };
}

/** Before 3 all calls come in the last slice; from 3 on an empty slice follows them. */
function* callSlices(
  answer: Answer,
  envelope: Envelope,
  slice: (parts: readonly JsonRecord[], isLast: boolean) => JsonRecord,
): Generator<Frame> {
  const tokens = answer.answerTokens;
  if (envelope.wish.cutArguments === true) {
    yield { part: "finish", data: slice([], true), tokens: 0 };
    return;
  }
  const parts = callParts(answer, envelope);
  if (envelope.wish.twoCalls === true) {
    // the two calls with text between them: the nearest form of interleaving in this format
    for (const [call, part] of parts.entries()) {
      yield { part: "call", call, data: slice([part], false), tokens: tokens / parts.length };
      yield { part: "text", data: slice([{ text: "One moment…" }], false), tokens: 0 };
    }
    yield { part: "finish", data: slice([{ text: "" }], true), tokens: 0 };
    return;
  }
  if (envelope.traits.generation < 3) {
    yield { part: "finish", data: slice(parts, true), tokens };
    return;
  }
  yield { part: "call", call: 0, data: slice(parts, false), tokens };
  yield { part: "finish", data: slice([{ text: "" }], true), tokens: 0 };
}

function callParts(answer: Answer, envelope: Envelope): JsonRecord[] {
  return answer.calls.map(({ name, input }, place) => ({
    functionCall: {
      name,
      args: input,
      ...(envelope.traits.generation >= 3
        ? { id: envelope.random.characters(8, "abcdefghijklmnopqrstuvwxyz0123456789") }
        : {}),
    },
    ...(place === 0 && signs(answer, envelope) ? { thoughtSignature: signatureOf(envelope.random) } : {}),
  }));
}

/** From 3 on every answer is signed, at every level; before, only those with reasoning. */
function signs(answer: Answer, { traits }: Envelope): boolean {
  return traits.generation >= 3 || (answer.thinkingTokens > 0 && answer.calls.length > 0);
}

function ending(answer: Answer, { wish, continuation }: Envelope): JsonRecord {
  if (continuation !== undefined) return { finishReason: "CONTINUATION", continuationToken: continuation };
  if (wish.finishReason !== undefined) return { finishReason: wish.finishReason };
  if (wish.cutArguments === true && answer.calls.length > 0) {
    return {
      finishReason: "MALFORMED_FUNCTION_CALL",
      finishMessage: `Malformed function call: print(default_api.${answer.calls[0]?.name}(`,
    };
  }
  return { finishReason: answer.finish === "length" ? "MAX_TOKENS" : "STOP" };
}

function callEnding(answer: Answer, { wish }: Envelope): JsonRecord {
  return answer.calls.length > 0 && wish.cutArguments !== true ? { finishMessage: callMessage } : {};
}

function renderUsage(answers: readonly Answer[], envelope: Envelope, candidateTokens: number): JsonRecord {
  const thoughts = answers.reduce((sum, answer) => sum + answer.thinkingTokens, 0);
  const { promptTokens, mediaTokens } = envelope;
  return {
    promptTokenCount: promptTokens,
    ...(candidateTokens > 0 ? { candidatesTokenCount: candidateTokens } : {}),
    totalTokenCount: promptTokens + candidateTokens + thoughts + searchTokens(envelope.search),
    ...searchUsage(envelope.search),
    promptTokensDetails: [
      { modality: "TEXT", tokenCount: promptTokens - mediaTokens },
      ...(mediaTokens > 0 ? [{ modality: "IMAGE", tokenCount: mediaTokens }] : []),
    ],
    ...(envelope.traits.generation < 2.5 && candidateTokens > 0
      ? { candidatesTokensDetails: [{ modality: "TEXT", tokenCount: candidateTokens }] }
      : {}),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    ...(envelope.traits.generation >= 2.5 ? { serviceTier: "standard" } : {}),
  };
}

function blocked(envelope: Envelope, id: string): JsonRecord {
  const harms = ["SEXUALLY_EXPLICIT", "HATE_SPEECH", "HARASSMENT", "DANGEROUS_CONTENT"];
  const safetyRatings = harms.map((harm) => ({
    category: `HARM_CATEGORY_${harm}`,
    probability: harm === "DANGEROUS_CONTENT" ? "HIGH" : "NEGLIGIBLE",
  }));
  const { promptTokens } = envelope;
  return {
    promptFeedback: { blockReason: "SAFETY", safetyRatings },
    usageMetadata: {
      promptTokenCount: promptTokens,
      totalTokenCount: promptTokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: promptTokens }],
    },
    modelVersion: envelope.traits.servedAs,
    responseId: id,
  };
}

function logprobsOf(answer: Answer, random: Random): JsonRecord {
  const chosen = answer.text.map((token) => ({
    token,
    tokenId: random.integer(100, 250_000),
    logProbability: -random.next() / 4,
  }));
  return { chosenCandidates: chosen, topCandidates: chosen.map((candidate) => ({ candidates: [candidate] })) };
}

function responseId(random: Random): string {
  return random.characters(22);
}

function signatureOf(random: Random): string {
  return `C${random.characters(219, base64)}`;
}
