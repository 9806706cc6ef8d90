// Whether a target may be asked now. `admit` acquires what a request needs and returns a permit, which must be
// reported; `peek` only looks, for status reports and choices. Both use the same list of checks.
import { responseModeOf } from "../../domain/response-mode.ts";
import type { AskFor } from "./ask-for.ts";
import { checks, type Refusal } from "./checks.ts";
import { Permit } from "./permit.ts";

/** A promise only if it must wait for a slot. */
export function admit(ask: AskFor): Permit | Refusal | Promise<Permit | Refusal> {
  const { run, target, pooled, state, isAside, standing } = ask;
  const options = {
    target,
    pooled,
    state,
    mode: responseModeOf(run.call),
    isAside,
    isAlone: standing.remainingTargets === 0,
  };
  const permit = new Permit(options, run.parts);
  for (const { look, take } of checks) {
    const refusal = take === undefined ? look(ask) : take(ask, permit);
    if (refusal instanceof Promise) return refusal.then((late) => concluded(permit, late));
    if (refusal !== null) return concluded(permit, refusal);
  }
  return concluded(permit, null);
}

/** Null: it would be asked. Acquires and stores nothing. */
export function peek(ask: AskFor): Refusal | null {
  for (const { look } of checks) {
    const refusal = look(ask);
    if (refusal !== null) return refusal;
  }
  return null;
}

function concluded(permit: Permit, refusal: Refusal | null): Permit | Refusal {
  if (refusal === null) return permit.grant();
  permit.giveBack();
  return refusal;
}
