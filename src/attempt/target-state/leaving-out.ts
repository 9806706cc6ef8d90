// The corrections of a body that leave out or rename a member which its target refused.
import type { JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { ANY, leaveOut, type LeftOut, spellings } from "./leave-out.ts";

/** The member by its name, in snake case. `reportedName`: for people. */
export function leavingOut(name: string, member: LeftOut, reportedName: string = name): Quirk {
  const { steps } = member;
  const [top = name] = steps;
  const isDeep = steps.length > 1;
  return {
    name: `learnt: no ${isDeep ? steps.join(".") : name}`,
    fields: spellings(top),
    ...(isDeep || member.value !== null ? {} : { unknownMember: name }),
    ...(isDeep && steps.at(-1) !== ANY ? { words: spellings(steps.at(-1) ?? name) } : {}),
    request(body) {
      const remaining = leaveOut(body, member);
      return remaining === null ? untouched(body) : { body: remaining, dropped: [reportedName], adapted: [] };
    },
  };
}

/** Its value under the other name, unless that one is there. */
export function renaming(from: string, to: string): Quirk {
  return {
    name: `learnt: ${from} is ${to}`,
    fields: [from],
    unknownMember: from,
    request(body) {
      const { [from]: value, ...others } = body;
      if (value === undefined) return untouched(body);
      const renamedBody = others[to] === undefined ? { ...others, [to]: value } : others;
      return { body: renamedBody, dropped: [], adapted: [`${from}:${from}>${to}`] };
    },
  };
}

/** The same without a report: nothing is lost. */
export function silently(quirk: Quirk): Quirk {
  return {
    ...quirk,
    request: (body, model) => ({ ...(quirk.request?.(body, model) ?? untouched(body)), dropped: [] }),
  };
}

function untouched(body: JsonObject): ReturnType<NonNullable<Quirk["request"]>> {
  return { body, dropped: [], adapted: [] };
}
