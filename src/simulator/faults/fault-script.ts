// The shape of a script: which fault, with what parameters, when, how often, and for which requests.
import type { FaultParameters } from "./fault-parameters.ts";
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
