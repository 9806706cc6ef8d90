// Whether a JSON Schema meets what strict mode asks of it: all objects closed, all properties required. A schema that
// does not is refused under `strict`, so another protocol's strictness is loosened rather than sent.
import type { Json } from "../core/json.ts";
import { arrayOr, isArray, isObject, membersOf } from "./read.ts";

/** Whether all objects in the schema forbid further properties and require all they have. */
export function isClosed(schema: Json | undefined): boolean {
  if (isArray(schema)) return schema.every(isClosed);
  if (!isObject(schema)) return true;
  const properties = membersOf(schema["properties"]);
  if (schema["type"] === "object" || schema["properties"] !== undefined) {
    const required: readonly Json[] = arrayOr(schema["required"], []);
    if (schema["additionalProperties"] !== false) return false;
    if (!Object.keys(properties).every((name) => required.includes(name))) return false;
  }
  const nested = ["items", "anyOf", "allOf", "oneOf"].map((key) => schema[key]);
  const definitions = Object.values(membersOf(schema["$defs"]));
  return [...Object.values(properties), ...definitions, ...nested].every(isClosed);
}
