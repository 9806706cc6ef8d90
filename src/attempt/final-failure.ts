// The last word when nobody answered (F10): the most telling failure, with a status the caller can act on, every attempt,
// and the smallest wait anybody asked for. The gateway's own bad key at a vendor never shows as 401 (F9).
import type { Exchange } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import { ruleOf, type FailureVerdict } from "../core/verdict.ts";

export interface GiveUp {
  readonly failure: WireFailure;
  readonly exchange: Exchange;
  /** The key was the caller's own: then a refusal of it is the caller's to know. */
  readonly callersKey: boolean;
  /** The smallest useful wait, in milliseconds. */
  readonly waitMs: number | null;
}

export function finalFailure({ failure, exchange, callersKey, waitMs }: GiveUp): GatewayFailure {
  const { verdict, status } = failure;
  const tried = exchange.attempts.filter((one) => one.skipped !== true);
  const asked = tried.length;
  const targets = new Set(tried.map((one) => one.target)).size;
  const summary = asked > 1 ? ` (${asked} attempts on ${targets} ${targets === 1 ? "target" : "targets"} failed)` : "";
  const words = `${failure.message}${summary}${unfitWords(failure, exchange)}`;
  const retryAfterMs = ruleOf(verdict).transient || verdict === "quota_exhausted" ? waitMs : null;
  const helps = ruleOf(verdict).transient && failure.shouldRetry !== false;
  return new GatewayFailure(words, {
    code: verdict,
    status: clientStatus(verdict, status, callersKey),
    param: failure.param,
    retryAfterMs,
    shouldRetry: helps && (asked <= 1 || verdict === "rate_limited" || isWaitedFor(retryAfterMs)),
    attempts: exchange.attempts,
    vendorError: failure.vendorError,
  });
}

/** SDKs wait as long as they are told up to a minute; a longer wait they ignore, and try again within seconds. */
const LONGEST_CLIENT_WAIT = 60_000;

/**
 * The gateway has tried again by itself, and nobody answered: the client's own retries, which come within seconds, would
 * only repeat the whole chain. They help where a hint says when.
 */
function isWaitedFor(retryAfterMs: number | null): boolean {
  return retryAfterMs !== null && retryAfterMs <= LONGEST_CLIENT_WAIT;
}

/** Where a vendor says that it cannot serve the request, those that were not asked for the same reason. */
function unfitWords({ verdict, unasked }: WireFailure, { attempts }: Exchange): string {
  if (unasked === true || (verdict !== "context_too_long" && verdict !== "unsupported")) return "";
  const skipped = attempts.filter((one) => one.skipped === true);
  if (skipped.length === 0) return "";
  return `; skipped: ${skipped.map((one) => `${one.target}: ${one.message ?? ""}`).join("; ")}`;
}

/** The vendor's own status where it says the same to this caller, else the verdict's. */
function clientStatus(verdict: FailureVerdict, status: number | null, callersKey: boolean): number {
  const usual = ruleOf(verdict).clientStatus;
  if (status === null) return usual;
  if (verdict === "bad_key" || verdict === "forbidden")
    return callersKey && (status === 401 || status === 403) ? status : usual;
  if (verdict === "bad_request" && status >= 400 && status < 500 && status !== 401 && status !== 403) return status;
  if ((verdict === "server_error" || verdict === "overloaded") && status >= 500) return status;
  return usual;
}
