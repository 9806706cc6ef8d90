// What only this protocol knows of a part travels in the part's state: the block's members that have no neutral place.
// It comes back into the block it came from, and nowhere else.
import { GatewayFailure } from "../../../core/failure.ts";
import type { VendorState } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { markNames } from "../../shared/cache-marks.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";

export const self = "anthropic-messages" as const;

/** The members of `block` but those named and but marks, as state to be spread into a part; nothing where none is left. */
export function ownState(block: JsonObject, known: readonly string[]): { state?: VendorState } {
  const rest = without(block, [...known, ...markNames]);
  for (const _ in rest) return { state: { protocol: self, value: rest } };
  return {};
}

/** The members that this protocol once put into a part's state; none for another protocol's. */
export function ownMembers(state: VendorState | undefined): JsonObject {
  return state !== undefined && state.protocol === self ? membersOf(state.value) : {};
}

/** A copy without the named members and without those that are null. */
export function without(object: JsonObject, known: readonly string[]): JsonObject {
  const kept: MutableJson = {};
  for (const key in object) {
    const value = object[key];
    if (value == null || known.includes(key)) continue;
    if (key === "__proto__") Object.defineProperty(kept, key, { value, enumerable: true, writable: true });
    else kept[key] = value;
  }
  return kept;
}

/** State for a call: all but its own members, and but the usual caller, which says nothing. */
export function callState(block: JsonObject): { state?: VendorState } {
  const direct = membersOf(block["caller"])["type"] === "direct";
  return ownState(block, ["type", "id", "name", "input", ...(direct ? ["caller"] : [])]);
}

/** The objects of an array; none where it is no array. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return arrayOr<readonly Json[]>(value, []).filter(isObject);
}

/** This target cannot serve the request at all; `param` is the field by its OpenAI name. */
export function unsupported(param: string, why: string): GatewayFailure {
  return new GatewayFailure(why, { code: "unsupported", status: 400, param });
}
