// Short ways into the nested lists of this wire. Lenient: what is not there, or is something else, is empty.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../../shared/read.ts";

/** The objects of a list; everything else in it, and everything that is no list, is passed over. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? (value as readonly (Json | undefined)[]).filter(isObject) : [];
}
