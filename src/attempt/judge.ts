// What a decoded answer is worth, beyond its status: a 200 can be empty, blocked, or blank. Pure.
import type { ChatResponse, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { Piece } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Verdict } from "../core/verdict.ts";

/** `ok`, `policy_blocked` or `empty`. An answer cut by the caller's own token limit is `ok`, even without text. */
export function judgeResponse(response: ChatResponse): Verdict {
  let blocked = false;
  let limited = false;
  for (const choice of response.choices) {
    for (const part of choice.parts)
      if (isContentPart(part)) return choice.finish === "content_filter" ? "policy_blocked" : "ok";
    if (choice.finish === "content_filter") blocked = true;
    if (choice.finish === "length") limited = true;
  }
  if (blocked) return "policy_blocked";
  return limited ? "ok" : "empty";
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
 * What the beginning of a stream amounts to. Null: nothing to show yet. A failure, `empty`, `policy_blocked`, or `ok`
 * once there is something to show (or the caller's own token limit left no room for it).
 */
export function judgePiece(piece: Piece): WireFailure | Verdict | null {
  for (const event of piece.events) {
    if (isContent(event)) return "ok";
    if (event.type === "failure") return event.failure;
    if (event.type === "finish") {
      if (event.reason === "content_filter") return "policy_blocked";
      return event.reason === "length" ? "ok" : "empty";
    }
  }
  return null;
}
