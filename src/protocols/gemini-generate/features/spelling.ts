// This protocol's JSON allows every name in camelCase and in snake_case, and null for an unset member. Here both become
// one. Only for objects whose members the protocol defines: never for arguments, results or schemas.
import type { JsonObject, MutableJson } from "../../../core/json.ts";

/** The object's own members in camelCase, without nulls. One level only. */
export function withCamelSpelling(object: JsonObject): JsonObject {
  const members: MutableJson = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value !== undefined && value !== null) members[key.includes("_") ? camel(key) : key] = value;
  }
  return members;
}

function camel(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
