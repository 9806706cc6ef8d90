// Requests with an `Idempotency-Key` (F22): a repetition gets the answer of the first one, while that is in flight and for
// ten minutes after its end. What is kept is bounded, in entries and in bytes. It must never give a caller another
// caller's answer, nor keep a failure that another try could mend.
import { createHash } from "node:crypto";
import type { Cancel, Clock } from "../core/clock.ts";
import type { Exchange, ReplyStream } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { isWell } from "../core/verdict.ts";
import { Canceller } from "../domain/cancellation.ts";
import { type CallOutcome, isStream } from "./late-reply.ts";
import { SharedReply, sizeOf } from "./shared-reply.ts";

export interface RepetitionLimits {
  readonly entries: number;
  /** Of all answers together, and of one. */
  readonly bytes: number;
  readonly bytesEach: number;
  /** How long an answer is kept after its end, in milliseconds. */
  readonly keptFor: number;
}

const usualLimits: RepetitionLimits = {
  entries: 1_000,
  bytes: 64 * 1024 * 1024,
  bytesEach: 4 * 1024 * 1024,
  keptFor: 10 * 60_000,
};

const HEADER = "idempotency-key";
const REPLAYED = "x-understudy-replayed";

/** One client's part of a call that several may share. */
export interface RepeatableCall {
  /** `begin` was called. */
  readonly isFirst: boolean;
  readonly outcome: Promise<CallOutcome>;
  /** Of the call itself: its id and its attempts. */
  readonly exchange: Exchange;
  /** Headers for this client only. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Begin = (exchange: Exchange) => Promise<CallOutcome>;

interface Entry {
  readonly key: string;
  readonly fingerprint: string;
  /** Null: the answer was too large, or the room was used up; a repetition is a new call. */
  call: SharedCall | null;
  bytes: number;
  forget: Cancel | null;
}

export class RepeatedCalls {
  readonly #clock: Clock;
  readonly #limits: RepetitionLimits;
  /** The oldest first. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(clock: Clock, limits: RepetitionLimits = usualLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Null if the request has no key. Throws GatewayFailure if the key belongs to another request. */
  answer(exchange: Exchange, begin: Begin): RepeatableCall | null {
    const name = exchange.request.headers[HEADER];
    // A body that is not held cannot be compared, and a session cannot be shared.
    const { rest, isUpgrade } = exchange.request;
    if (name === undefined || name === "" || rest !== undefined || isUpgrade === true) return null;
    const key = digest(exchange.caller.name, exchange.caller.vendorKey ?? "", name);
    const fingerprint = fingerprintOf(exchange);
    const earlier = this.#entries.get(key);
    if (earlier !== undefined && earlier.fingerprint !== fingerprint) throw otherRequest();
    const running = earlier?.call ?? null;
    if (running !== null) return joined(running, exchange, { isFirst: false, headers: { [REPLAYED]: "true" } });
    if (earlier !== undefined) this.#remove(earlier);
    // Its earlier answer was not kept: the caller reads that a vendor was asked again.
    const headers: Record<string, string> = earlier === undefined ? {} : { [REPLAYED]: "false" };
    return joined(this.#begin(exchange, begin, { key, fingerprint }), exchange, { isFirst: true, headers });
  }

  #begin(exchange: Exchange, begin: Begin, { key, fingerprint }: Pick<Entry, "key" | "fingerprint">): SharedCall {
    const entry: Entry = { key, fingerprint, call: null, bytes: 0, forget: null };
    this.#insert(entry);
    const call = new SharedCall(exchange, begin, {
      mostBytes: this.#limits.bytesEach,
      onBytes: (size) => this.#hold(entry, size),
      onEnd: (isGood) => this.#ended(entry, isGood),
    });
    entry.call = call;
    return call;
  }

  #insert(entry: Entry): void {
    this.#entries.set(entry.key, entry);
    if (this.#entries.size <= this.#limits.entries) return;
    const [oldest] = this.#entries.values();
    if (oldest !== undefined) this.#remove(oldest);
  }

  /** Whether there is room. Older answers that have ended make it. */
  #hold(entry: Entry, size: number): boolean {
    if (this.#entries.get(entry.key) !== entry) return false;
    const { bytes, bytesEach } = this.#limits;
    if (this.#bytes + size > bytes) this.#makeRoom(size);
    if (entry.bytes + size > bytesEach || this.#bytes + size > bytes) {
      this.#release(entry);
      entry.call = null;
      return false;
    }
    entry.bytes += size;
    this.#bytes += size;
    return true;
  }

  #makeRoom(size: number): void {
    for (const entry of this.#entries.values()) {
      if (this.#bytes + size <= this.#limits.bytes) return;
      if (entry.forget !== null) this.#remove(entry);
    }
  }

  #ended(entry: Entry, isGood: boolean): void {
    if (this.#entries.get(entry.key) !== entry) return;
    if (!isGood && entry.call !== null) this.#remove(entry);
    else entry.forget = this.#clock.after(this.#limits.keptFor, () => this.#remove(entry), "background");
  }

  #remove(entry: Entry): void {
    entry.forget?.();
    entry.forget = null;
    this.#release(entry);
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #release(entry: Entry): void {
    this.#bytes -= entry.bytes;
    entry.bytes = 0;
  }
}

function joined(
  call: SharedCall,
  exchange: Exchange,
  { isFirst, headers }: Pick<RepeatableCall, "isFirst" | "headers">,
): RepeatableCall {
  return { isFirst, headers, exchange: call.exchange, outcome: call.join(exchange, headers) };
}

interface SharedCallOptions {
  readonly mostBytes: number;
  readonly onBytes: (size: number) => boolean;
  /** Called once. `isGood`: a repetition may have it. */
  readonly onEnd: (isGood: boolean) => void;
}

/** One call at the vendors, and all clients that wait for its answer. */
class SharedCall {
  /** Of the first client. */
  readonly exchange: Exchange;
  readonly #options: SharedCallOptions;
  readonly #canceller = new Canceller();
  readonly #outcome: Promise<CallOutcome>;
  #shared: SharedReply | null = null;
  #clients = 0;
  #isOver = false;

  constructor(exchange: Exchange, begin: Begin, options: SharedCallOptions) {
    this.exchange = exchange;
    this.#options = options;
    this.#outcome = begin({ ...exchange, cancellation: this.#canceller }).then((outcome) => {
      const { body } = outcome.reply;
      if (isStream(body)) this.#share(body, exchange);
      else {
        const fits = body === null || this.#options.onBytes(sizeOf(body));
        this.#end(fits && isKeepable(outcome.reply.status));
      }
      return outcome;
    });
  }

  /** A client's own reply. When the last client leaves, the call is cancelled (F11). */
  async join(exchange: Exchange, headers: Readonly<Record<string, string>>): Promise<CallOutcome> {
    this.#clients += 1;
    let isHere = true;
    const leave = (): void => {
      if (!isHere) return;
      isHere = false;
      this.#clients -= 1;
      if (this.#clients === 0) this.#cancel();
    };
    exchange.cancellation.onCancel(leave);
    // Opened before anything is let go.
    const early = this.#shared?.open(leave);
    const outcome = await this.#outcome;
    const { reply } = outcome;
    const own = { ...reply, headers: { ...reply.headers, ...headers } };
    return { ...outcome, reply: this.#shared === null ? own : { ...own, body: early ?? this.#shared.open(leave) } };
  }

  #share(source: ReplyStream, { attempts }: Exchange): void {
    const { mostBytes, onBytes } = this.#options;
    const isAnswered = (): boolean =>
      attempts.length === 0 || attempts.some(({ verdict }) => verdict !== null && isWell(verdict));
    const onEnd = (isWhole: boolean): void => this.#end(isWhole && isAnswered());
    this.#shared = new SharedReply({ source, mostBytes, onBytes, onEnd });
    if (this.#isOver) this.#shared.cancel();
  }

  #cancel(): void {
    if (this.#isOver) return;
    this.#end(false);
    this.#shared?.cancel();
    this.#canceller.cancel();
  }

  #end(isGood: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd(isGood);
  }
}

/** Not a failure that may be over when the request is repeated. */
function isKeepable(status: number): boolean {
  return status < 500 && status !== 429 && status !== 408 && status !== 409;
}

/** Everything that the answer depends on; a client's retry may differ in other headers. */
function fingerprintOf({ request }: Exchange): string {
  const { method, path, query, headers, body } = request;
  const config = headers["x-portkey-config"] ?? "";
  return digest(method, path, query, config, headers["x-portkey-provider"] ?? "", body);
}

function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${sizeOf(part)}:`).update(part);
  return hash.digest("base64");
}

function otherRequest(): GatewayFailure {
  return new GatewayFailure(
    "This Idempotency-Key was used with another request: a key belongs to one path and body. Send a new key with a new request.",
    { code: "bad_request", status: 422, param: "Idempotency-Key" },
  );
}
