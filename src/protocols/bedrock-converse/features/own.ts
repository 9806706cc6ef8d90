// What the codec's files share: the protocol's name, its state in parts, and its refusals.
import type { VendorState } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";

export const self = "bedrock-converse" as const;

/** This protocol's members in a part's state; none for another protocol's. */
export function ownMembers(state: VendorState | undefined): JsonObject {
  return state?.protocol === self ? membersOf(state.value) : {};
}

/** The objects of an array; none if it is not an array. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return arrayOr<readonly Json[]>(value, []).filter(isObject);
}

/** This target cannot serve the request; `param` is OpenAI's name of the field. */
export function unsupported(param: string, why: string): GatewayFailure {
  return new GatewayFailure(why, { code: "unsupported", status: 400, param });
}
