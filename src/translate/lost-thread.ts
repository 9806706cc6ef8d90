// A request that continues an answer stored at its vendor, without sending the history. No other vendor or account has
// that history: if asked anyway, it would answer another question.
import type { WireFailure } from "../core/failure.ts";
import type { Protocol, TargetProtocol } from "../core/protocol.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";

export interface ThreadQuestion {
  readonly request: RawMembers;
  /** The caller's codec and the target's. */
  readonly inner: Protocol;
  readonly outer: TargetProtocol;
  readonly keeper: StateKeeper;
  readonly place: StatePlace | null;
}

/** The client's error for a target without the history; null if the target may have it, or needs none. */
export function lostThread(question: ThreadQuestion): Promise<WireFailure | null> | null {
  const { request, inner, outer, keeper, place } = question;
  const rules = inner.reasoningState?.threads;
  const previous = rules?.previousIn(request) ?? null;
  if (rules === undefined || previous === null) return null;
  const failure = { ...rules.lostFailure, isUnsent: true };
  if (inner.name !== outer.name) return Promise.resolve(failure);
  return place === null ? null : keeper.holds(previous, place).then((isHeld) => (isHeld ? null : failure));
}
