// The ledger: every attempt of every call, once, when the call is over. What is kept is a ring in memory and, where the
// operator asks for it, lines in a file. No store can fail a request (F15), no prompt, answer or key is ever written, and
// no usage is invented (F14).
import type { AttemptRecord, Exchange } from "../core/exchange.ts";
import type { Verdict } from "../core/verdict.ts";

/** One attempt as it is kept. Times in milliseconds. */
export interface LedgerEntry {
  readonly request: string;
  /** ISO 8601. */
  readonly at: string;
  readonly caller: string;
  readonly route: string;
  readonly model: string;
  readonly streamed: boolean;
  /** Which attempt of the call, from 0, and of how many. */
  readonly attempt: number;
  readonly of: number;
  readonly target: string;
  readonly path: string;
  readonly retry: number;
  readonly verdict: Verdict;
  readonly status: number | null;
  readonly message: string | null;
  readonly key: string | null;
  readonly vendorRequest: string | null;
  readonly headersMs: number | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly reasoningTokens: number | null;
  /** `vendor` where the vendor counted; null where nobody did. */
  readonly usageFrom: "vendor" | null;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where entries are kept beyond memory. */
export interface LedgerStore {
  /** Must not throw, must not wait. */
  append(entries: readonly LedgerEntry[]): void;
  close(): Promise<void>;
}

export interface Ledger {
  /** Writes down what the call came to; called once per call, when its reply is over. */
  write(exchange: Exchange): void;
  /** The newest entries, newest last. */
  recent(most?: number): readonly LedgerEntry[];
  close(): Promise<void>;
}

export function createLedger(memory: number, store: LedgerStore | null): Ledger {
  const ring: Kept[] = [];
  let next = 0;
  return {
    write(exchange) {
      if (exchange.attempts.length === 0) return;
      const kept = keep(exchange);
      if (memory > 0) {
        ring[next] = kept;
        next = (next + 1) % memory;
      }
      store?.append(entriesOf(kept));
    },
    recent(most = memory) {
      const entries: LedgerEntry[] = [];
      for (let back = 1; back <= ring.length && entries.length < most; back += 1) {
        const kept = ring[(next - back + ring.length) % ring.length];
        if (kept !== undefined) entries.unshift(...entriesOf(kept));
      }
      return entries.slice(Math.max(0, entries.length - most));
    },
    async close() {
      await store?.close();
    },
  };
}

/** What memory holds of a call: no body, no header, no route (one that came with a request holds keys). */
interface Kept {
  readonly id: string;
  readonly at: number;
  readonly caller: string;
  readonly route: string;
  readonly model: string;
  readonly streamed: boolean;
  readonly attempts: readonly AttemptRecord[];
  readonly metadata: Readonly<Record<string, string>>;
}

function keep(exchange: Exchange): Kept {
  const { id, receivedWall, caller, route, call, attempts, metadata } = exchange;
  for (const attempt of attempts) if (attempt.message !== null) attempt.message = copyOf(attempt.message);
  return {
    id,
    at: receivedWall,
    caller: caller?.name ?? "anonymous",
    route: route?.name ?? "",
    model: call?.model ?? "",
    streamed: call?.stream ?? false,
    attempts,
    metadata,
  };
}

/** A part of a string keeps the whole of it in memory; here that could be a vendor's page of HTML. */
function copyOf(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

/** Entries are made when somebody reads them. */
function entriesOf(kept: Kept): LedgerEntry[] {
  return kept.attempts.map((attempt, index) => entry(kept, attempt, index));
}

function entry(kept: Kept, attempt: AttemptRecord, index: number): LedgerEntry {
  const { usage } = attempt;
  return {
    request: kept.id,
    at: new Date(kept.at).toISOString(),
    caller: kept.caller,
    route: kept.route,
    model: kept.model,
    streamed: kept.streamed,
    attempt: index,
    of: kept.attempts.length,
    target: attempt.target,
    path: attempt.path,
    retry: attempt.retry,
    verdict: attempt.verdict ?? "cancelled",
    status: attempt.status,
    message: attempt.message,
    key: attempt.key,
    vendorRequest: attempt.vendorRequestId,
    headersMs: rounded(attempt.headersMs),
    firstTokenMs: rounded(attempt.firstTokenMs),
    totalMs: rounded(attempt.totalMs),
    bytesOut: attempt.bytesOut,
    bytesIn: attempt.bytesIn,
    inputTokens: usage?.input ?? null,
    outputTokens: usage?.output ?? null,
    cachedTokens: usage?.cacheRead ?? null,
    reasoningTokens: usage?.reasoning ?? null,
    usageFrom: usage === null ? null : "vendor",
    dropped: attempt.dropped,
    adapted: attempt.adapted,
    metadata: kept.metadata,
  };
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}
