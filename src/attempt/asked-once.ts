// What one attempt is given: whom it asks with which key and how patiently, and who is told how it went. Shapes only.
import type { Clock } from "../core/clock.ts";
import type { Ask, Call, Exchange } from "../core/exchange.ts";
import type { Lesson } from "../core/provider.ts";
import type { Recorder } from "../core/recorder.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { Pace } from "../core/shown.ts";
import type { Cancellation } from "../core/transport.ts";
import type { Gate } from "./admission.ts";
import type { BrokenOff } from "./broken-off.ts";
import type { Health } from "./health.ts";
import type { Measures } from "./measures.ts";
import type { Notices } from "./notices.ts";
import type { Patience } from "./patience.ts";

export interface Once {
  readonly exchange: Exchange;
  readonly call: Call;
  /** Nobody waits for this attempt any more. */
  readonly cancellation: Cancellation;
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly retry: number;
  readonly limits: Limits;
  /** Entered already; this attempt leaves it. */
  readonly gate: Gate;
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
  readonly pace: Pace;
  /** Before the first content, whoever asks. */
  readonly usual: number;
  /** Before the first content, by what is left of the call's time. */
  readonly silence: number;
  /** Between two reads of a stream. */
  readonly idle: number;
}

export interface OnceParts {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Told once per attempt, when it is over. */
  readonly health: Health;
  /** Told of every attempt's times. */
  readonly measures: Measures;
  /** Told of those that say how long it may take. */
  readonly patience: Patience;
  /** Told of every attempt that failed. */
  readonly notices: Notices;
  /** Told of every stream that broke after its first content. */
  readonly brokenOff: BrokenOff;
  /** Told of the beginning and the end of every attempt. */
  readonly recorder: Recorder;
  readonly onFault: (cause: unknown) => void;
}
