// A failure in the format of both OpenAI protocols, whose streams alone differ. The code is OpenAI's own if it has one,
// with the verdict beside it. It contains no key, and nothing of other callers.
import type { GatewayCode, GatewayFailure } from "../../core/failure.ts";
import type { JsonObject, MutableJson } from "../../core/json.ts";
import { verdicts } from "../../core/verdict.ts";
import { attemptsJson } from "./attempts-json.ts";
import { maskKeys } from "./mask.ts";
import { messageOf, type OverflowWords } from "./overflow.ts";

const types: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [402, "insufficient_quota"],
  [403, "permission_error"],
  [429, "rate_limit_error"],
]);

/**
 * OpenAI's codes for the same failures, whatever the vendor: programs match them. Source:
 * https://platform.openai.com/docs/guides/error-codes
 */
const ownCodes: Readonly<Partial<Record<GatewayCode, string>>> = {
  context_too_long: "context_length_exceeded",
  rate_limited: "rate_limit_exceeded",
  quota_exhausted: "insufficient_quota",
  unknown_model: "model_not_found",
  unauthenticated: "invalid_api_key",
  policy_blocked: "content_policy_violation",
};
/** If OpenAI's code depends on the request, an OpenAI-compatible vendor's own code is passed on. */
const vendorsCodes: ReadonlySet<GatewayCode> = new Set<GatewayCode>([
  "bad_request",
  "unsupported",
  "policy_blocked",
  "invalid_output",
]);

/** Source: the errors of openai.com's Chat Completions, and of its Responses, which name no numbers. */
const overflowWords: OverflowWords = {
  ownSentence: /maximum context length is [\d,]+ tokens|exceeds the context window/i,
  sentence({ window, prompt }) {
    if (window === null)
      return "Your input exceeds the context window of this model. Please adjust your input and try again.";
    const used = prompt === null ? "" : ` However, your messages resulted in ${prompt} tokens.`;
    return `This model's maximum context length is ${window} tokens.${used} Please reduce the length of the messages.`;
  },
};

/** Inside a stream a client has no headers: programs read the wait in OpenAI's own words (Codex). */
function withWait(message: string, { code, retryAfterMs }: GatewayFailure): string {
  if (code !== "rate_limited" || retryAfterMs === null || /try again in \d/i.test(message)) return message;
  return `${message}${/[.!?]$/.test(message) ? "" : "."} Please try again in ${Math.ceil(retryAfterMs) / 1000}s.`;
}

/** OpenAI's SDKs keep only the member `error`, so the attempts are in it too. */
export function errorBody(failure: GatewayFailure): MutableJson {
  const attempts = attemptsJson(failure.attempts);
  const error: JsonObject = {
    message: maskKeys(withWait(messageOf(failure, overflowWords), failure)),
    type: typeOf(failure),
    param: failure.param,
    code: codeOf(failure),
    ...verdictMember(failure),
    ...vendorMembers(failure),
    ...(attempts.length === 0 ? {} : { attempts }),
  };
  return { error, attempts };
}

/** `{error: {message, type, param, code, verdict, attempts}, request_id, attempts}`. */
export function encodeFailure(failure: GatewayFailure, requestId: string): JsonObject {
  return { ...errorBody(failure), request_id: requestId };
}

/** `{verdict}`; empty for a refusal by the gateway itself. */
export function verdictMember({ code }: GatewayFailure): JsonObject {
  return verdictCodes.has(code) ? { verdict: code } : {};
}

const verdictCodes: ReadonlySet<string> = new Set(verdicts);

/** A refusal of the gateway's own key must never look like one of the caller's key. */
function codeOf({ code, status, vendorError }: GatewayFailure): string {
  if (code === "bad_key" && status === 401) return "invalid_api_key";
  const vendorCode = vendorError?.protocol === "openai-chat" ? vendorError.members["code"] : null;
  if (vendorsCodes.has(code) && typeof vendorCode === "string" && vendorCode !== "") return vendorCode;
  return ownCodes[code] ?? code;
}

/**
 * OpenAI's own type says which limit was hit: programs use it to tell a used-up quota from a rate limit. Source:
 * openai.com's answers, whose type is `requests`, `tokens` or `insufficient_quota` under one status.
 */
function typeOf({ code, status, vendorError }: GatewayFailure): string {
  if (code === "quota_exhausted") return "insufficient_quota";
  const vendorType = vendorError?.protocol === "openai-chat" ? vendorError.members["type"] : null;
  if (code === "rate_limited" && (vendorType === "requests" || vendorType === "tokens")) return vendorType;
  return types.get(status) ?? (status >= 500 ? "server_error" : "invalid_request_error");
}

const ours: ReadonlySet<string> = new Set(["type", "param", "code", "status", "verdict", "attempts"]);

/** An OpenAI-compatible vendor's members beside message, type, param and code; for any other vendor its details. */
function vendorMembers({ vendorError }: GatewayFailure): JsonObject {
  if (vendorError === null) return {};
  const { protocol, members } = vendorError;
  if (protocol !== "openai-chat") return members["details"] === undefined ? {} : { details: members["details"] };
  return Object.fromEntries(Object.entries(members).filter(([name]) => !ours.has(name)));
}
