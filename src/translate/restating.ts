// A vendor refuses a seal in the history that a client brought: nobody knew that another one had made it. From now on it is
// known, and the same request goes out without that seal. It never touches a seal that this vendor is known to have made.
import type { WireFailure } from "../core/failure.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";

/** `place`: null where the history is not in the target's own form, so that none of its seals came by itself. */
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
