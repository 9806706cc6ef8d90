// The gateway's failures in this protocol's error format. It must never tell a client more than the failure contains.
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import { attemptsJson } from "../../shared/attempts-json.ts";
import { verdictMember } from "../../shared/error-encode.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { tooLong, typeStatus } from "./decode.ts";

/** `type` follows the status, as at Anthropic; `code` is the gateway's. */
export function encodeFailure(failure: GatewayFailure, requestId: string | null): JsonObject {
  const error = {
    ...ownMembers(failure),
    type: typeOfStatus(failure.status),
    message: wordsFor(failure),
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

/** This protocol has no code for a prompt that is too long: its clients recognize the message. */
function wordsFor({ code, message }: GatewayFailure): string {
  return code === "context_too_long" && !tooLong.test(message) ? `prompt is too long: ${message}` : message;
}

export function failFrame(failure: GatewayFailure): string {
  return sseTextFrame("error", encodeFailure(failure, null));
}

function typeOfStatus(status: number): string {
  const exact = Object.entries(typeStatus).find(([, one]) => one === status)?.[0];
  if (exact !== undefined) return exact;
  if (status === 503) return "overloaded_error";
  if (status === 408) return "timeout_error";
  return status >= 500 ? "api_error" : "invalid_request_error";
}
