// The log of the vendors, in milliseconds: one entry per request (and per connection that broke before it sent one),
// with the events of its answer. Listeners get every event at once.
import type { FaultName } from "./faults/catalogue.ts";
import type { Vendor } from "./vocabulary.ts";

export type LogEventName =
  | "received"
  | "headers-sent"
  | "first-token"
  | "finished"
  | "client-closed"
  | "reset"
  /** The simulator ended the connection itself, before its answer was complete. */
  | "cut"
  /** The client reads more slowly than the answer is written. */
  | "paused"
  | "resumed";

export interface LogEvent {
  /** Epoch milliseconds with a fraction. */
  readonly at: number;
  readonly what: LogEventName;
}

/** One request as its vendor received it. `events` and `bytesSent` grow while it is answered. */
export interface LogEntry {
  readonly id: string;
  readonly vendor: Vendor;
  /** Epoch milliseconds with a fraction: when the request was complete. */
  readonly at: number;
  readonly connectionId: number;
  /** 1 for the first; 0 for a connection that broke before its first request. */
  readonly requestNumberOnConnection: number;
  readonly method: string;
  /** With the query, without a key in it. */
  readonly path: string;
  /** Without the headers that contain keys. */
  readonly headers: Readonly<Record<string, string>>;
  /** Keys as received, by the name of the header (or `?key`). For assertions only; the control endpoint masks them. */
  readonly keys: Readonly<Record<string, string>>;
  /** The parsed body; a string if it is not JSON; `{truncated, bytes}` above 1 MiB. Of a session: its messages so far. */
  readonly body: unknown;
  readonly model: string | null;
  readonly stream: boolean;
  readonly fault: FaultName | null;
  readonly status: number | null;
  readonly events: readonly LogEvent[];
  readonly bytesSent: number;
}

/** A log entry inside the simulator, which alone may add to it. */
export interface OpenLogEntry extends LogEntry {
  fault: FaultName | null;
  status: number | null;
  events: LogEvent[];
  bytesSent: number;
  body: unknown;
}

export type LogListener = (entry: LogEntry, event: LogEvent) => void;

const maximumEntries = 10_000;
const maximumBodyBytes = 64 * 1024 * 1024;

/** Epoch milliseconds with a fraction. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

export class LogBook {
  #entries: OpenLogEntry[] = [];
  /** The sizes of the entries' bodies, one by one and in total. */
  #sizes: number[] = [];
  #bodyBytes = 0;
  #lastId = 0;
  readonly #listeners = new Set<LogListener>();

  /** Starts an entry; removes the oldest ones if there are too many, or their bodies are too large together. */
  open(
    entry: Omit<OpenLogEntry, "id" | "at" | "events" | "bytesSent" | "fault" | "status">,
    bodyBytes: number = 0,
  ): OpenLogEntry {
    const opened: OpenLogEntry = {
      id: `request-${++this.#lastId}`,
      at: preciseNow(),
      ...entry,
      fault: null,
      status: null,
      events: [],
      bytesSent: 0,
    };
    this.#entries.push(opened);
    this.#sizes.push(bodyBytes);
    this.#bodyBytes += bodyBytes;
    if (this.#entries.length > maximumEntries || this.#bodyBytes > maximumBodyBytes) this.#forgetOldest();
    return opened;
  }

  note(entry: OpenLogEntry, what: LogEventName): void {
    const event: LogEvent = { at: preciseNow(), what };
    entry.events.push(event);
    for (const listener of this.#listeners) listener(entry, event);
  }

  entries(): LogEntry[] {
    return [...this.#entries];
  }

  clear(): void {
    this.#entries = [];
    this.#sizes = [];
    this.#bodyBytes = 0;
  }

  /** Calls the listener at each event from now on; returns a function that removes it. */
  listen(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first entry that the predicate accepts, now or after a later event. Rejects after `timeoutMs`. */
  waitFor(predicate: (entry: LogEntry) => boolean, timeoutMs: number): Promise<LogEntry> {
    const present = this.#entries.find(predicate);
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const stop = this.listen((entry) => {
        if (!predicate(entry)) return;
        clearTimeout(timer);
        stop();
        resolve(entry);
      });
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`no logged request fits after ${timeoutMs} ms; seen: ${this.#summary()}`));
      }, timeoutMs);
    });
  }

  #forgetOldest(): void {
    const count = Math.max(1, Math.floor(this.#entries.length / 10));
    this.#entries = this.#entries.slice(count);
    for (const size of this.#sizes.splice(0, count)) this.#bodyBytes -= size;
  }

  #summary(): string {
    const lines = this.#entries.slice(-5).map(({ vendor, method, path, fault, events }) => {
      return `${vendor} ${method} ${path} (${fault ?? "no fault"}: ${events.map((event) => event.what).join(", ")})`;
    });
    return lines.length === 0 ? "nothing" : lines.join("; ");
  }
}
