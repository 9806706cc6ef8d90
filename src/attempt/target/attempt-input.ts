// The input of one attempt: its target, its permit, and the listeners for its outcome. Types only.
import type { Clock } from "../../core/clock.ts";
import type { Ask, Call, Exchange, UnwrittenAnswer } from "../../core/exchange.ts";
import type { LearnedLimit } from "../../core/provider.ts";
import type { Recorder } from "../../core/recorder.ts";
import type { TargetNode } from "../../core/rules.ts";
import type { Cancellation } from "../../core/transport.ts";
import type { BrokenOff } from "../target-state/broken-off.ts";
import type { OperatorAlerts } from "../target-state/operator-alerts.ts";
import type { TargetState } from "../target-state/target-state.ts";
import type { RateRules } from "../stream/rate-watch.ts";
import type { Permit } from "./permit.ts";

export interface AttemptInput {
  readonly exchange: Exchange;
  readonly call: Call;
  /** Nobody waits for this attempt any more. */
  readonly cancellation: Cancellation;
  readonly target: TargetNode;
  readonly state: TargetState;
  /** The attempt must report it. */
  readonly permit: Permit;
  readonly retry: number;
  /** An answer that does not match the requested format is a failure. */
  readonly checksOutput: boolean;
  /** What the target's refusals taught. */
  readonly learnedLimit: LearnedLimit | null;
  /**
   * Called when the target is late: returns how many milliseconds more it may take, because no other target is faster.
   */
  readonly bearLonger: () => number;
  /** The floor for throughput, if another target may continue the answer; null: none. */
  readonly floor: RateRules | null;
  /** See `Asking.ownOnly`. */
  readonly ownOnly: boolean;
}

export interface AttemptParts {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Called for every failed attempt. */
  readonly alerts: OperatorAlerts;
  /** Called for every stream that broke after its first content. */
  readonly brokenOff: BrokenOff;
  /** Called at the beginning and the end of every attempt. */
  readonly recorder: Recorder;
  readonly onFault: (cause: unknown) => void;
  /**
   * Writes an answer for the client, of a stream the pieces that were read ahead. It may throw: while the next target
   * can still be asked. Default: later.
   */
  readonly write?: (answer: UnwrittenAnswer, exchange: Exchange) => void;
}
