// Recursive definitions: this protocol takes them within optional members only, so a required member that leads back
// to its own definition is made optional.
import type { Json, JsonObject } from "../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import { extendDescription } from "./schema-words.ts";

type Definitions = ReadonlyMap<string, JsonObject>;

/** The definitions with such members relaxed, and whether there was one. Takes lowered schemas only. */
export function relaxCycles(definitions: Definitions): { readonly definitions: Definitions; readonly lost: boolean } {
  const links = new Map([...definitions].map(([name, schema]) => [name, referencesIn(schema)]));
  let lost = false;
  const relaxed = new Map<string, JsonObject>();
  for (const [name, schema] of definitions) {
    const leadsBack = (part: Json | undefined): boolean =>
      [...referencesIn(part)].some((ref) => reaches(links, ref, name));
    const walk = (part: Json): Json => {
      if (isArray(part)) return part.map(walk);
      if (!isObject(part)) return part;
      const inner = Object.fromEntries(
        Object.entries(part).map(([key, value]) => [key, value === undefined ? value : walk(value)]),
      );
      const result = relaxObject(inner, leadsBack);
      if (result !== inner) lost = true;
      return result;
    };
    relaxed.set(name, leadsBack(schema) ? (walk(schema) as JsonObject) : schema);
  }
  return { definitions: relaxed, lost };
}

function relaxObject(schema: JsonObject, leadsBack: (part: Json | undefined) => boolean): JsonObject {
  const { required, ...rest } = schema;
  const properties = schema["properties"];
  if (!isArray(required) || !isObject(properties)) return schema;
  const cyclic = required.filter((name) => typeof name === "string").filter((name) => leadsBack(properties[name]));
  if (cyclic.length === 0) return schema;
  const kept = required.filter((name) => !(cyclic as readonly Json[]).includes(name));
  const description = extendDescription(schema["description"], [`Always give: ${cyclic.join(", ")}.`]);
  return { ...rest, description, ...(kept.length > 0 ? { required: kept } : {}) };
}

function referencesIn(part: Json | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: Json | undefined): void => {
    if (isArray(value)) for (const item of value) walk(item);
    else if (isObject(value)) {
      const ref = value["$ref"];
      if (typeof ref === "string") found.add(ref.replace("#/$defs/", ""));
      for (const [key, inner] of Object.entries(value)) if (key !== "enum") walk(inner);
    }
  };
  walk(part);
  return found;
}

function reaches(links: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(links.get(name) ?? []));
  }
  return false;
}
