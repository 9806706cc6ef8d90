// The state that one call's attempts share, and the engine's parts. It also defines, once, what a branch of a hedge or
// a continuation shares with the rest.
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
  /** The state of all targets. */
  readonly states: TargetStates;
  readonly keys: KeyPool;
  readonly budget: RetryBudget;
  readonly hedges: HedgeBudget;
  /** Chooses between the children of a node. */
  readonly selection: Selection;
  /** The pool's key that this conversation is bound to. Null, or absent: any key. */
  readonly keyAffinity?: (question: {
    readonly exchange: Exchange;
    readonly call: Call;
    readonly target: TargetNode;
  }) => Promise<Key | null> | null;
}

/** A target that was not asked because it, or its key, is cooling down. */
export interface CoolingTarget {
  readonly target: TargetNode;
  readonly untilMs: number;
  /** Its breaker is open: asking it anyway only costs time. Otherwise a vendor asked for a wait. */
  readonly byBreaker: boolean;
  /** Its vendor limits the rate; the reason as text. */
  readonly rateLimit?: string | undefined;
  /** The request found no slot, though it waited. */
  readonly isFull?: boolean;
}

/** The state of one call's attempts. `Parts`: all engine parts, or those of a dry run. */
export interface CallRun<Parts = EngineParts> {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly parts: Parts;
  /** The caller left, or another branch of the hedge won. */
  readonly cancellation: Cancellation;
  /** Targets that were silent until their timeout: not asked again in this call (F6). */
  readonly silent: Set<string>;
  /** Failures in order, for the final error. */
  readonly failures: Failed[];
  readonly coolingDown: CoolingTarget[];
  /** Why targets without a key were not asked. */
  readonly keyless: string[];
  /** The `when` nodes without a matching case. */
  readonly unmatchedPaths: string[];
  /** Clock time at which its first target was asked. */
  readonly begunAt: number;
  /** Which targets can serve the call. */
  readonly capabilities: CapabilityCheck;
  /** An answer broke in mid-stream: the paths that were asked already. Every further target costs a retry. */
  readonly attemptedPaths?: ReadonlySet<string> | undefined;
}

/** A call that has asked no target yet. */
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
    coolingDown: [],
    keyless: [],
    unmatchedPaths: [],
    begunAt: parts.clock.now(),
    capabilities: new CapabilityCheck({ call, exchange }, parts),
  };
}

/** A branch of a hedge shares all learning and failures, and can be cancelled alone. */
export function forHedge(run: CallRun, cancellation: Cancellation): CallRun {
  return { ...run, cancellation };
}

type Continuation = Required<Pick<CallRun, "call" | "cancellation" | "attemptedPaths">>;

/**
 * Another target continues a broken answer: silent targets and learned limits are shared, failures and time are its own.
 * `attemptedPaths`: the paths that are not asked again.
 */
export function forContinuation(run: CallRun, further: Continuation): CallRun {
  return { ...run, ...further, failures: [], coolingDown: [], begunAt: run.parts.clock.now() };
}

export interface Standing {
  /** Targets, or branches, that could be asked after this one. */
  readonly remainingTargets: number;
  /** Asked although it is cooling down: no other target is left. */
  readonly forced: boolean;
  /** A node above leaves targets for `invalid_output`. */
  readonly checksOutput: boolean;
  /** A node above wants the fastest answer. */
  readonly hurried: boolean;
}
