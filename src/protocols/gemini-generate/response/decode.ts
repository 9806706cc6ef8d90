// Decodes a whole answer. It never throws: an invalid answer gives a failure, and so does an error with status 200.
// Fields without a neutral form are kept for the same protocol (`extras`).
import type { ChatResponse, Choice, FinishReason, Part } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { lengthOf } from "../../shared/citations.ts";
import { readForeignError } from "../../shared/foreign-error.ts";
import { isArray, isObject, membersOf, numberOr, objectOr, stringOr } from "../../shared/read.ts";
import { decodeAnswerPart, decodeLogprobs, lostInCandidate, lostInPart, newProgress } from "./decode-parts.ts";
import { inBandFailure, plainFailure } from "../failure/decode.ts";
import { objectsInMembers } from "../features/members.ts";
import { brokenFinish, elsewhereOf, finishOf, rawFinish } from "./finish.ts";
import { type GroundedText, readGrounding } from "./grounding.ts";
import { decodeUsage } from "./usage.ts";

const mappedNames: ReadonlySet<string> = new Set(["candidates", "modelVersion", "responseId"]);
const placedInCandidate: ReadonlySet<string> = new Set(["content", "finishReason", "logprobsResult"]);

/** The members that whole answers and chunks share. */
export interface Envelope {
  readonly id: string;
  readonly model: string;
  readonly created: number | null;
}

export function decodeEnvelope(body: JsonObject): Envelope {
  const created = Date.parse(stringOr(body["createTime"], ""));
  return {
    id: stringOr(body["responseId"], ""),
    model: stringOr(body["modelVersion"], "").replace(/^models\//, ""),
    created: Number.isNaN(created) ? null : Math.floor(created / 1000),
  };
}

/** Why the prompt was refused; null if it was not. */
export function blockReason(body: JsonObject): string | null {
  if (body["promptFeedback"] === undefined) return null;
  const reason = stringOr(membersOf(body["promptFeedback"])["blockReason"], null);
  return reason === null || /^BLOCK(ED)?_REASON_UNSPECIFIED$/.test(reason) ? null : reason;
}

/** Whether it is an answer (or a slice of one). */
export function isAnswer(body: JsonObject): boolean {
  const { candidates, promptFeedback, usageMetadata, responseId } = body;
  return (
    candidates !== undefined || promptFeedback !== undefined || usageMetadata !== undefined || responseId !== undefined
  );
}

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  if (isArray(body)) return body.length === 1 && body[0] !== undefined ? decodeResponse(body[0]) : notAnAnswer();
  if (!isObject(body)) return notAnAnswer();
  if (body["error"] !== undefined && body["error"] !== null) return inBandFailure(body);
  if (!isAnswer(body)) return readForeignError(body) ?? notAnAnswer();
  const candidates = objectsInMembers(body["candidates"]);
  const envelope = decodeEnvelope(body);
  const choices: Choice[] = [];
  for (const [position, candidate] of candidates.entries()) {
    const choice = decodeCandidate(candidate, position, envelope.id);
    if ("verdict" in choice) return choice;
    choices.push(choice);
  }
  const blocked = blockReason(body);
  if (choices.length === 0) {
    if (blocked === null) return plainFailure("empty", "the answer has no candidates");
    choices.push(bareChoice("content_filter", blocked));
  }
  return { ...envelope, choices, usage: decodeUsage(objectOr(body["usageMetadata"], null)), extras: extrasOf(body) };
}

function decodeCandidate(candidate: JsonObject, position: number, seed: string): Choice | WireFailure {
  const progress = newProgress(numberOr(candidate["index"], position));
  const parts: Part[] = [];
  const texts: GroundedText[] = [];
  for (const [at, part] of objectsInMembers(membersOf(candidate["content"])["parts"]).entries()) {
    parts.push(...lostInPart(part));
    const decoded = decodeAnswerPart(part, progress, seed);
    if (decoded?.type === "text") texts.push({ part: at, text: decoded.text, before: lengthOfAll(texts) });
    if (decoded !== null) parts.push(decoded);
  }
  ground(parts, candidate["groundingMetadata"], texts);
  parts.push(...lostInCandidate(candidate));
  const raw = rawFinish(candidate["finishReason"]);
  const endingError = raw === null ? null : brokenFinish(raw, stringOr(candidate["finishMessage"], null));
  if (endingError !== null) return endingError;
  const finish = raw === null ? null : finishOf(raw, progress.calls > 0);
  const logprobs = decodeLogprobs(candidate["logprobsResult"]);
  return { ...bareChoice(finish, raw), ...elsewhereOf(raw), index: progress.index, parts, logprobs };
}

function lengthOfAll(texts: readonly GroundedText[]): number {
  const last = texts.at(-1);
  return last === undefined ? 0 : last.before + lengthOf(last.text);
}

/** The search comes before the first text, and the last text carries all citations. Without a text there are none. */
function ground(parts: Part[], metadata: Json | undefined, texts: readonly GroundedText[]): void {
  const grounding = readGrounding(metadata, texts);
  const last = parts.findLastIndex((part) => part.type === "text");
  const part = parts[last];
  if (grounding === null || part?.type !== "text") return;
  const { citations, search } = grounding;
  if (citations.length > 0) parts[last] = { ...part, citations };
  const state = { protocol: "gemini-generate", value: { candidate: { groundingMetadata: metadata } } } as const;
  const first = parts.findIndex((one) => one.type === "text");
  parts.splice(first, 0, { type: "foreign", isAside: true, state, search });
}

function bareChoice(finish: FinishReason | null, rawFinish: string | null): Choice {
  return { index: 0, parts: [], finish, rawFinish, stopSequence: null, logprobs: null };
}

/** The envelope's other members, and under `candidates` those of each candidate (grounding, ratings, citations). */
function extrasOf(body: JsonObject): ChatResponse["extras"] {
  const fields: MutableJson = {};
  for (const key of Object.keys(body)) if (!mappedNames.has(key)) fields[key] = body[key];
  const candidates = objectsInMembers(body["candidates"]).map(candidateExtras);
  if (candidates.some((extra) => Object.keys(extra).length > 0)) fields["candidates"] = candidates;
  return { protocol: "gemini-generate", fields };
}

const NO_EXTRAS: JsonObject = {};

/** A candidate's members beside its content and its ending. */
export function candidateExtras(candidate: JsonObject): JsonObject {
  const names = Object.keys(candidate).filter((key) => !placedInCandidate.has(key) && key !== "index");
  return names.length === 0 ? NO_EXTRAS : Object.fromEntries(names.map((name) => [name, candidate[name]]));
}

function notAnAnswer(): WireFailure {
  return plainFailure("malformed", "the answer is not a GenerateContentResponse");
}
