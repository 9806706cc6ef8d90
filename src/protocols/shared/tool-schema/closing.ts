// Closed objects, as targets want them that hold their models to a schema: no member beyond those that are named. An answer
// that follows such a schema follows the caller's too; where that cannot be, there is no form.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { arrayOr, isArray, isObject, membersOf } from "../read.ts";
import type { Closing } from "./dialect.ts";

export interface Closed {
  readonly schema: JsonObject;
  readonly possible: boolean;
  /** How many members may be absent. */
  readonly optional: number;
}

export function isObjectNode({ type, properties }: JsonObject): boolean {
  return type === "object" || (isArray(type) && type.includes("object")) || isObject(properties);
}

/** `node` as it was given, `out` as far as it is lowered. */
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

/** Null says as much as absence. */
function takesNull(node: Json | undefined): boolean {
  if (!isObject(node)) return false;
  const { type, nullable, enum: values, anyOf } = node;
  if (isArray(values) && !values.includes(null)) return nullable === true;
  return nullable === true || type === "null" || (isArray(type) && type.includes("null")) || someTakesNull(anyOf);
}

function someTakesNull(alternatives: Json | undefined): boolean {
  return isArray(alternatives) && alternatives.some((one) => takesNull(one));
}
