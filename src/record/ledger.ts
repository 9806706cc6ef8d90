// The ledger: every attempt of every call, once, when the call is over. It keeps a ring in memory and, if configured,
// lines in a file. No store can fail a request (F15), no prompt, answer or key is ever written, and no usage is
// invented (F14). The cost of an attempt is computed here, after the reply.
import type { Clock } from "../core/clock.ts";
import type { Exchange } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { CallListener } from "../core/recorder.ts";
import type { Task } from "../core/operation.ts";
import { rememberLast } from "../domain/remember-last.ts";
import { shortenList } from "../domain/shorten-list.ts";
import type { Verdict } from "../core/verdict.ts";
import { attemptCost } from "./attempt-cost.ts";
import { LineRing } from "./line-ring.ts";

/** One attempt in the ledger. Times in milliseconds. */
export interface LedgerEntry {
  readonly request: string;
  /** ISO 8601. */
  readonly at: string;
  readonly caller: string;
  readonly route: string;
  readonly model: string;
  readonly streamed: boolean;
  /** Of a request that goes to a provider as it is: its task, and its method and path at the gateway; else absent. */
  readonly task?: Task;
  readonly endpoint?: string;
  /** The index of the attempt in the call, and the number of attempts. */
  readonly attempt: number;
  readonly of: number;
  readonly target: string;
  readonly path: string;
  readonly retry: number;
  readonly verdict: Verdict;
  /** True if the target cannot serve the request and was not asked; else absent. */
  readonly skipped?: boolean;
  /** True if its body was not the caller's own bytes; else absent. */
  readonly rewritten?: boolean;
  /** True if its reused connection closed unanswered and it went out again on a new one; else absent. */
  readonly resent?: boolean;
  readonly status: number | null;
  readonly message: string | null;
  readonly key: string | null;
  readonly vendorRequest: string | null;
  readonly headersMs: number | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Of a session: its messages to and from the target, and the audio among its tokens; else absent. */
  readonly messagesOut?: number;
  readonly messagesIn?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly reasoningTokens: number | null;
  /**
   * `vendor` if the vendor counted; null if nobody did. `estimate`: an answer that broke off, and that another target
   * finished, whose vendor did not count all of it.
   */
  readonly usageFrom: "vendor" | "estimate" | null;
  /**
   * US dollars for these tokens, by the operator's price or the list's; null if the vendor did not count or no price is
   * known.
   */
  readonly cost: number | null;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where entries are stored beside memory. */
export interface LedgerStore {
  /** Takes one entry as a line of JSON. Must not throw or wait. */
  append(line: string): void;
  close(): Promise<void>;
}

export interface Ledger extends Required<Pick<CallListener, "callEnded">> {
  /** The newest entries, the newest one last. */
  recent(most?: number): readonly LedgerEntry[];
  close(): Promise<void>;
}

/** The most calls that wait to be written, and for how many milliseconds. */
const BATCH = 64;
const SOON = 100;

/**
 * Entries become lines of JSON in batches: a loop over sixty-four is several times cheaper than the same work once per
 * request, with cold caches. Waiting entries are small (no body, no header, no route, which could contain a caller's
 * keys).
 */
export function createLedger(memory: number, store: LedgerStore | null, clock: Clock): Ledger {
  const ring = new LineRing(memory);
  const dateOf = rememberSecond();
  const usual = rememberUsual();
  let waiting: EntryHead[] = [];
  let scheduled = false;

  function writeDown(): void {
    const batch = waiting;
    waiting = [];
    for (const record of batch) {
      for (let index = 0; index < record.attempts.length; index += 1) {
        const attempt = record.attempts[index];
        if (attempt === undefined) continue;
        const line = lineOf(record, attempt, { index, at: dateOf(record.at), usual });
        ring.add(line);
        store?.append(line);
      }
    }
  }

  function writeDownSoon(): void {
    scheduled = true;
    clock.after(
      SOON,
      () => {
        scheduled = false;
        writeDown();
      },
      "background",
    );
  }

  return {
    callEnded({ exchange }) {
      if (exchange === null || exchange.attempts.length === 0 || (memory === 0 && store === null)) return;
      waiting.push(keep(exchange));
      if (waiting.length >= BATCH) writeDown();
      else if (store !== null && !scheduled) writeDownSoon();
    },
    recent(most = memory) {
      writeDown();
      return ring.newest(most).map((line) => JSON.parse(line) as LedgerEntry);
    },
    async close() {
      writeDown();
      await store?.close();
    },
  };
}

interface EntryHead {
  readonly id: string;
  readonly at: number;
  readonly caller: string;
  readonly route: string;
  readonly model: string;
  readonly streamed: boolean;
  /** The members for a request that goes to a provider as it is; else empty. */
  readonly passed: string;
  readonly attempts: readonly AttemptRecord[];
  readonly metadata: Readonly<Record<string, string>>;
}

function keep(exchange: Exchange): EntryHead {
  const { id, receivedWall, caller, route, call, attempts, metadata } = exchange;
  return {
    id,
    at: receivedWall,
    caller: caller.name,
    route: route.name,
    model: call.model,
    streamed: call.stream,
    passed: call.passed === undefined ? "" : passedMembers(exchange),
    attempts,
    metadata,
  };
}

/** Of a path that a stranger may have made long. */
const LONGEST_ENDPOINT = 300;

function passedMembers({ call: { task }, request: { method, path } }: Exchange): string {
  return `"task":${quoted(task)},"endpoint":${quoted(`${method} ${path}`.slice(0, LONGEST_ENDPOINT))},`;
}

/** A `LedgerEntry` as JSON, concatenated directly: building an object first would cost twice as much. */
function lineOf(
  record: EntryHead,
  attempt: AttemptRecord,
  { index, at, usual }: { readonly index: number; readonly at: string; readonly usual: UsualWords },
): string {
  const { usage } = attempt;
  const input = usage?.input ?? null;
  const output = usage?.output ?? null;
  return (
    `{"request":${quoted(record.id)},"at":"${at}","caller":${usual.caller(record.caller)},` +
    `"route":${usual.route(record.route)},"model":${usual.model(record.model)},"streamed":${record.streamed},${record.passed}` +
    `"attempt":${index},"of":${record.attempts.length},"target":${usual.target(attempt.target)},"path":${usual.path(attempt.path)},` +
    `"retry":${attempt.retry},"verdict":"${attempt.verdict ?? "cancelled"}",${marksOf(attempt)}"status":${attempt.status},` +
    `"message":${quoted(attempt.message)},"key":${usual.key(attempt.key)},"vendorRequest":${quoted(attempt.vendorRequestId)},` +
    `"headersMs":${rounded(attempt.headersMs)},"firstTokenMs":${rounded(attempt.firstTokenMs)},` +
    `"totalMs":${rounded(attempt.totalMs)},"bytesOut":${attempt.bytesOut},"bytesIn":${attempt.bytesIn},${sessionMembers(attempt)}` +
    `"inputTokens":${input},"outputTokens":${output},"cachedTokens":${usage?.cacheRead ?? null},` +
    `"reasoningTokens":${usage?.reasoning ?? null},"usageFrom":${usage === null ? null : `"${attempt.usageFrom ?? "vendor"}"`},` +
    `"cost":${attemptCost(attempt, record.at)},` +
    `"dropped":${listed(attempt.dropped)},"adapted":${listed(attempt.adapted)},"metadata":${membersOf(record.metadata)}}`
  );
}

/** Empty unless it was a session. */
function sessionMembers({ messages, usage }: AttemptRecord): string {
  if (messages === undefined) return "";
  const audio = usage?.audio;
  const tokens = audio === undefined ? "" : `"audioInputTokens":${audio.input},"audioOutputTokens":${audio.output},`;
  return `"messagesOut":${messages.out},"messagesIn":${messages.in},${tokens}`;
}

/** The members that most attempts lack. */
function marksOf({ skipped, rewritten, resent }: AttemptRecord): string {
  const unasked = skipped === true ? '"skipped":true,' : "";
  const ours = rewritten === true ? '"rewritten":true,' : "";
  return `${unasked}${ours}${resent === true ? '"resent":true,' : ""}`;
}

/**
 * Like `toISOString`, which costs more than the rest of a line: calls of one second share everything but the
 * milliseconds.
 */
function rememberSecond(): (at: number) => string {
  let [second, words] = [Number.NaN, ""];
  return (at) => {
    const currentSecond = Math.floor(at / 1000);
    if (currentSecond !== second)
      [second, words] = [currentSecond, new Date(currentSecond * 1000).toISOString().slice(0, -4)];
    return `${words}${String(Math.trunc(at) - currentSecond * 1000).padStart(3, "0")}Z`;
  };
}

/** Most calls share these with the call before them: a comparison costs less than the check of every character. */
type UsualWords = Readonly<Record<"caller" | "route" | "model" | "target" | "path" | "key", typeof quoted>>;

function rememberUsual(): UsualWords {
  const [caller, route, model] = [rememberLast(quoted), rememberLast(quoted), rememberLast(quoted)];
  const [target, path, key] = [rememberLast(quoted), rememberLast(quoted), rememberLast(quoted)];
  return { caller, route, model, target, path, key };
}

/** Most strings need no escape: a quick check. */
function quoted(text: string | null): string {
  if (text === null) return "null";
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/u.test(text) ? `"${text}"` : JSON.stringify(text);
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? "[]" : JSON.stringify(shortenList(words));
}

function membersOf(metadata: Readonly<Record<string, string>>): string {
  for (const _ in metadata) return JSON.stringify(metadata);
  return "{}";
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}
