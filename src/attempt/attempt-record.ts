// The line of the ledger that an attempt fills while it runs.
import type { AttemptRecord } from "../core/exchange.ts";
import type { Key, TargetNode } from "../core/rules.ts";

export interface Opening {
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly retry: number;
}

export function openRecord({ target, key, retry }: Opening, now: number): AttemptRecord {
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
    dropped: [],
    adapted: [],
    key: key?.label ?? null,
    keySource: key?.source ?? null,
    vendorRequestId: null,
  };
}
