// What one call's attempts share while they run, and the parts that they are made with. What a branch of a hedge or a
// continuation shares with the rest is said here, once.
import type { Random } from "../core/clock.ts";
import type { Call, Exchange } from "../core/exchange.ts";
import type { Question, Selection } from "../core/load-balancing.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { Cancellation } from "../core/transport.ts";
import type { Failed } from "./outcome.ts";
import type { AttemptParts } from "./target/attempt-input.ts";
import { CapabilityCheck, type CapabilityParts } from "./target/capability-check.ts";
import type { HedgeBudget } from "./target-state/hedge-budget.ts";
import type { KeyPool } from "./target-state/key-pool.ts";
import type { RetryBudget } from "./target-state/retry-budget.ts";
import type { TargetStates } from "./target-state/target-state.ts";

export interface EngineParts extends AttemptParts, CapabilityParts {
  readonly random: Random;
  /** What is known of targets. */
  readonly states: TargetStates;
  readonly keys: KeyPool;
  readonly budget: RetryBudget;
  readonly hedges: HedgeBudget;
  /** Chooses between the children of a node. */
  readonly selection: Selection;
  /** The key of a pool that this conversation is bound to. Null, or absent: any will do. */
  readonly keyAffinity?: (question: {
    readonly exchange: Exchange;
    readonly call: Call;
    readonly target: TargetNode;
  }) => Promise<Key | null> | null;
}

/** A target that was not asked because it, or its key, is cooling down. */
export interface Resting {
  readonly target: TargetNode;
  readonly untilMs: number;
  /** Its breaker is open: asking it costs nothing but the time. Else a vendor asked to be left alone. */
  readonly byBreaker: boolean;
  /** Its vendor limits the rate: in words. */
  readonly rateLimit?: string | undefined;
  /** There was no place for this request, though it waited. */
  readonly isFull?: boolean;
}

/** What travels through one call's attempts. `Parts`: all of them, or those of a look that asks nobody. */
export interface CallRun<Parts = EngineParts> {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly parts: Parts;
  /** The caller has left, or another branch of a hedge has won. */
  readonly cancellation: Cancellation;
  /** Targets that were silent until their timeout: not asked again for this call (F6). */
  readonly silent: Set<string>;
  /** Failures in order, for the last word. */
  readonly failures: Failed[];
  readonly resting: Resting[];
  /** Why targets were not asked that have no key. */
  readonly keyless: string[];
  /** Where no case of a node's conditions was for the request. */
  readonly unmatched: string[];
  /** Clock time at which its targets began to be asked. */
  readonly begunAt: number;
  /** Which targets can serve the call at all. */
  readonly fitting: CapabilityCheck;
  /** An answer broke in mid-stream: the places that were asked already. Whom else is asked is paid for as a retry. */
  readonly asked?: ReadonlySet<string> | undefined;
}

/** A call that has asked nobody yet. */
export function openRun<Parts extends Omit<EngineParts, "ask">>(
  { exchange, call }: Question,
  parts: Parts,
): CallRun<Parts> {
  return {
    exchange,
    call,
    parts,
    cancellation: exchange.cancellation,
    silent: new Set(),
    failures: [],
    resting: [],
    keyless: [],
    unmatched: [],
    begunAt: parts.clock.now(),
    fitting: new CapabilityCheck({ call, exchange }, parts),
  };
}

/** A branch of a hedge learns and fails with all others, and can be cancelled alone. */
export function forHedge(run: CallRun, cancellation: Cancellation): CallRun {
  return { ...run, cancellation };
}

type Continuation = Required<Pick<CallRun, "call" | "cancellation" | "asked">>;

/**
 * Another target goes on with an answer that broke: silent targets and what was learnt stay known, failures and time are its
 * own. `asked`: the places that are not asked again.
 */
export function forContinuation(run: CallRun, further: Continuation): CallRun {
  return { ...run, ...further, failures: [], resting: [], begunAt: run.parts.clock.now() };
}

export interface Standing {
  /** Targets, or branches, that could be asked after this one. */
  readonly left: number;
  /** Asked although it is cooling down: no other target is left. */
  readonly forced: boolean;
  /** A node above leaves targets for `invalid_output`. */
  readonly checksOutput: boolean;
}
