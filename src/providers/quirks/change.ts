// What a quirk answers, spelled once: an untouched body goes back as the same object, so that nothing is re-written for
// hosts whose deviation a request does not meet.
import type { Json, JsonObject } from "../../core/json.ts";

export interface Change {
  readonly body: JsonObject;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
}

export function unchanged(body: JsonObject): Change {
  return { body, dropped: [], adapted: [] };
}

/** The body with `fields` laid over it; a field given as undefined is taken out. */
export function withFields(body: JsonObject, fields: JsonObject): JsonObject {
  const entries = Object.entries({ ...body, ...fields }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
