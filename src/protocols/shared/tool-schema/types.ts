// The types of JSON Schema in all spellings: vendors' upper case, numbers of Protocol Buffers, lists.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray } from "../read.ts";

/** The types as numbers of Protocol Buffers, which some clients send. */
const numbered = ["", "string", "number", "integer", "boolean", "array", "object", "null"] as const;
const jsonTypes: ReadonlySet<string> = new Set(numbered.slice(1));

/** `STRING`, `string` or `1` as `string`; null if it is not a type. */
export function typeName(value: Json | undefined): string | null {
  if (typeof value === "number") return numbered[value] || null;
  if (typeof value !== "string") return null;
  const lower = value.toLowerCase();
  return jsonTypes.has(lower) ? lower : null;
}

/** The types of a schema; empty where it names none. */
export function typesOf(schema: JsonObject): readonly string[] {
  const type = schema["type"];
  const list = isArray(type) ? type : [type];
  return [...new Set(list.map(typeName).filter((name) => name !== null))];
}

/** The type that a schema's other keywords imply; null if they imply none. */
export function impliedType(schema: JsonObject): string | null {
  if (schema["properties"] !== undefined || schema["additionalProperties"] !== undefined) return "object";
  if (schema["items"] !== undefined || schema["prefixItems"] !== undefined) return "array";
  const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  if (!isArray(values)) return null;
  const [only, ...more] = typesOfValues(values);
  return only !== undefined && more.length === 0 ? only : null;
}

/** The type that all values share, so that a schema keeps it without its enumeration. */
export function typesOfValues(values: readonly Json[]): readonly string[] {
  const types = new Set(values.filter((value) => value !== null).map(jsonType));
  if (values.length > 0 && types.size === 0) return ["null"];
  return types.size === 1 ? [...types] : [];
}

function jsonType(value: Json): string {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (isArray(value)) return "array";
  return typeof value;
}
