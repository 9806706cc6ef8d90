// The limits that an attempt's timer watches until the first content: the connection, the headers, the content. A late
// target gets more time if no other target is faster.
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { AttemptInput } from "./attempt-input.ts";
import type { Limit } from "./attempt-timer.ts";
import { wireFailure } from "./wire-failure.ts";

type LimitInput = Pick<AttemptInput, "target" | "permit" | "bearLonger">;

export function connectLimit({ target }: Pick<AttemptInput, "target">): Limit {
  return new WaitLimit("connection", target.timeout.connect, "no_response");
}

/** A slow line takes the next part only when megabytes in the system's buffers have gone. Milliseconds. */
const UPLOAD_IDLE = 60_000;

/** Until the target takes the next part of a body that is not held. */
export function uploadLimit({ target }: Pick<AttemptInput, "target">): Limit {
  const idle = target.timeout.idle ?? UPLOAD_IDLE;
  return { milliseconds: idle, verdict: "no_response", message: `it took nothing of the request within ${idle} ms` };
}

/** Until the headers. `askedAt`: clock time at which the target was asked. */
export function headersLimit(input: LimitInput, askedAt: number): Limit {
  const { headers } = input.target.timeout;
  if (headers !== null && headers <= input.permit.limits.silence)
    return new WaitLimit("answer", headers, "no_response");
  return silenceLimit(input, { askedAt, what: "answer", verdict: "no_response" });
}

/** Until the next part of an answer that is held until its end. */
export function attemptPause({ permit: { limits } }: Pick<AttemptInput, "permit">): Limit {
  return {
    milliseconds: limits.idle,
    verdict: "stalled",
    message: `the answer paused for more than ${limits.idle} ms`,
  };
}

/** Until the first content, after the headers. */
export function contentLimit(input: LimitInput, askedAt: number): Limit {
  return silenceLimit(input, { askedAt, what: "content", verdict: "slow_first_token" });
}

/** Milliseconds of silence after which a closed connection is more than a blip. */
const LONG_SILENCE = 5_000;

interface Closed {
  readonly record: Pick<AttemptRecord, "headersMs" | "firstTokenMs">;
  /** Milliseconds since the target was asked, and the longest that it may be silent. */
  readonly waited: number;
  readonly limit: number;
}

/** A long silence that ends in a closed connection is silence: the target is not asked again for this call (F6). */
export function asSilence(failure: WireFailure, { record, waited, limit }: Closed): WireFailure {
  const isClosed = failure.verdict === "cut" || (failure.verdict === "unreachable" && failure.sent === true);
  if (!isClosed || record.firstTokenMs !== null || waited < Math.min(LONG_SILENCE, limit / 2)) return failure;
  const verdict = record.headersMs === null ? "no_response" : "slow_first_token";
  return wireFailure(verdict, `the connection was closed after ${Math.round(waited)} ms without content`);
}

interface Silence {
  readonly askedAt: number;
  readonly what: "answer" | "content";
  readonly verdict: "no_response" | "slow_first_token";
}

function silenceLimit(input: LimitInput, silence: Silence): Limit {
  const { permit, target } = input;
  if (target.timeout.firstToken === null || permit.limits.responseMode === "media")
    return new SilenceLimit(input, silence);
  return new WaitLimit(silence.what, permit.limits.silence, silence.verdict);
}

/** Each attempt has several, and nearly none passes: the message is written only then. */
class WaitLimit implements Limit {
  readonly what: string;
  readonly milliseconds: number;
  readonly verdict: Limit["verdict"];

  constructor(what: string, milliseconds: number, verdict: Limit["verdict"]) {
    this.what = what;
    this.milliseconds = milliseconds;
    this.verdict = verdict;
  }

  get message(): string {
    return `no ${this.what} within ${Math.round(this.milliseconds)} ms`;
  }
}

/** An adaptive limit: it is longer if no other target could do better. */
class SilenceLimit extends WaitLimit {
  readonly #input: LimitInput;
  readonly #askedAt: number;

  constructor(input: LimitInput, { askedAt, what, verdict }: Silence) {
    super(what, input.permit.limits.silence, verdict);
    this.#input = input;
    this.#askedAt = askedAt;
  }

  instead(): ReturnType<NonNullable<Limit["instead"]>> {
    const { permit, bearLonger } = this.#input;
    const longer = bearLonger();
    if (longer <= permit.limits.silence) return null;
    permit.bear(longer);
    return { limit: new WaitLimit(this.what, longer, this.verdict), at: this.#askedAt + longer };
  }
}
