// The gateway's failures in this protocol's error format: the status as a number and as Google's name, the verdict as
// the reason, and a wait if one is known.
import type { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { attemptsJson } from "../../shared/attempts-json.ts";
import { verdictMember } from "../../shared/error-encode.ts";
import { messageOf, type OverflowWords } from "../../shared/overflow.ts";
import { isObject, stringOr } from "../../shared/read.ts";
import { dataFrame } from "../../shared/sse-text.ts";
import { objectsInMembers } from "../features/members.ts";

/** Source: google.rpc.Code and the vendor's error guide. */
const statusWords: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "ABORTED",
  413: "INVALID_ARGUMENT",
  422: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/**
 * Google's SDKs retry after 500, 502, 503 and 504, and after no other status of this kind: Anthropic's 529 and proxies'
 * 520 and higher become one of these. Source: googleapis/python-genai, `_api_client.py`.
 */
export function statusOf(status: number): number {
  if (status === 529) return 503;
  return status > 504 && status < 600 ? 502 : status;
}

/** `{error: {code, message, status, details}}`, and `attempts` beside it if there were any. */
export function encodeFailure(failure: GatewayFailure, requestId: string): JsonObject {
  return errorBody(failure, requestId);
}

/** The frame with the reason of a broken stream; only some clients of this protocol raise on it. */
export function encodeFailFrame(failure: GatewayFailure): string {
  return dataFrame(errorBody(failure, null));
}

function errorBody(failure: GatewayFailure, requestId: string | null): JsonObject {
  const code = statusOf(failure.status);
  const status = statusWords[code] ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
  const error = {
    ...ownMembers(failure),
    code,
    message: messageOf(failure, overflowWords),
    status,
    ...verdictMember(failure),
    details: [...details(failure, requestId), ...ownDetails(failure), ...foreignDetails(failure)],
  };
  return { error, attempts: attemptsJson(failure.attempts) };
}

/** Source: the vendor's errors, in google-gemini/gemini-cli#14766 and #11507. */
const overflowWords: OverflowWords = {
  ownSentence: /input token count.{0,40}exceeds the maximum number of tokens/i,
  sentence({ window, prompt }) {
    const [count, most] = [prompt, window].map((tokens) => (tokens === null ? "" : ` (${tokens})`));
    return `The input token count${count} exceeds the maximum number of tokens allowed${most}.`;
  },
};

/** The vendor's members, if it speaks this protocol. */
function ownMembers({ vendorError }: GatewayFailure): JsonObject {
  return vendorError?.protocol === "gemini-generate" ? vendorError.members : {};
}

/** `QuotaFailure`, `BadRequest` and similar. The only wait is the gateway's: it knows the whole route. */
function ownDetails(failure: GatewayFailure): readonly JsonObject[] {
  const vendorDetails = objectsInMembers(ownMembers(failure)["details"]);
  if (failure.retryAfterMs === null) return vendorDetails;
  return vendorDetails.filter((detail) => !stringOr(detail["@type"], "").endsWith(".RetryInfo"));
}

/** Details of a vendor of another protocol, in the form of `google.rpc.Status`: texts by name. */
function foreignDetails({ vendorError }: GatewayFailure): readonly JsonObject[] {
  if (vendorError === null || vendorError === undefined || vendorError.protocol === "gemini-generate") return [];
  const { details: members } = vendorError.members;
  if (!isObject(members)) return [];
  const texts = Object.entries(members).map(([name, value]) => [name, stringOr(value, JSON.stringify(value))] as const);
  return [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "VENDOR_DETAILS",
      domain: "understudy",
      metadata: Object.fromEntries(texts),
    },
  ];
}

function details(failure: GatewayFailure, requestId: string | null): Json[] {
  const metadata = {
    code: failure.code,
    ...(requestId === null ? {} : { request_id: requestId }),
    ...(failure.param === null ? {} : { param: failure.param }),
  };
  const info = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: failure.code.toUpperCase(),
    domain: "understudy",
    metadata,
  };
  if (failure.retryAfterMs === null) return [info];
  const retryDelay = `${Math.ceil(failure.retryAfterMs) / 1000}s`;
  return [info, { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }];
}
