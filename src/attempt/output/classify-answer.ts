// What a decoded answer is worth, beyond its status: a 200 can be empty, blocked, or blank. Pure.
import type { ChatResponse, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece } from "../../core/exchange.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Verdict } from "../../core/verdict.ts";

/**
 * `ok`, `policy_blocked`, `empty`, or `cut` where a choice has content and does not say that it ended (F1, as in streams).
 * An answer cut by the caller's own token limit is `ok`, even without text.
 */
export function judgeResponse(response: ChatResponse): Verdict {
  const { choices } = response;
  const spoken = choices.find((choice) => choice.parts.some(isContentPart));
  if (spoken !== undefined) {
    if (choices.some((choice) => choice.finish === null)) return "cut";
    return spoken.finish === "content_filter" || isRefused(spoken.parts) ? "policy_blocked" : "ok";
  }
  if (choices.some((choice) => choice.finish === "content_filter")) return "policy_blocked";
  return choices.some((choice) => choice.finish === "length") ? "ok" : "empty";
}

/** A refusal in the vendor's own field, and nothing else to show. */
function isRefused(parts: readonly Part[]): boolean {
  return parts.every((part) => part.type === "refusal" || !isContentPart(part));
}

/** Whether what was blocked was so by a limit of the model's own, so that another one may answer. */
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

/** Whether this event is the first thing a caller would see: text, thoughts, a call, a refusal, an image. */
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
 * What the beginning of a stream amounts to. Null: nothing to show yet. A failure, `empty`, `policy_blocked` (a refusal is
 * content too), or `ok` once there is something to show (or the caller's own token limit left no room for it).
 */
export function judgePiece(piece: Piece): WireFailure | Verdict | null {
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
