// The error when no target answered (F10): the most informative failure, a status that the client can act on, every
// attempt, and the shortest useful wait. A refusal of the gateway's own key at a vendor must never appear as 401 (F9).
import type { Exchange } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import { ruleOf, type FailureVerdict } from "../core/verdict.ts";

export interface FinalFailureInput {
  readonly failure: WireFailure;
  readonly exchange: Exchange;
  /** The caller's own key was used: the caller must learn of its refusal. */
  readonly callersKey: boolean;
  /** The shortest useful wait, in milliseconds. */
  readonly waitMs: number | null;
}

export function finalFailure({ failure, exchange, callersKey, waitMs }: FinalFailureInput): GatewayFailure {
  const { verdict, status } = failure;
  const sentAttempts = exchange.attempts.filter((one) => one.skipped !== true);
  const attemptCount = sentAttempts.length;
  const targets = new Set(sentAttempts.map((one) => one.target)).size;
  const summary =
    attemptCount > 1 ? ` (${attemptCount} attempts on ${targets} ${targets === 1 ? "target" : "targets"} failed)` : "";
  const words = `${failure.message}${summary}${unfitWords(failure, exchange)}`;
  const retryAfterMs = ruleOf(verdict).transient || verdict === "quota_exhausted" ? waitMs : null;
  const helps = ruleOf(verdict).transient && failure.shouldRetry !== false;
  return new GatewayFailure(words, {
    code: verdict,
    status: clientStatus(verdict, status, callersKey),
    param: failure.param,
    retryAfterMs,
    shouldRetry: helps && (attemptCount <= 1 || verdict === "rate_limited" || isWaitedFor(retryAfterMs)),
    attempts: exchange.attempts,
    vendorError: failure.vendorError,
  });
}

/** SDKs follow a wait of up to a minute; they ignore a longer one, and retry within seconds. */
const LONGEST_CLIENT_WAIT = 60_000;

/**
 * The gateway has already retried without success. The client's own retries come within seconds, and would only repeat
 * the whole chain. They help if a hint says when.
 */
function isWaitedFor(retryAfterMs: number | null): boolean {
  return retryAfterMs !== null && retryAfterMs <= LONGEST_CLIENT_WAIT;
}

/** If a vendor says that it cannot serve the request: also the targets that were skipped for the same reason. */
function unfitWords({ verdict, isUnsent }: WireFailure, { attempts }: Exchange): string {
  if (isUnsent === true || (verdict !== "context_too_long" && verdict !== "unsupported")) return "";
  const skipped = attempts.filter((one) => one.skipped === true);
  if (skipped.length === 0) return "";
  return `; skipped: ${skipped.map((one) => `${one.target}: ${one.message ?? ""}`).join("; ")}`;
}

/** The vendor's own status if it means the same to this client, otherwise the verdict's. */
function clientStatus(verdict: FailureVerdict, status: number | null, callersKey: boolean): number {
  const usual = ruleOf(verdict).clientStatus;
  if (status === null) return usual;
  if (verdict === "bad_key" || verdict === "forbidden")
    return callersKey && (status === 401 || status === 403) ? status : usual;
  if (verdict === "bad_request" && status >= 400 && status < 500 && status !== 401 && status !== 403) return status;
  if ((verdict === "server_error" || verdict === "overloaded") && status >= 500) return status;
  return usual;
}
