// The `attempts` array beside `error` in every protocol's error body: the targets and their verdicts. It contains only
// what the caller may know: no messages, no keys, no addresses.
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { Json } from "../../core/json.ts";

/**
 * One member per attempt: `target`, `verdict` (null while it runs), `status` and `ms` (null if there was none), and
 * `skipped: true` if the target cannot serve the request and was not asked.
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
