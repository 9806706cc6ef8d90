// What a permit's report says of an attempt that has ended. Times count from when the target was asked: the gateway's own
// preparation is not its latency. Pure.
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { AttemptInput } from "./attempt-input.ts";
import { isHealthSignal } from "./health-signal.ts";
import type { PermitOutcome } from "./permit.ts";

/** How an attempt ended. */
export interface AttemptEnding {
  readonly verdict: Verdict;
  readonly failure: WireFailure | null;
  readonly longestPause: number | null;
  readonly record: AttemptRecord;
  /** Clock times: when the target was asked, and now. */
  readonly askedAt: number;
  readonly now: number;
  /** It failed because of a fault of the gateway. */
  readonly isFault: boolean;
  /** The call's deadline ended it. */
  readonly overdue: boolean;
}

export function permitOutcome(
  { exchange, retry, permit }: Pick<AttemptInput, "exchange" | "retry" | "permit">,
  { verdict, failure, longestPause, record, askedAt, now, isFault, overdue }: AttemptEnding,
): PermitOutcome {
  const { startedAt, firstTokenMs, headersMs, totalMs, bytesOut, usage } = record;
  const prepared = askedAt - startedAt;
  const silentMs = firstTokenMs === null ? now - askedAt : null;
  return {
    verdict,
    failure,
    since: startedAt,
    again: retry > 0,
    tellsOfHealth: !isFault && isHealthSignal({ verdict, exchange, retry, isProbe: permit.isProbe, overdue, silentMs }),
    isFault,
    firstMs: firstTokenMs === null ? null : firstTokenMs - prepared,
    totalMs: (totalMs ?? 0) - prepared,
    wasHeard: headersMs !== null || bytesOut > 0,
    longestPause,
    outputTokens: usage?.output ?? null,
  };
}
