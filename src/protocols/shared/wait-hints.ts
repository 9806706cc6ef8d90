// The wait that a vendor asks for, from headers that vendors share. No clock: a date is relative to the response's own
// `date` header, and no hint without it. Hints in bodies belong to each protocol.
import { dateMs, isHttpDate } from "../../domain/date-ms.ts";
import { durationMs } from "../../domain/duration-ms.ts";

export type Headers = Readonly<Record<string, string>>;

/** `x-should-retry`; null where absent. */
export function shouldRetry(headers: Headers): boolean | null {
  const value = headers["x-should-retry"];
  return value === "true" ? true : value === "false" ? false : null;
}

/** No wait is taken for longer: a vendor that asks for years is wrong, and a client must not get them. */
const LONGEST = 86_400_000;

/**
 * Milliseconds from `retry-after-ms`, otherwise from `retry-after`: whole seconds or an HTTP date, as RFC 9110 has it,
 * and nothing else. Null if neither is set or valid, and for a wait of nothing: it does not say when to come back.
 */
export function retryAfterHint(headers: Headers): number | null {
  const exact = headers["retry-after-ms"]?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(exact)) return usable(Number(exact));
  const value = headers["retry-after"]?.trim() ?? "";
  if (/^\d+$/.test(value)) return usable(Number(value) * 1000);
  return isHttpDate(value) ? usable(untilDate(value, headers)) : null;
}

/** A wait that says when to come back, at most a day. */
export function usable(milliseconds: number | null): number | null {
  return milliseconds === null || !(milliseconds > 0) ? null : Math.min(LONGEST, milliseconds);
}

/** Milliseconds until a date, counted from the `date` header: an HTTP date or RFC 3339, and nothing else. */
export function untilDate(value: string, headers: Headers): number | null {
  const then = dateMs(value);
  const now = dateMs(headers["date"]);
  return then === null || now === null ? null : Math.max(0, then - now);
}

/** Milliseconds from text such as `Please retry in 55.57s.`, `try again in 1m2.5s`, `retry after 20 seconds`. */
export function waitInWords(text: string): number | null {
  const match = /(?:retry|try again)(?:ing)?\s+(?:in|after)\s+((?:\d+(?:\.\d+)?\s?(?:ms|[hms])(?![a-z]))+)/i.exec(text);
  if (match?.[1] !== undefined) return durationMs(match[1].replaceAll(/\s/g, ""));
  const spelled =
    /(?:retry|try again)(?:ing)?\s+(?:in|after)\s+(\d+(?:\.\d+)?)\s*(milliseconds?|seconds?|minutes?)/i.exec(text);
  if (spelled === null) return null;
  const unit = spelled[2]?.toLowerCase() ?? "";
  return Math.round(Number(spelled[1]) * (unit.startsWith("mil") ? 1 : unit.startsWith("min") ? 60_000 : 1000));
}
