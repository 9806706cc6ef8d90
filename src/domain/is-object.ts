// Which JSON values have members.
import type { Json, JsonObject } from "../core/json.ts";

/** Whether it is a JSON object (not an array, not null). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
