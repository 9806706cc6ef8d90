// The verdict of a decoded answer, beyond its status: a 200 can be empty, blocked, or blank. Pure.
import type { ChatResponse, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece } from "../../core/exchange.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Verdict } from "../../core/verdict.ts";

/**
 * `ok`, `policy_blocked`, `empty`, or `cut` if a choice has content without a finish reason (F1, as in streams). An
 * answer that ended at the caller's own token limit is `ok`, even without text.
 */
export function classifyAnswer(response: ChatResponse): Verdict {
  const { choices } = response;
  const choiceWithContent = choices.find((choice) => choice.parts.some(isContentPart));
  if (choiceWithContent !== undefined) {
    if (choices.some((choice) => choice.finish === null)) return "cut";
    return choiceWithContent.finish === "content_filter" || isRefused(choiceWithContent.parts)
      ? "policy_blocked"
      : "ok";
  }
  if (choices.some((choice) => choice.finish === "content_filter")) return "policy_blocked";
  return choices.some((choice) => choice.finish === "length") ? "ok" : "empty";
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
    default:
      return true;
  }
}

/** Whether this event is content that a client would see: text, reasoning, a call, a refusal, an image. */
export function isContent(event: StreamEvent): boolean {
  switch (event.type) {
    case "text-delta":
    case "refusal-delta":
    case "reasoning-delta":
      return event.text !== "";
    case "tool-start":
    case "part":
      return true;
    default:
      return false;
  }
}

/**
 * The verdict of a stream's beginning. Null: no content yet. A failure, `empty`, `policy_blocked` (a refusal is content
 * too), or `ok` once there is content (or if the caller's own token limit left no room for any).
 */
export function classifyPiece(piece: Piece): WireFailure | Verdict | null {
  for (const event of piece.events) {
    if (isContent(event)) return event.type === "refusal-delta" ? "policy_blocked" : "ok";
    if (event.type === "failure") return event.failure;
    if (event.type === "finish") {
      if (event.reason === "content_filter") return "policy_blocked";
      return event.reason === "length" ? "ok" : "empty";
    }
  }
  return null;
}

/** A part of an event, a comment or a ping: the client gets signs of life of its own until the first content. */
export function saysNothing({ events, raw, isSign }: Piece): boolean {
  return events.length === 0 && (raw === null || isSign === true);
}
