// A vendor refused a seal in the client's history that another vendor had made. From now on this is known, and the same
// request goes out without that seal. It must never remove a seal that this vendor is known to have made.
import type { WireFailure } from "../core/failure.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";

/** `place`: null if the history is not in the target's own protocol, so that no seal in it is the client's. */
export function restating(
  keeper: StateKeeper,
  request: RawMembers,
  place: StatePlace | null,
): (refusal: WireFailure) => Promise<WireFailure> {
  return async (refusal) => {
    if (place === null || place.rules.isRefusal?.(refusal) !== true) return refusal;
    return (await keeper.disown(request, place)) ? { ...refusal, restated: true } : refusal;
  };
}
