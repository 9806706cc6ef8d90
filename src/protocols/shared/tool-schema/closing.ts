// Closes objects for targets that enforce a schema: no members except the named ones. An answer that is valid by the
// closed schema is valid by the caller's too; if that is impossible, the dialect cannot express it.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { arrayOr, isArray, isObject, membersOf } from "../read.ts";
import type { Closing } from "./dialect.ts";

export interface Closed {
  readonly schema: JsonObject;
  readonly possible: boolean;
  /** The number of optional members. */
  readonly optional: number;
}

export function isObjectNode({ type, properties }: JsonObject): boolean {
  return type === "object" || (isArray(type) && type.includes("object")) || isObject(properties);
}

/** `node`: the input; `out`: its lowered form so far. */
export function closeObject(node: JsonObject, out: JsonObject, { required: rule }: Closing): Closed {
  const open = node["additionalProperties"];
  const properties = membersOf(node["properties"]);
  const names = Object.keys(properties);
  const required = new Set(arrayOr<readonly Json[]>(node["required"], []));
  const schema: MutableJson = { ...out, additionalProperties: false };
  let possible = open === undefined ? names.length > 0 : open === false;
  const optional = names.filter((name) => !required.has(name));
  if (rule === "all") {
    if (optional.some((name) => !takesNull(properties[name]))) possible = false;
    if ([...required].some((name) => typeof name !== "string" || !Object.hasOwn(properties, name))) possible = false;
    schema["properties"] ??= {};
    schema["required"] = names;
  }
  return { schema, possible, optional: optional.length };
}

/** Null means the same as absence. */
function takesNull(node: Json | undefined): boolean {
  if (!isObject(node)) return false;
  const { type, nullable, enum: values, anyOf } = node;
  if (isArray(values) && !values.includes(null)) return nullable === true;
  return nullable === true || type === "null" || (isArray(type) && type.includes("null")) || someTakesNull(anyOf);
}

function someTakesNull(alternatives: Json | undefined): boolean {
  return isArray(alternatives) && alternatives.some((one) => takesNull(one));
}
