// The vendor's older Schema dialect (upper-case types, `nullable`, numbers as text) raised to plain JSON Schema, as the
// neutral form holds it. The order that `propertyOrdering` asks for becomes the order of the members.
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import { typeName } from "../tool-schema/types.ts";
import { camelMembers } from "./spelling.ts";

const lists: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
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
  const { nullable, propertyOrdering, type, ...rest } = camelMembers(value);
  const out: MutableJson = {};
  const name = typeName(type);
  if (name !== null) out["type"] = nullable === true ? [name, "null"] : name;
  else if (isArray(type)) out["type"] = type.map((one) => typeName(one) ?? one);
  for (const [key, inner] of Object.entries(rest)) {
    if (inner === undefined) continue;
    if (lists.has(key) && isArray(inner)) out[key] = inner.map((one) => raiseSchema(one));
    else if (key === "items" || (key === "additionalProperties" && isObject(inner))) out[key] = raiseSchema(inner);
    else if ((key === "properties" || key === "$defs" || key === "defs") && isObject(inner))
      out[key === "defs" ? "$defs" : key] = raiseMembers(inner, key === "properties" ? propertyOrdering : undefined);
    else out[key] = counts.has(key) && typeof inner === "string" && /^\d+$/.test(inner) ? Number(inner) : inner;
  }
  if (name === null && nullable === true && isArray(out["anyOf"])) out["anyOf"] = [...out["anyOf"], { type: "null" }];
  return out;
}

function raiseMembers(members: JsonObject, ordering: Json | undefined): JsonObject {
  const names = Object.keys(members);
  const wished = isArray(ordering) ? ordering.filter((name) => typeof name === "string" && names.includes(name)) : [];
  const order = [...new Set([...(wished as readonly string[]), ...names])];
  return Object.fromEntries(order.map((name) => [name, raiseSchema(members[name])]));
}
