// Decodes vendors' errors: non-2xx answers, and errors inside a 200. It never throws, and lets no key and no account id
// through.
import type { WireFailure } from "../../core/failure.ts";
import type { Json } from "../../core/json.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { maskKeys } from "./mask.ts";
import { isArray, isObject } from "./read.ts";
import { durationMs } from "../../domain/duration-ms.ts";
import { type Headers, retryAfterHint, shouldRetry, untilDate, usable, waitInWords } from "./wait-hints.ts";
import { type ErrorBody, readErrorJson, readErrorText } from "./error-body.ts";
import { errorVerdictOf } from "./error-verdict.ts";
import { vendorErrorOf } from "./vendor-error.ts";

export function decodeErrorAnswer(status: number, headers: Headers, body: string): WireFailure {
  const errorBody = readErrorText(body);
  const verdict = errorVerdictOf(status, errorBody);
  return {
    verdict,
    status,
    message: maskKeys(errorBody.message) || `HTTP ${status} without a message`,
    code: errorBody.code,
    type: errorBody.type,
    param: errorBody.param,
    members: errorBody.members,
    vendorError: vendorErrorIn(errorBody),
    waitMs: waitOf(verdict, errorBody, headers),
    shouldRetry: shouldRetry(headers),
  };
}

/** The wait for a daily quota is longer than the short delay beside it: then there is no hint. */
function waitOf(verdict: FailureVerdict, errorBody: ErrorBody, headers: Headers): number | null {
  const headerWait = retryAfterHint(headers);
  if (verdict === "quota_exhausted" && /perday/i.test(errorBody.inner)) return null;
  return (
    headerWait ??
    errorBody.waitMs ??
    waitInWords(errorBody.message) ??
    (verdict === "rate_limited" || verdict === "quota_exhausted"
      ? usable(resetMs(errorBody.resetsAt ?? undefined, headers))
      : null) ??
    (verdict === "rate_limited" ? limitReset(headers) : null)
  );
}

/** The longest reset among the used-up limits. */
function limitReset(headers: Headers): number | null {
  // The IETF's older draft has one limit: seconds until it is full again.
  let wait = draftReset(headers["ratelimit"]);
  for (const name of ["ratelimit", "x-ratelimit"]) {
    if ((headers[`${name}-remaining`] ?? "0") !== "0") continue;
    const reset = resetMs(headers[`${name}-reset`], headers);
    if (reset !== null) wait = Math.max(wait ?? 0, reset);
  }
  for (const what of ["-requests", "-tokens"]) {
    if (headers[`x-ratelimit-remaining${what}`] !== "0") continue;
    const reset = resetMs(headers[`x-ratelimit-reset${what}`], headers);
    if (reset !== null) wait = Math.max(wait ?? 0, reset);
  }
  return wait;
}

/**
 * `RateLimit: "burst";r=0;t=5, "day";r=12;t=3600`, or `limit=10, remaining=0, reset=5` in the draft before: seconds until
 * the longest limit that is used up (datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers).
 */
function draftReset(value: string | undefined): number | null {
  if (value === undefined || value.length > 1000) return null;
  const [, older] = /\bremaining=0\b.*\breset=(\d+)/u.exec(value) ?? [];
  const parts = value.split(",").filter((part) => /;\s*r=0\b/u.test(part));
  const seconds = [older, ...parts.map((part) => /;\s*t=(\d+)/u.exec(part)?.[1])].map((text) => Number(text ?? 0));
  const longest = Math.max(...seconds);
  return longest > 0 ? longest * 1000 : null;
}

/** A duration, seconds, an epoch in seconds or milliseconds, or a date. */
function resetMs(value: string | undefined, headers: Headers): number | null {
  if (value === undefined || value === "") return null;
  const number = Number(value);
  if (Number.isNaN(number)) return durationMs(value) ?? untilDate(value, headers);
  if (number < 1e8) return number < 0 ? null : Math.round(number * 1000);
  return untilDate(new Date(number < 1e11 ? number * 1000 : number).toUTCString(), headers);
}

/**
 * The error in a 200 answer or in a chunk of a stream; null if there is none. `event` is the frame's name, if it came
 * in one.
 */
export function inBandFailure(json: Json | undefined, event: string | null = null): WireFailure | null {
  const value = isArray(json) ? json[0] : json;
  if (!isObject(value)) return event === "error" ? judged(readErrorText(" ")) : null;
  return value["error"] || value["object"] === "error" || event === "error" ? judged(readErrorJson(value)) : null;
}

/** The failure for an error without a status of its own. */
export function judged(errorBody: ErrorBody): WireFailure {
  return {
    verdict: errorVerdictOf(errorBody.status, errorBody),
    status: errorBody.status,
    message: maskKeys(errorBody.message) || "the vendor reported an error without a message",
    code: errorBody.code,
    type: errorBody.type,
    param: errorBody.param,
    members: errorBody.members,
    vendorError: vendorErrorIn(errorBody),
    waitMs: errorBody.waitMs ?? waitInWords(errorBody.message),
    shouldRetry: null,
  };
}

/** The same for both OpenAI protocols, which share their errors. */
function vendorErrorIn({ object }: ErrorBody): WireFailure["vendorError"] {
  return object === null ? undefined : vendorErrorOf("openai-chat", object);
}

/** A failure with our own message. */
export function plainFailure(verdict: FailureVerdict, message: string): WireFailure {
  return { verdict, status: null, message, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
}
