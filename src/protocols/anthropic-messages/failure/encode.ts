// The gateway's failures in this protocol's error format. It must never tell a client more than the failure contains.
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import { attemptsJson } from "../../shared/attempts-json.ts";
import { verdictMember } from "../../shared/error-encode.ts";
import { messageOf, type OverflowWords } from "../../shared/overflow.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { typeStatus } from "./decode.ts";

/** `type` follows the status, as at Anthropic; `code` is the gateway's. */
export function encodeFailure(failure: GatewayFailure, requestId: string | null): JsonObject {
  const error = {
    ...ownMembers(failure),
    type: typeOfStatus(failure.status),
    message: messageOf(failure, overflowWords),
    code: failure.code,
    ...verdictMember(failure),
    param: failure.param,
  };
  return {
    type: "error",
    error,
    request_id: requestId,
    attempts: attemptsJson(failure.attempts),
  };
}

/** The vendor's members beside type and message; for a vendor of another protocol its details. */
function ownMembers({ vendorError }: GatewayFailure): JsonObject {
  if (vendorError === null || vendorError === undefined) return {};
  const { protocol, members } = vendorError;
  if (protocol === "anthropic-messages") return members;
  return members["details"] === undefined ? {} : { details: members["details"] };
}

/**
 * This protocol has no code for a prompt that is too long: its clients recognize the message, and compact by its
 * numbers; if only the answer's limit is too large, they lower that. Source: the vendor's errors, which Claude Code reads
 * as `prompt is too long[^0-9]*(\d+)\s*tokens?\s*>\s*(\d+)`.
 */
const overflowWords: OverflowWords = {
  ownSentence: /prompt is too long|input length and `max_tokens` exceed context limit/i,
  sentence({ window, prompt, answer }) {
    if (window === null) return "prompt is too long:";
    if (prompt === null) return `prompt is too long: the maximum is ${window} tokens.`;
    if (prompt < window && answer !== null && prompt + answer > window)
      return `input length and \`max_tokens\` exceed context limit: ${prompt} + ${answer} > ${window}, decrease input length or \`max_tokens\` and try again.`;
    return `prompt is too long: ${prompt} tokens > ${window} maximum.`;
  },
};

export function encodeFailFrame(failure: GatewayFailure): string {
  return sseTextFrame("error", encodeFailure(failure, null));
}

function typeOfStatus(status: number): string {
  const exact = Object.entries(typeStatus).find(([, one]) => one === status)?.[0];
  if (exact !== undefined) return exact;
  if (status === 503) return "overloaded_error";
  if (status === 408) return "timeout_error";
  return status >= 500 ? "api_error" : "invalid_request_error";
}
