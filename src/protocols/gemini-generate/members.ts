// Short ways into the nested objects of this wire. Lenient: what is not there, or is something else, is empty.
import type { Json, JsonObject } from "../../core/json.ts";
import { isArray, isObject } from "../read.ts";

const empty: JsonObject = Object.freeze({});

/** The value where it is an object, else an empty one. */
export function asMembers(value: Json | undefined): JsonObject {
  return isObject(value) ? value : empty;
}

/** The objects of a list; everything else in it, and everything that is no list, is passed over. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? (value as readonly (Json | undefined)[]).filter(isObject) : [];
}

/** Without the members that are undefined. */
export function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
