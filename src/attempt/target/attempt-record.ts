// The record of an attempt, filled while it runs and then written to the ledger.
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { ChatResponse } from "../../core/chat.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import type { Verdict } from "../../core/verdict.ts";

const LONGEST_MESSAGE = 500;

export interface Opening {
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly retry: number;
}

export function openAttemptRecord({ target, key, retry }: Opening, now: number): AttemptRecord {
  return {
    target: target.name,
    path: target.path,
    retry,
    startedAt: now,
    verdict: null,
    status: null,
    message: null,
    headersMs: null,
    firstTokenMs: null,
    totalMs: null,
    bytesOut: 0,
    bytesIn: 0,
    usage: null,
    tariff: target.tariff ?? null,
    dropped: [],
    adapted: [],
    key: key?.label ?? null,
    keySource: key?.source ?? null,
    vendorRequestId: null,
  };
}

/** Whether a refused body is not the caller's fault (F7): the caller did not write it for this vendor. */
export function isOurs({ rewritten, standsIn }: Pick<AttemptRecord, "rewritten" | "standsIn">): boolean {
  return rewritten === true || standsIn === true;
}

/**
 * The vendor's answer ended well, and its ending could not be written for the client: a success in the ledger would be one
 * that nobody saw. The target's health stays what it was, since the fault is not the target's.
 */
export function amendAttemptRecord(record: AttemptRecord, { verdict, message }: WireFailure): void {
  if (record.verdict !== "ok") return;
  record.verdict = verdict;
  record.message = message.slice(0, LONGEST_MESSAGE);
}

/** Records the vendor's count, and what its filter found. */
export function noteAnswer(record: AttemptRecord, { usage, choices }: ChatResponse): void {
  record.usage = usage;
  record.message = choices.find(({ explanation }) => explanation !== undefined)?.explanation ?? null;
}

/** Sets the verdict. After this only the vendor's usage may change, and a success once, by `amendAttemptRecord`. */
export function closeAttemptRecord(
  record: AttemptRecord,
  verdict: Verdict,
  { failure, totalMs }: { readonly failure: WireFailure | null; readonly totalMs: number },
): void {
  record.verdict = verdict;
  record.totalMs = totalMs;
  record.message = (failure?.message ?? record.message)?.slice(0, LONGEST_MESSAGE) ?? null;
  if (failure?.isUnsent === true) record.skipped = true;
  if (failure !== null && failure.status !== null) record.status = failure.status;
}
