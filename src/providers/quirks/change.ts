// The result of a quirk: an untouched body is returned as the same object, so that nothing is re-written if a quirk
// does not apply.
import type { Json, JsonObject } from "../../core/json.ts";

export interface Change {
  readonly body: JsonObject;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
}

export function unchanged(body: JsonObject): Change {
  return { body, dropped: [], adapted: [] };
}

/** The body with `fields` on top; an undefined field is removed. */
export function withFields(body: JsonObject, fields: JsonObject): JsonObject {
  const entries = Object.entries({ ...body, ...fields }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
