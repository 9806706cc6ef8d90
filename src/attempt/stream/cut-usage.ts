// The tokens of an answer that broke off and that another target finished: both cost money, and the client's usage counts
// both. Vendors report at the end, so a cut answer often has no count; then it is estimated, and the ledger says so.
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { Usage } from "../../core/chat.ts";
import { addUsage } from "../../domain/usage.ts";

/** Characters per token, roughly. */
const CHARACTERS = 4;
/** Some vendors count at the beginning: below this share of the estimate a count is not that of the whole text. */
const SHARE = 0.5;

export interface Cut {
  /** Its part of the text. */
  readonly written: string;
  /** An estimate of the request. */
  readonly inputTokens: () => number | null;
}

/** Completes the attempt's usage by estimates, and marks it. */
export function countCutUsage(attempt: AttemptRecord, { written, inputTokens }: Cut): Usage {
  const { usage } = attempt;
  const estimate = Math.ceil(written.length / CHARACTERS);
  const isCounted = usage?.output != null && usage.output >= estimate * SHARE;
  if (isCounted && usage.input !== null) return usage;
  const counted: Usage = {
    input: usage?.input ?? inputTokens(),
    output: isCounted ? usage.output : estimate,
    cacheRead: usage?.cacheRead ?? null,
    cacheWrite: usage?.cacheWrite ?? null,
    reasoning: usage?.reasoning ?? null,
  };
  attempt.usage = counted;
  attempt.usageFrom = "estimate";
  return counted;
}

/** A count that only one side has stays; without the later answer's own count the sum is unknown. */
export function sumOf(earlier: Usage | null, later: Usage): Usage {
  if (earlier === null) return later;
  const all = addUsage(earlier, later);
  return {
    ...all,
    input: later.input === null ? null : all.input,
    output: later.output === null ? null : all.output,
  };
}
