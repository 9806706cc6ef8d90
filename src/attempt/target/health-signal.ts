// Whether the end of an attempt is evidence about its target's health. Pure.
import type { Exchange } from "../../core/exchange.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";

export interface Ended {
  readonly verdict: Verdict;
  readonly exchange: Exchange;
  /** 0 for the first try on this target. */
  readonly retry: number;
  readonly isProbe: boolean;
  /** The call's deadline expired, not a limit of the target. */
  readonly overdue: boolean;
  /** Milliseconds of silence before any content; null: there was content. */
  readonly silentMs: number | null;
}

/** A shorter silence comes from a caller's short deadline, and proves nothing about the target. */
const TELLING_SILENCE = 5_000;

/**
 * A silence that a deadline or a hurried caller ended is not the target's fault. One call counts one failure of a sick
 * target: if its retries counted too, a call with many retries would open the breaker alone.
 */
export function isHealthSignal({ verdict, exchange, retry, isProbe, overdue, silentMs }: Ended): boolean {
  if (verdict !== "ok" && retry > 0 && !isProbe) return false;
  if (verdict === "ok" || ruleOf(verdict).silence === undefined) return true;
  const { deadline, receivedAt, route } = exchange;
  const hurried = route.inline === true || deadline < receivedAt + route.total;
  if (!overdue && !hurried) return true;
  return silentMs !== null && silentMs >= TELLING_SILENCE;
}
