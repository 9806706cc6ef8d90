// Decodes this protocol's errors, from an HTTP status and from inside a stream. It must never let a key through.
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { FailureVerdict } from "../../../core/verdict.ts";
import { absentThing } from "../../shared/absent-thing.ts";
import { maskKeys } from "../../shared/mask.ts";
import { isObject, membersOf, objectOr, parseJson, stringOr } from "../../shared/read.ts";
import { ownWords } from "../../shared/own-words.ts";
import { isAboutModel, isAboutUnknown } from "../../shared/refusal.ts";
import { plainStatusVerdict, refusalVerdict } from "../../shared/status-verdict.ts";
import { threadCode } from "../features/threads.ts";
import { vendorErrorOf } from "../../shared/vendor-error.ts";
import { objectsOf } from "../features/own-state.ts";
import { type Headers, retryAfterHint, shouldRetry, untilDate } from "../../shared/wait-hints.ts";

const mostWords = 2000;

/** A failure with our own message. */
export function plainFailure(verdict: FailureVerdict, message: string): WireFailure {
  return { verdict, status: null, message, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
}

export function decodeFailure(status: number, headers: Headers, body: string): WireFailure {
  const error = errorIn(parseJson(body)) ?? { message: plainWords(status, body) };
  const failure = describe(error, status);
  const limited = failure.verdict === "rate_limited" ? untilReset(headers) : null;
  return { ...failure, status, waitMs: retryAfterHint(headers) ?? limited, shouldRetry: shouldRetry(headers) };
}

/** An error with status 200: as the body, or as an event of the stream. */
export function inBandFailure(body: Json): WireFailure {
  const error = errorIn(body);
  return error === null ? plainFailure("malformed", "an error without content") : describe(error, null);
}

/** The `error` of a body, perhaps in an array; a bare string is its message. */
function errorIn(body: Json | undefined): JsonObject | null {
  const whole = isObject(body) ? body : objectsOf(body)[0];
  if (whole === undefined) return null;
  const error = whole["error"];
  if (typeof error === "string") return { message: error };
  // Clouds and proxies in front of Anthropic answer `{"message": …}`, and some of them `{"Message": …}`.
  const message = whole["message"] ?? whole["Message"];
  return objectOr(error, null) ?? (typeof message === "string" ? { ...whole, message } : null);
}

function describe(error: JsonObject, status: number | null): WireFailure {
  const type = stringOr(error["type"], null);
  const code = stringOr(membersOf(error["details"])["error_code"], null);
  const message = maskKeys(stringOr(error["message"], type ?? "an error without a message")).slice(0, mostWords);
  const about = status ?? statusOfType(type);
  const thread = threadCode(about, { code, message });
  // The conversation belongs to the caller: it can send all of it, or leave the thread.
  const verdict = thread === null ? verdictOf({ status: about, type, code, message }) : "bad_request";
  const reportedError = thread === null || code !== null ? error : { ...error, details: { error_code: thread } };
  const vendorError = vendorErrorOf("anthropic-messages", reportedError);
  return { ...plainFailure(verdict, message), code: thread ?? code, type, vendorError };
}

/** An answer that is not JSON: a proxy's page, an empty body. */
function plainWords(status: number, body: string): string {
  const title = /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1]?.trim();
  const text = /<(?:!doctype|html|head|body)/i.test(body) ? "" : body.trim().slice(0, 300);
  return (title ?? text) || `status ${status} without an error in the body`;
}

/** Source: https://platform.claude.com/docs/en/api/errors */
export const typeStatus: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

function statusOfType(type: string | null): number {
  return (type !== null && Object.hasOwn(typeStatus, type) ? typeStatus[type] : undefined) ?? 500;
}

interface Complaint {
  readonly status: number;
  readonly type: string | null;
  readonly code: string | null;
  readonly message: string;
}

const noMoney =
  /credit balance is too low|reached your specified .{0,20}usage limits|usage limits? (?:has|have) been reached/i;
const moneyCodes = ["enforced_spend_limit_reached", "contract_spend_limit_reached", "organization_on_hold"];
const tooLong =
  /prompt is too long|exceeds? (?:the )?context (?:limit|window)|input is too long|maximum context length/i;
const policy = /output blocked by content filtering|violat\w+ .{0,40}(?:usage|acceptable use) polic/i;
/** A limit that this vendor set itself is not a mistake: another one may take the request. */
const lacking =
  /exceeds? \d+ MB maximum|maximum of \d+ PDF pages|\b(?:does not|doesn't) support\b|\bnot supported\b|\bunsupported\b|\bis deprecated for this model\b/i;

function verdictOf(complaint: Complaint): FailureVerdict {
  const { status, type, code, message } = complaint;
  if (type === "overloaded_error") return "overloaded";
  if (type === "billing_error" || moneyCodes.includes(code ?? "")) return "quota_exhausted";
  const plain = plainStatusVerdict(status);
  if (plain !== null) return plain;
  if (status === 401) return "bad_key";
  if (status === 403) return "forbidden";
  if (status === 404) return absentThing(message) ?? "unknown_model";
  if (status === 429) return noMoney.test(message) ? "quota_exhausted" : "rate_limited";
  if (status >= 500) return "server_error";
  return status < 400 ? "malformed" : requestVerdict(status, message);
}

function requestVerdict(status: number, message: string): FailureVerdict {
  // First of all: a member's name may look like anything.
  if (isAboutUnknown(null, message)) return "unsupported";
  if (noMoney.test(ownWords(message))) return "quota_exhausted";
  if (tooLong.test(message)) return "context_too_long";
  if (policy.test(message)) return "policy_blocked";
  return lacking.test(message) || isAboutModel(message) ? "unsupported" : refusalVerdict(status);
}

/** Milliseconds until the last of the used-up limits is full again, from the `anthropic-ratelimit-*` headers. */
function untilReset(headers: Headers): number | null {
  const waits = ["requests", "tokens", "input-tokens", "output-tokens"]
    .filter((family) => headers[`anthropic-ratelimit-${family}-remaining`] === "0")
    .map((family) => untilDate(headers[`anthropic-ratelimit-${family}-reset`] ?? "", headers))
    .filter((wait) => wait !== null);
  return waits.length === 0 ? null : Math.max(...waits);
}
