// The `attempts` array that stands beside `error` in every protocol's failure body: who was asked and what came of it.
// Only what the caller may know: no messages, no keys, no addresses.
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { Json } from "../../core/json.ts";

/**
 * One member per attempt: `target`, `verdict` (null while it runs), `status` and `ms` (null where there was none), and
 * `skipped: true` where the target cannot serve the request and was not asked.
 */
export function attemptsJson(attempts: readonly AttemptRecord[]): Json[] {
  return attempts.map((attempt) => ({
    target: attempt.target,
    verdict: attempt.verdict,
    status: attempt.status,
    ms: attempt.totalMs === null ? null : Math.round(attempt.totalMs),
    ...(attempt.skipped === true ? { skipped: true } : {}),
  }));
}
