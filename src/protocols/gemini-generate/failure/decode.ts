// Decodes this protocol's errors: the status of an answer, an error inside a stream, and all the vendor's messages for
// "your key", "your quota" and "too long". It must never let a key through.
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { FailureVerdict } from "../../../core/verdict.ts";
import { maskAccounts, maskKeys } from "../../shared/mask.ts";
import { isArray, isObject, membersOf, numberOr, objectOr, parseJson, stringOr } from "../../shared/read.ts";
import { ownWords } from "../../shared/own-words.ts";
import { isAboutModel, isAboutUnknown, unknownMembers } from "../../shared/refusal.ts";
import { durationMs } from "../../../domain/duration-ms.ts";
import { plainStatusVerdict, refusalVerdict } from "../../shared/status-verdict.ts";
import { retryAfterHint, shouldRetry, waitInWords } from "../../shared/wait-hints.ts";
import { vendorErrorOf } from "../../shared/vendor-error.ts";
import { objectsInMembers } from "../features/members.ts";

const mostWords = 2000;
const mostViolations = 20;

/** Source: google.rpc.Code. For errors with a name only. */
const statusCodes: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNKNOWN: 500,
  INTERNAL: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** An error in neutral terms, before its verdict. */
interface Complaint {
  readonly code: number;
  readonly message: string;
  /** `RESOURCE_EXHAUSTED` and the like. */
  readonly status: string | null;
  /** `API_KEY_INVALID` and the like. */
  readonly reason: string | null;
  /** Ids of the used-up quotas, and whether one of them is zero. */
  readonly quotas: readonly string[];
  readonly noQuota: boolean;
  readonly delayMs: number | null;
  readonly field: string | null;
  /** The vendor's message per field. */
  readonly violations: readonly string[];
}

/** A failure with our own message. `status` if it is about the whole answer, not a chunk that could be skipped. */
export function plainFailure(verdict: FailureVerdict, message: string, status: number | null = null): WireFailure {
  return { verdict, status, message, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
}

export function decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): WireFailure {
  const error = errorIn(parseJson(body));
  if (error === null) return { ...judge(plainComplaint(status, body)), status, ...hints(headers, null) };
  const complaint = complaintOf(error, status);
  const failure = { ...judge(complaint), vendorError: vendorErrorOf("gemini-generate", error) };
  const wait = failure.verdict === "quota_exhausted" ? retryAfterHint(headers) : hints(headers, complaint).waitMs;
  return { ...failure, status, waitMs: wait, shouldRetry: shouldRetry(headers) };
}

/** An error with status 200, whole or as a chunk of a stream. */
export function inBandFailure(body: Json): WireFailure {
  const error = errorIn(body);
  if (error === null) return plainFailure("malformed", "an error without content");
  const complaint = complaintOf(error, 0);
  const failure = { ...judge(complaint), vendorError: vendorErrorOf("gemini-generate", error) };
  const waitMs = failure.verdict === "quota_exhausted" ? null : complaint.delayMs;
  return { ...failure, status: complaint.code === 0 ? null : complaint.code, waitMs };
}

function hints(
  headers: Readonly<Record<string, string>>,
  complaint: Complaint | null,
): Pick<WireFailure, "waitMs" | "shouldRetry"> {
  return { waitMs: retryAfterHint(headers) ?? complaint?.delayMs ?? null, shouldRetry: shouldRetry(headers) };
}

/** The `error` of a body, perhaps in an array; a bare string is its message. */
function errorIn(body: Json | undefined): JsonObject | null {
  // One array: a function that follows a vendor's nesting could run out of stack.
  if (isArray(body)) return errorIn(body.find((item) => isObject(item) && item["error"] !== undefined) ?? null);
  if (!isObject(body)) return null;
  const error = body["error"];
  if (typeof error === "string") return { message: stringOr(body["error_description"], error), status: error };
  return objectOr(error, null);
}

function complaintOf(error: JsonObject, httpStatus: number): Complaint {
  const details = objectsInMembers(error["details"]);
  const info = detail(details, "ErrorInfo");
  const metadata = membersOf(info["metadata"]);
  const violations = objectsInMembers(detail(details, "QuotaFailure")["violations"]);
  const fields = objectsInMembers(detail(details, "BadRequest")["fieldViolations"]);
  const status = stringOr(error["status"], null);
  const message = stringOr(error["message"], status ?? "an error without a message");
  const quotas = [...violations.map((one) => one["quotaId"]), metadata["quota_limit"]].map((id) => stringOr(id, ""));
  const inBody = numberOr(error["code"], 0) || (statusCodes[status ?? ""] ?? 0);
  return {
    code: httpStatus >= 400 ? httpStatus : inBody,
    message: cleanWords(message),
    status,
    reason: stringOr(info["reason"], null),
    quotas: quotas.filter((id) => id !== ""),
    noQuota: metadata["quota_limit_value"] === "0" || violations.some((one) => one["quotaValue"] === "0"),
    delayMs: delayOf(detail(details, "RetryInfo")["retryDelay"]) ?? waitInWords(message),
    field: stringOr(fields[0]?.["field"], null),
    violations: fields.slice(0, mostViolations).map((one) => stringOr(one["description"], "")),
  };
}

/** An answer that is not JSON: a proxy's page, an empty body. */
function plainComplaint(status: number, body: string): Complaint {
  const title = /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1]?.trim();
  const text = /<(?:!doctype|html|head|body)/i.test(body) ? undefined : body.trim().slice(0, 300);
  const message = cleanWords(title || text || `status ${status} without an error in the body`);
  return {
    code: status,
    message,
    status: null,
    reason: null,
    quotas: [],
    noQuota: false,
    delayMs: waitInWords(message),
    field: null,
    violations: [],
  };
}

/** `type` ends in `google.rpc.{name}`. */
function detail(details: readonly JsonObject[], name: string): JsonObject {
  return details.find((one) => stringOr(one["@type"], "").endsWith(`.${name}`)) ?? {};
}

/** `"34.5s"`, or seconds and nanoseconds apart. */
function delayOf(value: Json | undefined): number | null {
  if (typeof value === "string") return durationMs(value);
  if (!isObject(value)) return null;
  const seconds = Number(value["seconds"] ?? 0) * 1000 + Number(value["nanos"] ?? 0) / 1e6;
  return Number.isFinite(seconds) ? Math.round(seconds) : null;
}

/** Without keys and account numbers, and shortened. */
function cleanWords(message: string): string {
  return maskAccounts(maskKeys(message)).slice(0, mostWords);
}

function judge(complaint: Complaint): WireFailure {
  return {
    ...plainFailure(verdictOf(complaint), complaint.message),
    code: complaint.reason ?? complaint.status,
    type: complaint.status,
    param: complaint.field,
    members: unknownMembers(complaint.violations),
  };
}

const badKey =
  /api key (?:not valid|not found|expired|invalid)|reported as leaked|unregistered callers|API_KEY_(?:INVALID|EXPIRED)/i;
const region = /location is not supported|not available in your (?:country|region)/i;
const tooLong =
  /token count.{0,80}(?:exceeds|only supports)|exceeds the maximum number of tokens|(?:prompt|input|context) is too long|maximum context length|payload size exceeds|input tokens exceed/is;
const lacking =
  /\bis (?:unsupported|not supported|not enabled)\b|\bnot (?:enabled|supported) (?:for|by|in)\b|\b(?:does not|doesn't) support\b|\bunsupported\b|only supports? up to/i;
const noMoney =
  /limit: 0(?![.\d])|free (?:quota )?tier (?:is not|isn't)|(?:doesn't|does not) have a free|credits? (?:are|is|have been) (?:depleted|exhausted)|spending? (?:cap|limit)/i;
const policy = /prohibited use policy|violat\w+ (?:our|the|\w+'s) .{0,40}polic|blocked (?:due to|by|for) safety/i;

function verdictOf(complaint: Complaint): FailureVerdict {
  if (blamesKey(complaint)) return "bad_key";
  return statusVerdict(complaint) ?? refusedVerdict(complaint);
}

function blamesKey({ message, reason }: Complaint): boolean {
  return (
    badKey.test(ownWords(message)) ||
    /^(?:API_KEY|ACCESS_TOKEN|CREDENTIALS?)_(?:INVALID|EXPIRED|MISSING|TYPE_UNSUPPORTED)/.test(reason ?? "")
  );
}

/** The verdict of the status alone; null if it only blames the request. */
function statusVerdict(complaint: Complaint): FailureVerdict | null {
  const { code, message } = complaint;
  if (code === 401) return "bad_key";
  if (code === 403) return forbiddenVerdict(complaint);
  if (code === 404) return /cached ?content|\bfiles?\//i.test(message) ? "bad_request" : "unknown_model";
  if (code === 429) return quotaVerdict(complaint);
  if (code === 501) return "unsupported";
  const plain = plainStatusVerdict(code);
  if (plain !== null) return plain;
  if (code >= 500) return "server_error";
  if (code < 400) return code === 0 ? "server_error" : "malformed";
  return null;
}

function refusedVerdict({ code, message, status }: Complaint): FailureVerdict {
  if (region.test(ownWords(message))) return "forbidden";
  if (/enable billing|billing (?:is )?disabled/i.test(message) && status === "FAILED_PRECONDITION")
    return "quota_exhausted";
  // By the failure contract, 413 is the caller's mistake; the vendor itself answers 400 if a body is too large for it.
  return code === 413 ? "bad_request" : requestVerdict(code, message);
}

function requestVerdict(code: number, message: string): FailureVerdict {
  // First of all: a member's name may look like anything.
  if (isAboutUnknown(null, message)) return "unsupported";
  if (/invalid json payload/i.test(message)) return "bad_request";
  if (tooLong.test(message)) return "context_too_long";
  if (policy.test(message)) return "policy_blocked";
  return lacking.test(message) || isAboutModel(message) ? "unsupported" : refusalVerdict(code);
}

function forbiddenVerdict({ message, reason }: Complaint): FailureVerdict {
  if (reason === "BILLING_DISABLED" || /billing (?:to be enabled|is disabled|disabled)/i.test(message))
    return "quota_exhausted";
  return /cached ?content|access the file/i.test(message) ? "bad_request" : "forbidden";
}

/** A short wait beside a daily quota does not help. */
function quotaVerdict({ message, quotas, noQuota }: Complaint): FailureVerdict {
  const daily = quotas.some((id) => /per_?day/i.test(id)) || /\bper day\b|requests_per_day/i.test(message);
  return daily || noQuota || noMoney.test(message) ? "quota_exhausted" : "rate_limited";
}
