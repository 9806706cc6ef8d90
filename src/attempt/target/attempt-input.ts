// What one attempt is given: which target it asks and by which permit, and who is told how it went. Shapes only.
import type { Clock } from "../../core/clock.ts";
import type { Ask, Call, Exchange } from "../../core/exchange.ts";
import type { Lesson } from "../../core/provider.ts";
import type { Recorder } from "../../core/recorder.ts";
import type { TargetNode } from "../../core/rules.ts";
import type { Cancellation } from "../../core/transport.ts";
import type { BrokenOff } from "../target-state/broken-off.ts";
import type { OperatorAlerts } from "../target-state/operator-alerts.ts";
import type { TargetState } from "../target-state/target-state.ts";
import type { Permit } from "./permit.ts";

export interface AttemptInput {
  readonly exchange: Exchange;
  readonly call: Call;
  /** Nobody waits for this attempt any more. */
  readonly cancellation: Cancellation;
  readonly target: TargetNode;
  readonly state: TargetState;
  /** This attempt reports it. */
  readonly permit: Permit;
  readonly retry: number;
  /** An answer in another form than was asked for is a failure. */
  readonly checksOutput: boolean;
  /** What the target's refusals have taught. */
  readonly lesson: Lesson | null;
  /** As the question says it. */
  readonly ownOnly: boolean;
}

export interface AttemptParts {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Told of every attempt that failed. */
  readonly notices: OperatorAlerts;
  /** Told of every stream that broke after its first content. */
  readonly brokenOff: BrokenOff;
  /** Told of the beginning and the end of every attempt. */
  readonly recorder: Recorder;
  readonly onFault: (cause: unknown) => void;
}
