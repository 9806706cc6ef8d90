// What one attempt is given: whom it asks with which key and how patiently, and who is told how it went. Shapes only.
import type { Clock } from "../../core/clock.ts";
import type { Ask, Call, Exchange } from "../../core/exchange.ts";
import type { Lesson } from "../../core/provider.ts";
import type { Recorder } from "../../core/recorder.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import type { Cancellation } from "../../core/transport.ts";
import type { ConcurrencyLimiter } from "../target-state/concurrency-limiter.ts";
import type { BrokenOff } from "../target-state/broken-off.ts";
import type { CircuitBreakers } from "../target-state/circuit-breaker.ts";
import type { MetricsOfTargets } from "../target-state/target-metrics.ts";
import type { OperatorAlerts } from "../target-state/operator-alerts.ts";
import type { AdaptiveTimeouts } from "../target-state/adaptive-timeout.ts";

export interface AttemptInput {
  readonly exchange: Exchange;
  readonly call: Call;
  /** Nobody waits for this attempt any more. */
  readonly cancellation: Cancellation;
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly retry: number;
  readonly limits: Limits;
  /** Entered already; this attempt leaves it. */
  readonly gate: ConcurrencyLimiter;
  /** An answer in another form than was asked for is a failure. */
  readonly checksOutput: boolean;
  /** Of the probe that this attempt is; 0 for none. */
  readonly ticket: number;
  /** What the target's refusals have taught. */
  readonly lesson: Lesson | null;
  /** As the question says it. */
  readonly ownOnly: boolean;
}

/** How long silence is borne, in milliseconds. */
export interface Limits {
  /** Of the target with this call. */
  readonly pace: ResponseMode;
  /** Before the first content, whoever asks. */
  readonly usual: number;
  /** Before the first content, by what is left of the call's time. */
  readonly silence: number;
  /** Between two reads of a stream. */
  readonly idle: number;
}

export interface AttemptParts {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Told once per attempt, when it is over. */
  readonly health: CircuitBreakers;
  /** Told of every attempt's times. */
  readonly measures: MetricsOfTargets;
  /** Told of those that say how long it may take. */
  readonly patience: AdaptiveTimeouts;
  /** Told of every attempt that failed. */
  readonly notices: OperatorAlerts;
  /** Told of every stream that broke after its first content. */
  readonly brokenOff: BrokenOff;
  /** Told of the beginning and the end of every attempt. */
  readonly recorder: Recorder;
  readonly onFault: (cause: unknown) => void;
}
