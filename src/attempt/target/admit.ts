// Whether a target may be asked now. `admit` takes what that needs and gives a permit, which must be reported; `peek` only
// looks, for people and for whoever chooses. Both go down the same list of checks.
import { responseModeOf } from "../../domain/response-mode.ts";
import type { AskFor } from "./ask-for.ts";
import { checks, type Refusal } from "./checks.ts";
import { Permit } from "./permit.ts";

/** At once, unless it must wait for a place. */
export function admit(ask: AskFor): Permit | Refusal | Promise<Permit | Refusal> {
  const { run, target, pooled, state, isCount } = ask;
  const permit = new Permit({ target, pooled, state, mode: responseModeOf(run.call), isCount }, run.parts);
  for (const { look, take } of checks) {
    const refusal = take === undefined ? look(ask) : take(ask, permit);
    if (refusal instanceof Promise) return refusal.then((late) => concluded(permit, late));
    if (refusal !== null) return concluded(permit, refusal);
  }
  return concluded(permit, null);
}

/** Null: it would be asked. Takes and remembers nothing. */
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
