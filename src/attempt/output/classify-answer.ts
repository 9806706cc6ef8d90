// The verdict of a decoded answer, beyond its status: a 200 can be empty, blocked, or blank. Pure.
import type { ChatResponse, Choice, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { ExplainsEmpty, Piece } from "../../core/exchange.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Verdict } from "../../core/verdict.ts";
import { CUT_IN_CALL, isCutInCall } from "../../domain/cut-in-call.ts";

const never: ExplainsEmpty = () => false;

/**
 * `ok`, `policy_blocked`, `empty`, or `cut` if a choice has content without a finish reason (F1) or breaks off in a call
 * (F17), as in streams. An answer without content is `ok` if the vendor explains it: by the caller's token limit, by a stop
 * sequence, by an ending that says so. Thoughts are no content.
 */
export function classifyAnswer(response: ChatResponse, explainsEmpty: ExplainsEmpty = never): Verdict {
  const { choices } = response;
  const choiceWithContent = choices.find((choice) => choice.parts.some(isContentPart));
  if (choiceWithContent !== undefined) {
    if (choices.some((choice) => choice.finish === null || isCutInCall(choice))) return "cut";
    return choiceWithContent.finish === "content_filter" || isRefused(choiceWithContent.parts)
      ? "policy_blocked"
      : "ok";
  }
  if (choices.some((choice) => choice.finish === "content_filter")) return "policy_blocked";
  return choices.some((choice) => isExplained(choice, explainsEmpty)) ? "ok" : "empty";
}

/** Why a whole answer counts as cut. */
export function cutWords(choices: readonly Choice[]): string {
  return choices.some(isCutInCall) ? CUT_IN_CALL : "the answer is incomplete: it has no finish reason";
}

type Ended = Pick<Choice, "finish" | "rawFinish" | "stopSequence">;

function isExplained({ finish, rawFinish, stopSequence }: Ended, explainsEmpty: ExplainsEmpty): boolean {
  if (finish === null) return false;
  return finish === "length" || stopSequence !== null || explainsEmpty(rawFinish);
}

type Finish = Extract<StreamEvent, { type: "finish" }>;

/** Whether the end of a streamed choice explains that it has no content. */
export function explains({ reason, raw, stopSequence }: Finish, explainsEmpty: ExplainsEmpty = never): boolean {
  const ended = { finish: reason, rawFinish: raw, stopSequence: stopSequence ?? null };
  return reason === "content_filter" || isExplained(ended, explainsEmpty);
}

/** A refusal in the vendor's own field, and no other content. */
function isRefused(parts: readonly Part[]): boolean {
  return parts.every((part) => part.type === "refusal" || !isContentPart(part));
}

/** Whether a limit of the model's own blocked the answer, so that another model may answer. */
export function isOwnLimit(ends: readonly { readonly elsewhere?: boolean | undefined }[]): boolean {
  return ends.some((end) => end.elsewhere === true);
}

function isContentPart(part: Part): boolean {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text !== "";
    case "reasoning":
      return false;
    case "foreign":
      return !isAside(part);
    default:
      return true;
  }
}

/** It only names what clients of other protocols cannot get. */
function isAside(part: Part): boolean {
  return part.type === "foreign" && part.isAside === true && part.instead?.length === 0;
}

/** Whether this event is content that a client would see: text, reasoning, a call, a refusal, an image. */
export function isContent(event: StreamEvent): boolean {
  switch (event.type) {
    case "text-delta":
    case "refusal-delta":
    case "reasoning-delta":
      return event.text !== "";
    case "tool-start":
      return true;
    case "part":
      return !isAside(event.part);
    default:
      return false;
  }
}

/** Whether this event is part of the answer itself: content without thoughts. */
export function isAnswer(event: StreamEvent): boolean {
  return event.type !== "reasoning-delta" && isContent(event);
}

/**
 * The verdict of a stream's beginning. Null: no content yet. A failure, `empty`, `policy_blocked` (a refusal is content
 * too), or `ok` once there is content (or if the vendor explains why there is none).
 */
export function classifyPiece(piece: Piece, explainsEmpty: ExplainsEmpty = never): WireFailure | Verdict | null {
  let hasContent = false;
  for (const event of piece.events) {
    if (isAnswer(event)) return event.type === "refusal-delta" ? "policy_blocked" : "ok";
    if (event.type === "failure") return event.failure;
    hasContent ||= isContent(event);
    if (event.type !== "finish") continue;
    if (event.reason === "content_filter") return "policy_blocked";
    return explains(event, explainsEmpty) ? "ok" : "empty";
  }
  return hasContent ? "ok" : null;
}

/** A part of an event, a comment or a ping: the client gets signs of life of its own until the first content. */
export function isEmptyPiece({ events, raw, isSign }: Piece): boolean {
  return events.length === 0 && (raw === null || isSign === true);
}
