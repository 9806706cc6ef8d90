// This protocol's lists. Its JSON reads a lone value at the place of a list as a list of one, and clients send that. So
// must every reader of a client's request here, strict or lenient: no reader may see a list where another sees none.
import type { Json, JsonObject } from "../../../core/json.ts";
import { asArray, isObject } from "../../shared/read.ts";

/** Strict: a list of objects, or a lone object. */
export function objectsAt(value: Json | undefined, place: string): readonly Json[] {
  return isObject(value) ? [value] : asArray(value, place);
}

/** Strict: a list of texts, or a lone text. */
export function textsAt(value: Json | undefined, place: string): readonly Json[] {
  return typeof value === "string" ? [value] : asArray(value, place);
}

/** Lenient: a missing or invalid value is empty, and anything but objects is skipped. */
export function objectsInMembers(value: Json | undefined): readonly JsonObject[] {
  if (isObject(value)) return [value];
  return Array.isArray(value) ? (value as readonly (Json | undefined)[]).filter(isObject) : [];
}
