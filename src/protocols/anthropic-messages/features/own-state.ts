// Fields of a part that only this protocol knows travel in the part's state. They go back into the block that they came
// from, and nowhere else.
import { GatewayFailure } from "../../../core/failure.ts";
import type { VendorState } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { markNames } from "../../shared/cache-marks.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";

export const self = "anthropic-messages" as const;

/** The members of `block` except the named ones and cache marks, as state for a part; empty if none is left. */
export function ownState(block: JsonObject, knownNames: readonly string[]): { state?: VendorState } {
  const rest = without(block, knownNames, markNames);
  for (const _ in rest) return { state: { protocol: self, value: rest } };
  return {};
}

/** This protocol's members in a part's state; none for another protocol's. */
export function ownMembers(state: VendorState | undefined): JsonObject {
  return state !== undefined && state.protocol === self ? membersOf(state.value) : {};
}

/** A copy without the named members and without those that are null. */
export function without(
  object: JsonObject,
  knownNames: readonly string[],
  alsoKnown: ReadonlySet<string> = noNames,
): JsonObject {
  const rest: MutableJson = {};
  for (const key in object) {
    const value = object[key];
    if (value == null || knownNames.includes(key) || alsoKnown.has(key)) continue;
    if (key === "__proto__") Object.defineProperty(rest, key, { value, enumerable: true, writable: true });
    else rest[key] = value;
  }
  return rest;
}

const noNames: ReadonlySet<string> = new Set();

/** State for a call: all members but its own, and but the usual caller, which means nothing. */
export function callState(block: JsonObject): { state?: VendorState } {
  const direct = membersOf(block["caller"])["type"] === "direct";
  return ownState(block, ["type", "id", "name", "input", ...(direct ? ["caller"] : [])]);
}

/** The objects of an array; none if it is not an array. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return arrayOr<readonly Json[]>(value, []).filter(isObject);
}

/** This target cannot serve the request; `param` is OpenAI's name of the field. */
export function unsupported(param: string, why: string): GatewayFailure {
  return new GatewayFailure(why, { code: "unsupported", status: 400, param });
}
