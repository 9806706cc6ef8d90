// A request that goes on from an answer which its vendor holds, and leaves the history unsaid. No other vendor and no other
// account has that history: asked all the same, it would answer another question.
import type { WireFailure } from "../core/failure.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";

export interface ThreadQuestion {
  readonly request: RawMembers;
  /** The caller's codec and the target's. */
  readonly inner: Protocol;
  readonly outer: Protocol;
  readonly keeper: StateKeeper;
  readonly place: StatePlace | null;
}

/** What the client is told of a target that does not have its history; null where it may well have, or needs none. */
export function lostThread(question: ThreadQuestion): Promise<WireFailure | null> | null {
  const { request, inner, outer, keeper, place } = question;
  const rules = inner.reasoningState?.threads;
  const previous = rules?.previousIn(request) ?? null;
  if (rules === undefined || previous === null) return null;
  const told = { ...rules.lost, unasked: true };
  if (inner.name !== outer.name) return Promise.resolve(told);
  return place === null ? null : keeper.holds(previous, place).then((held) => (held ? null : told));
}
