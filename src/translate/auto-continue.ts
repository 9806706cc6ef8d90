// Lets a vendor that paused go on, behind the back of a caller whose protocol knows no pauses: whole answers at once, streams
// when they come to it. Where there is no way on, the answer ends as one that reached its limit.
import type { Answer, Asking, WholeAnswer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Cancellation } from "../core/transport.ts";
import { fromTransport } from "./failures.ts";
import { joinAnswers } from "./join-answers.ts";
import { JoinedStream } from "./joined-stream.ts";
import type { PauseDetector } from "./pause-detector.ts";

export interface GoOn {
  readonly asking: Asking;
  readonly watch: PauseDetector;
  /** Sends the request that brings the rest. */
  readonly again: (body: JsonObject, cancellation: Cancellation) => Promise<Answer | WireFailure>;
}

export async function autoContinue(first: Answer | WireFailure, options: GoOn): Promise<Answer | WireFailure> {
  if (!("kind" in first) || first.kind === "embeddings") return first;
  if (first.kind === "whole") return joinWhole(first, options);
  const { watch, again, asking } = options;
  const pieces = new JoinedStream({
    first: first.pieces,
    watch,
    again: (body, cancellation) => again(body, cancellation).catch(fromTransport),
    cancellation: asking.cancellation,
  });
  return { ...first, pieces };
}

/** For the later requests of a stream that is under way: its watch looks at what is read, not at them. */
export function silently(asking: Asking): Asking {
  const nothing = (): void => {};
  return { ...asking, onPreparing: nothing, onPrepared: nothing, onSent: nothing, onHead: nothing };
}

/** A part that cannot be had fails the whole: nothing of it has reached the caller. */
async function joinWhole(first: WholeAnswer, { asking, watch, again }: GoOn): Promise<Answer | WireFailure> {
  let joined = first;
  while (joined.response.choices.length === 1 && watch.isPause(joined.response.choices[0]?.rawFinish ?? null)) {
    const body = watch.next();
    if (body === null) return joined;
    // Each request has the target's time for itself, within the deadline.
    asking.onPrepared();
    const rest = await again(body, asking.cancellation);
    if (!("kind" in rest) || rest.kind !== "whole") return rest;
    joined = { ...joined, response: joinAnswers(joined.response, rest.response) };
  }
  return joined;
}
