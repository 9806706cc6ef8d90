// A vendor refused a seal in the client's history that another vendor had made. From now on this is known, and the same
// request goes out without that seal. It must never remove a seal that this vendor is known to have made.
import type { WireFailure } from "../core/failure.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";

export interface SentHistory {
  readonly keeper: StateKeeper;
  readonly request: RawMembers;
  /** Null if the history is not in the target's own protocol, so that no seal in it is the client's. */
  readonly place: StatePlace | null;
}

/** Marks a refusal of a seal that the client sent. */
export async function restated(refusal: WireFailure, { keeper, request, place }: SentHistory): Promise<WireFailure> {
  if (place === null || place.rules.isRefusal?.(refusal) !== true) return refusal;
  return (await keeper.disown(request, place)) ? { ...refusal, restated: true } : refusal;
}
