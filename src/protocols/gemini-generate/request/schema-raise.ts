// Converts the vendor's older Schema dialect (upper-case types, `nullable`, numbers as text) to JSON Schema for the
// neutral form. The order in `propertyOrdering` becomes the order of the members.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isArray, isObject } from "../../shared/read.ts";
import { typeName } from "../../shared/tool-schema/types.ts";
import { withCamelSpelling } from "../features/spelling.ts";

const lists: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const textLists: ReadonlySet<string> = new Set(["required", "enum"]);
const counts: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

export function raiseSchema(value: Json | undefined): JsonObject {
  if (!isObject(value)) return {};
  const { nullable, propertyOrdering, type, ...rest } = withCamelSpelling(value);
  const out: MutableJson = {};
  const name = typeName(type);
  if (name !== null) out["type"] = nullable === true ? [name, "null"] : name;
  else if (isArray(type)) out["type"] = type.map((one) => typeName(one) ?? one);
  for (const [key, inner] of Object.entries(rest)) {
    if (inner === undefined) continue;
    // Its JSON reads a lone value as a list of one.
    const isLone = lists.has(key) ? isObject(inner) : textLists.has(key) && typeof inner === "string";
    if (key === "properties" && isObject(inner)) out[key] = raiseMembers(inner, propertyOrdering);
    else if (key === "defs" && isObject(inner)) out["$defs"] = raiseMembers(inner, undefined);
    else out[key] = raiseKeyword(key, isLone ? [inner] : inner);
  }
  if (name === null && nullable === true && isArray(out["anyOf"])) out["anyOf"] = [...out["anyOf"], { type: "null" }];
  return out;
}

function raiseKeyword(key: string, value: Json): Json {
  if (lists.has(key) && isArray(value)) return value.map((one) => raiseSchema(one));
  if (key === "items" || (key === "additionalProperties" && isObject(value))) return raiseSchema(value);
  if (key === "$defs" && isObject(value)) return raiseMembers(value, undefined);
  return counts.has(key) && typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

function raiseMembers(members: JsonObject, ordering: Json | undefined): JsonObject {
  const names = Object.keys(members);
  const orderedNames = isArray(ordering)
    ? ordering.filter((name) => typeof name === "string" && names.includes(name))
    : [];
  const order = [...new Set([...(orderedNames as readonly string[]), ...names])];
  return Object.fromEntries(order.map((name) => [name, raiseSchema(members[name])]));
}
