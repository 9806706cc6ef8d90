// Events of calls: each call and each attempt begins and ends. The ledger listens; metrics, traces, logs and alerts
// can. A listener changes nothing, and an error in it fails no request (F15).
import type { Arrival, Exchange } from "./exchange.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { WireFailure } from "./failure.ts";

/** A call whose reply is complete: the whole answer was passed on, the stream ended, or the caller left. */
export interface CallEnd {
  readonly arrival: Arrival;
  /** Null: refused before it was planned. */
  readonly exchange: Exchange | null;
  /** HTTP status of the reply. */
  readonly status: number;
}

export interface AttemptEnd {
  readonly exchange: Exchange;
  /** Final: its verdict is set. */
  readonly attempt: AttemptRecord;
  /** Null: it was answered. */
  readonly failure: WireFailure | null;
}

/** Each call begins once and ends once; so does each attempt, within its call. */
export interface CallListener {
  callBegan?(arrival: Arrival): void;
  attemptBegan?(exchange: Exchange, attempt: AttemptRecord): void;
  attemptEnded?(end: AttemptEnd): void;
  callEnded?(end: CallEnd): void;
}

export type Recorder = Readonly<Required<CallListener>>;
