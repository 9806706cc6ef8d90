// Whether an attempt's end says something of its target's health. Pure.
import type { Exchange } from "../../core/exchange.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";

export interface Ended {
  readonly verdict: Verdict;
  readonly exchange: Exchange;
  /** 0 for the first try on this target. */
  readonly retry: number;
  readonly isProbe: boolean;
  /** The call's deadline passed, not a limit of the target's. */
  readonly overdue: boolean;
  /** Milliseconds of silence before any content; null: there was some. */
  readonly silentMs: number | null;
}

/** A shorter silence, borne because the caller was in a hurry, says nothing of the target's health. */
const TELLING_SILENCE = 5_000;

/**
 * Silence that was cut short by a deadline or by a caller in a hurry is not the target's fault. One call says once that a
 * target is sick: told again by its retries, a breaker would open under a call that is set to insist.
 */
export function tellsOfHealth({ verdict, exchange, retry, isProbe, overdue, silentMs }: Ended): boolean {
  if (verdict !== "ok" && retry > 0 && !isProbe) return false;
  if (verdict === "ok" || ruleOf(verdict).silence === undefined) return true;
  const { deadline, receivedAt, route } = exchange;
  const hurried = route.inline === true || deadline < receivedAt + route.total;
  if (!overdue && !hurried) return true;
  return silentMs !== null && silentMs >= TELLING_SILENCE;
}
