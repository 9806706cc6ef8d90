// What one call's attempts share while they run, and the parts that they are made with. Shapes only.
import type { Random } from "../core/clock.ts";
import type { Call, Exchange } from "../core/exchange.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { Selection } from "../core/load-balancing.ts";
import type { Cancellation } from "../core/transport.ts";
import type { RetryBudget } from "./target-state/retry-budget.ts";
import type { ConcurrencyLimiters } from "./target-state/concurrency-limiter.ts";
import type { AttemptParts } from "./target/attempt-input.ts";
import type { Failed } from "./outcome.ts";
import type { CapabilityCheck, CapabilityParts } from "./target/capability-check.ts";
import type { HedgeBudget } from "./target-state/hedge-budget.ts";
import type { KeyPool } from "./target-state/key-pool.ts";

export interface EngineParts extends AttemptParts, CapabilityParts {
  readonly random: Random;
  readonly keys: KeyPool;
  readonly budget: RetryBudget;
  readonly hedges: HedgeBudget;
  readonly gates: ConcurrencyLimiters;
  /** Chooses between the children of a node. */
  readonly selection: Selection;
  /** The key of a pool that this conversation is bound to. Null, or absent: any will do. */
  readonly boundKey?: (
    question: Pick<CallRun, "exchange" | "call"> & { target: TargetNode },
  ) => Promise<Key | null> | null;
}

/** A target that was passed over because it rests. */
export interface Resting {
  readonly target: TargetNode;
  readonly untilMs: number;
  /** Its breaker is open: asking it costs nothing but the time. Else a vendor asked to be left alone. */
  readonly byBreaker: boolean;
  /** Its vendor limits the rate: in words. */
  readonly askedToWait?: string | undefined;
  /** There was no place for this request, though it waited. */
  readonly isFull?: boolean;
}

/** What travels through one call's attempts. */
export interface CallRun {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly parts: EngineParts;
  /** The caller has left, or another branch of a hedge has won. */
  readonly cancellation: Cancellation;
  /** Targets that were silent until their timeout: not asked again for this call (F6). */
  readonly silent: Set<string>;
  /** Failures in order, for the last word. */
  readonly failures: Failed[];
  readonly resting: Resting[];
  /** Why targets were passed over that have no key. */
  readonly keyless: string[];
  /** Where no case of a node's conditions was for the request. */
  readonly unmatched: string[];
  /** Clock time at which its targets began to be asked. */
  readonly begunAt: number;
  /** Who can serve the call at all. */
  readonly fitting: CapabilityCheck;
  /** An answer broke in mid-stream: the places that were asked already. Whom else is asked is paid for as a retry. */
  readonly asked?: ReadonlySet<string>;
}

export interface Standing {
  /** Targets, or branches, that could be asked after this one. */
  readonly left: number;
  /** Asked although it rests: nobody else is left. */
  readonly forced: boolean;
  /** A node above leaves targets for `invalid_output`. */
  readonly checksOutput: boolean;
}
