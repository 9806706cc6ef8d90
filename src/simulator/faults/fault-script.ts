// The shape of a script: which fault, with what parameters, when, how often, and for which requests.
import type { FaultParameters } from "./fault-parameters.ts";
import type { FaultName } from "./catalogue.ts";

/** When and for which requests a script plays. Absent: always and for all. */
export interface FaultWindow {
  /** How many requests it plays on before it ends. */
  readonly count?: number;
  /** 0 to 1: the chance that it plays on a matching request. */
  readonly probability?: number;
  /** Milliseconds until it ends, counted from `play` (or from the end of `afterMs`). */
  readonly forMs?: number;
  /** Milliseconds before it begins. */
  readonly afterMs?: number;
  /** Only requests for a model whose name contains this; `*` matches anything. */
  readonly model?: string;
  /** Only streamed (true) or only whole (false) answers. */
  readonly stream?: boolean;
}

export interface FaultScript extends FaultWindow, FaultParameters {
  readonly fault: FaultName;
}

/** A script that plays on this request, with the delay or status of its phase. */
export interface PlayedFault {
  readonly id: string;
  readonly script: FaultScript;
  /** Milliseconds of delay, for faults that change with time. */
  readonly delayMs: number;
}
