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
  /** Takes one entry as a line of JSON. Must not throw, must not wait. */
  append(line: string): void;
  close(): Promise<void>;
}

export interface Ledger {
  /** Writes down what the call came to; called once per call, when its reply is over. */
  write(exchange: Exchange): void;
  /** The newest entries, newest last. */
  recent(most?: number): readonly LedgerEntry[];
  close(): Promise<void>;
}

/**
 * What is kept is text: one flat string an attempt, made when its call is over. Objects would live just long enough to be
 * copied by the collector again and again, which costs a busy gateway more than writing them down.
 */
export function createLedger(memory: number, store: LedgerStore | null): Ledger {
  const ring: string[] = [];
  let next = 0;
  return {
    write(exchange) {
      if (memory === 0 && store === null) return;
      for (let index = 0; index < exchange.attempts.length; index += 1) {
        const attempt = exchange.attempts[index];
        if (attempt === undefined) continue;
        const line = JSON.stringify(entry(exchange, attempt, index));
        if (memory > 0) {
          ring[next] = line;
          next = (next + 1) % memory;
        }
        store?.append(line);
      }
    },
    recent(most = memory) {
      const lines = [...ring.slice(next), ...ring.slice(0, next)];
      return lines.slice(Math.max(0, lines.length - most)).map((line) => JSON.parse(line) as LedgerEntry);
    },
    async close() {
      await store?.close();
    },
  };
}

/** No body, no header, no route (one that came with a request holds keys). */
function entry(exchange: Exchange, attempt: AttemptRecord, index: number): LedgerEntry {
  const { usage } = attempt;
  const { call } = exchange;
  return {
    request: exchange.id,
    at: new Date(exchange.receivedWall).toISOString(),
    caller: exchange.caller?.name ?? "anonymous",
    route: exchange.route?.name ?? "",
    model: call?.model ?? "",
    streamed: call?.stream ?? false,
    attempt: index,
    of: exchange.attempts.length,
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
    metadata: exchange.metadata,
  };
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}
