// Resumes a vendor that paused, for clients whose protocol has no pauses: whole answers at once, streams when they
// reach the pause. If the answer cannot be resumed, it ends as if it reached its length limit.
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
  /** Sends the request for the rest. */
  readonly again: (body: JsonObject, cancellation: Cancellation) => Promise<Answer | WireFailure>;
}

export async function autoContinue(first: Answer | WireFailure, options: GoOn): Promise<Answer | WireFailure> {
  if (!("kind" in first) || first.kind === "document") return first;
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

/** For the later requests of an open stream: its timer watches what is read, not these requests. */
export function silently(asking: Asking): Asking {
  const nothing = (): void => {};
  return { ...asking, onPreparing: nothing, onPrepared: nothing, onSent: nothing, onHead: nothing };
}

/** If one part fails, the whole answer fails: the client has none of it yet. */
async function joinWhole(first: WholeAnswer, { asking, watch, again }: GoOn): Promise<Answer | WireFailure> {
  let joined = first;
  while (joined.response.choices.length === 1 && watch.isPause(joined.response.choices[0]?.rawFinish ?? null)) {
    const body = watch.next();
    if (body === null) return joined;
    // Each request gets the target's full time, within the deadline.
    asking.onPrepared();
    const rest = await again(body, asking.cancellation);
    if (!("kind" in rest) || rest.kind !== "whole") return rest;
    joined = { ...joined, response: joinAnswers(joined.response, rest.response) };
  }
  return joined;
}
