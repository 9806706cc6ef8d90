// The shape of a script: which fault, with what parameters, when, how often, and for which requests.
import type { FaultName } from "./catalogue.ts";

/** When and for which requests a script plays. Left out = always and for all. */
export interface FaultWindow {
  /** How many requests it plays on before it is used up. */
  readonly count?: number;
  /** 0 to 1: the chance that it plays on a request that fits. */
  readonly probability?: number;
  /** Milliseconds after which it is over, counted from `play` (or from the end of `afterMs`). */
  readonly forMs?: number;
  /** Milliseconds before it begins. */
  readonly afterMs?: number;
  /** Only requests for a model whose name contains this; a `*` stands for anything. */
  readonly model?: string;
  /** Only streamed (true) or only whole (false) answers. */
  readonly stream?: boolean;
}

/** Everything a fault may be told; the catalogue says which fault takes what, and its default. */
export interface FaultParameters {
  readonly afterTokens?: number;
  readonly bytes?: number;
  readonly code?: string;
  readonly contentType?: string;
  readonly contextLength?: boolean;
  readonly delayMs?: number;
  readonly downMs?: number;
  readonly every?: number;
  readonly everyMs?: number;
  readonly events?: number;
  readonly fromMs?: number;
  readonly how?: string;
  readonly location?: string;
  readonly message?: string;
  readonly overMs?: number;
  readonly p?: number;
  readonly perDay?: boolean;
  readonly policy?: boolean;
  readonly quota?: boolean;
  readonly reason?: string;
  readonly retryAfter?: number;
  readonly retryAfterMs?: number;
  readonly retryInfo?: number;
  readonly shouldRetry?: boolean;
  readonly stallMs?: number;
  readonly status?: number;
  readonly times?: number;
  readonly toMs?: number;
  readonly unsupportedParameter?: string;
  readonly upMs?: number;
}

export interface FaultScript extends FaultWindow, FaultParameters {
  readonly fault: FaultName;
}

/** A script that plays on the request at hand, with the delay or status its phase gives it. */
export interface PlayedFault {
  readonly id: string;
  readonly script: FaultScript;
  /** Milliseconds of delay, for faults that change with time. */
  readonly delayMs: number;
}
