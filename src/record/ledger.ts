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
  const ring: Exchange[] = [];
  let next = 0;
  return {
    write(exchange) {
      if (exchange.attempts.length === 0) return;
      const lean = lighten(exchange);
      if (memory > 0) {
        ring[next] = lean;
        next = (next + 1) % memory;
      }
      store?.append(entriesOf(lean));
    },
    recent(most = memory) {
      const ordered = [...ring.slice(next), ...ring.slice(0, next)];
      return ordered.flatMap(entriesOf).slice(-most);
    },
    async close() {
      await store?.close();
    },
  };
}

/** Entries are made when somebody reads them; what is kept meanwhile must not hold bodies. */
function lighten(exchange: Exchange): Exchange {
  const { call } = exchange;
  if (call !== null) {
    const { protocol, model, stream, thinks } = call;
    exchange.call = { protocol, model, stream, thinks, body: NOTHING, fields: NO_FIELDS, chat: forgotten };
  }
  return { ...exchange, request: { ...exchange.request, headers: {}, body: NOTHING } };
}

const NOTHING = new Uint8Array(0);
const NO_FIELDS: ReadonlyMap<string, never> = new Map<string, never>();

function forgotten(): never {
  throw new Error("the conversation of a finished call is not kept");
}

function entriesOf(exchange: Exchange): LedgerEntry[] {
  return exchange.attempts.map((attempt, index) => entry(exchange, attempt, index));
}

function entry(exchange: Exchange, attempt: AttemptRecord, index: number): LedgerEntry {
  const { usage } = attempt;
  return {
    request: exchange.id,
    at: new Date(exchange.receivedWall).toISOString(),
    caller: exchange.caller?.name ?? "anonymous",
    route: exchange.route?.name ?? "",
    model: exchange.call?.model ?? "",
    streamed: exchange.call?.stream ?? false,
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
