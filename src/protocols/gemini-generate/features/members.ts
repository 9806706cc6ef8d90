// Shortcuts into this protocol's nested lists. Lenient: a missing or invalid value is empty.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../../shared/read.ts";

/** The objects of a list; anything else is skipped. */
export function objectsInMembers(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? (value as readonly (Json | undefined)[]).filter(isObject) : [];
}
