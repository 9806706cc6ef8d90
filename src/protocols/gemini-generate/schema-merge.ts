// `allOf`, which this protocol does not know, merged into one schema. Says where two branches disagree.
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isArray, isObject } from "../read.ts";

export interface Merged {
  readonly schema: JsonObject;
  /** Keywords on which the branches disagree; the first one's value stands. */
  readonly conflicts: readonly string[];
}

/** The schema without `allOf`. `resolve` gives what a `$ref` stands for; null where it cannot be put in its place. */
export function mergeAllOf(schema: JsonObject, resolve: (ref: string) => JsonObject | null): Merged {
  const branches = schema["allOf"];
  if (!isArray(branches)) return { schema, conflicts: [] };
  const { allOf: _, ...rest } = schema;
  const only = branches.length === 1 ? branches[0] : undefined;
  if (isObject(only) && typeof only["$ref"] === "string" && rest["$ref"] === undefined && !hasShape(rest))
    return { schema: { ...only, ...rest }, conflicts: [] };
  const merged: MutableJson = { ...rest };
  const conflicts: string[] = [];
  for (const branch of branches.filter(isBranch)) addBranch(merged, conflicts, { branch, resolve });
  return { schema: merged, conflicts };
}

function isBranch(value: Json): value is JsonObject {
  return isObject(value);
}

/** Whether more stands there than words. */
function hasShape(schema: JsonObject): boolean {
  return Object.keys(schema).some(
    (key) => key !== "description" && key !== "title" && key !== "default" && key !== "nullable",
  );
}

interface Addition {
  readonly branch: JsonObject;
  readonly resolve: (ref: string) => JsonObject | null;
}

function addBranch(merged: MutableJson, conflicts: string[], { branch, resolve }: Addition): void {
  const ref = branch["$ref"];
  let own = branch;
  let onward = resolve;
  if (typeof ref === "string") {
    const target = resolve(ref);
    // A branch that leads back to itself adds nothing.
    onward = (other) => (other === ref ? null : resolve(other));
    if (target === null) conflicts.push("$ref");
    const { $ref: _, ...beside } = branch;
    own = { ...target, ...beside };
  }
  const inner = mergeAllOf(own, onward);
  conflicts.push(...inner.conflicts);
  for (const [key, value] of Object.entries(inner.schema)) {
    if (value !== undefined) addKeyword(merged, conflicts, { key, value });
  }
}

function addKeyword(merged: MutableJson, conflicts: string[], { key, value }: { key: string; value: Json }): void {
  const before = merged[key];
  if (before === undefined) merged[key] = value;
  else if (key === "properties" && isObject(before) && isObject(value))
    merged[key] = joinProperties(before, value, conflicts);
  else if (key === "required" && isArray(before) && isArray(value)) merged[key] = [...new Set([...before, ...value])];
  else if (key === "enum" && isArray(before) && isArray(value))
    merged[key] = before.filter((one) => value.includes(one));
  else if (key === "minimum" || key === "minItems") merged[key] = Math.max(Number(before), Number(value));
  else if (key === "maximum" || key === "maxItems") merged[key] = Math.min(Number(before), Number(value));
  else if (key === "additionalProperties" && (before === false || value === false)) merged[key] = false;
  else if (!isWords(key) && JSON.stringify(before) !== JSON.stringify(value)) conflicts.push(key);
}

function isWords(key: string): boolean {
  return key === "description" || key === "title" || key === "default" || key.startsWith("$");
}

function joinProperties(before: JsonObject, added: JsonObject, conflicts: string[]): JsonObject {
  const joined = new Map<string, Json | undefined>(Object.entries(before));
  for (const [name, schema] of Object.entries(added)) {
    const known = joined.get(name);
    if (known === undefined) joined.set(name, schema);
    else if (JSON.stringify(known) !== JSON.stringify(schema)) conflicts.push(`properties.${name}`);
  }
  return Object.fromEntries(joined);
}
