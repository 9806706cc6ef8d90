// Events of calls: each call and each attempt begins and ends; and changes in the state of targets and keys. The ledger and
// the log listen; metrics, traces and alerts can. A listener changes nothing, and an error in it fails no request (F15).
import type { Arrival, Exchange } from "./exchange.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { GatewayCode, WireFailure } from "./failure.ts";
import type { News } from "./shared-state.ts";

/** A call whose reply is complete: the whole answer was passed on, the stream ended, or the caller left. */
export interface CallEnd {
  readonly arrival: Arrival;
  /** Null: refused before it was planned. */
  readonly exchange: Exchange | null;
  /** HTTP status of the reply. */
  readonly status: number;
  /** Of the client's error; null: it was answered. */
  readonly code: GatewayCode | null;
  /** A stream that the client got, and that ended in an error. Absent: not so. */
  readonly isBroken?: boolean;
}

export interface AttemptEnd {
  readonly exchange: Exchange;
  /** Final: its verdict is set. */
  readonly attempt: AttemptRecord;
  /** Null: it was answered. */
  readonly failure: WireFailure | null;
}

/** This gateway's own observation: news from other gateways is not repeated here. */
export interface StateChange {
  readonly news: News;
  /** The verdict that led to it; null: the target answered again. */
  readonly cause: string | null;
  /** With a key: its masked label and its source. */
  readonly key?: string;
}

/** Each call begins once and ends once; so does each attempt, within its call. */
export interface CallListener {
  callBegan?(arrival: Arrival): void;
  attemptBegan?(exchange: Exchange, attempt: AttemptRecord): void;
  attemptEnded?(end: AttemptEnd): void;
  callEnded?(end: CallEnd): void;
  /** A circuit breaker opened or closed, or a key cools down. */
  stateChanged?(change: StateChange): void;
}

export type Recorder = Readonly<Required<CallListener>>;
