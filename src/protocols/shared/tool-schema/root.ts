// The root of a tool's arguments: always an object, whatever the caller's schema says. The members keep the caller's
// names.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import type { Dialect } from "./dialect.ts";
import { mergeBranches, type Resolve } from "./merge.ts";
import type { Notes } from "./notes.ts";
import { typesOf } from "./types.ts";
import { foldUnions } from "./unions.ts";
import { wellFormed } from "./well-formed.ts";
import { describe, sentence, shorten } from "./words.ts";

export interface RootContext {
  readonly dialect: Dialect;
  readonly notes: Notes;
  readonly resolve: Resolve;
}

export interface ObjectRoot {
  readonly schema: JsonObject;
  /** An object was valid before the root became one. */
  readonly isObject: boolean;
  /** It is as strict as before. */
  readonly binds: boolean;
}

export function objectRoot(original: JsonObject, context: RootContext): ObjectRoot {
  const { dialect, notes } = context;
  const { schema, mended } = wellFormed(original);
  for (const key of mended) notes.add("mended", key);
  const unfolded = unfold(schema, context);
  const described = describeRest(unfolded.schema, context);
  let root = described;
  const types = typesOf(root);
  const isObjectType = types.length === 0 || types.includes("object");
  if (root["type"] !== "object") {
    if (types.length === 0) notes.add("added", "type");
    else notes.add(isObjectType ? "folded" : "description", "type");
    const { type, ...rest } = root;
    root = { type: "object", ...describe(rest, isObjectType ? [] : [sentence("type", type ?? null)]) };
  }
  // Arguments are never null.
  if (root["nullable"] !== undefined && dialect.keywords["nullable"] === "folded") {
    const { nullable: _, ...rest } = root;
    notes.add("dropped", "nullable");
    root = rest;
  }
  if (dialect.namesProperties && root["properties"] === undefined) {
    notes.add("added", "properties");
    root = { ...root, properties: {} };
  }
  const withNames = dialect.propertyNames === null ? root : describeNames(root, dialect.propertyNames, notes);
  const binds = unfolded.binds && described === unfolded.schema && withNames === root;
  return { schema: withNames, isObject: isObjectType && unfolded.isObject, binds };
}

/** References, `allOf` and unions at the root: one object keeps as much of them as it can. */
function unfold(original: JsonObject, { dialect, notes, resolve }: RootContext): ObjectRoot {
  const has = (schema: JsonObject, key: string): boolean => schema[key] !== undefined && dialect.notAtRoot.has(key);
  let root = original;
  const merged = ["$ref", "allOf"].filter((key) => has(root, key));
  if (merged.length > 0) {
    for (const key of merged) notes.add("folded", key);
    const { $ref: ref, allOf, ...rest } = root;
    const branches: Json[] = [...(typeof ref === "string" ? [{ $ref: ref }] : []), ...(isArray(allOf) ? allOf : [])];
    const { schema, conflicts, lostWords } = mergeBranches(rest, branches, resolve);
    for (const key of lostWords) notes.add("dropped", key);
    if (conflicts.length > 0) notes.add("description", typeof ref === "string" ? "$ref" : "allOf");
    root = schema;
  }
  if (!has(root, "anyOf") && !has(root, "oneOf")) return { schema: root, isObject: true, binds: true };
  const { schema, words, folded, isObject: holdsObject } = foldUnions(root, resolve);
  for (const key of folded) notes.add("folded", key);
  return { schema: describe(schema, words), isObject: holdsObject, binds: false };
}

/** The rest, which cannot be there, as text. */
function describeRest(original: JsonObject, { dialect, notes }: RootContext): JsonObject {
  let root = original;
  for (const key of ["not", "enum", "const"]) {
    const { [key]: value, ...rest } = root;
    if (value === undefined || !dialect.notAtRoot.has(key)) continue;
    notes.add("description", key);
    root = describe(rest, [sentence(key, value)]);
  }
  return root;
}

/**
 * If the target refuses a member's name, the member can still be used if other members are allowed: the text describes
 * it.
 */
function describeNames(root: JsonObject, names: RegExp, notes: Notes): JsonObject {
  const { properties, required, additionalProperties, ...rest } = root;
  if (!isObject(properties)) return root;
  const members = Object.entries(properties);
  const strangers = members.filter(([name]) => !names.test(name));
  if (strangers.length === 0) return root;
  notes.add("description", "properties");
  if (additionalProperties === false) notes.add("dropped", "additionalProperties");
  const needed = new Set(isArray(required) ? required : []);
  const words = strangers.map(([name, schema]) => {
    const text = shorten(JSON.stringify(schema ?? {}));
    return `${needed.has(name) ? "Always give" : "May also have"} ${JSON.stringify(name)}: ${text}.`;
  });
  const requiredNames = isArray(required)
    ? required.filter((name) => typeof name !== "string" || names.test(name))
    : [];
  return {
    ...describe(rest, words),
    properties: Object.fromEntries(members.filter(([name]) => names.test(name))),
    ...(requiredNames.length > 0 ? { required: requiredNames } : {}),
    ...(additionalProperties === undefined || additionalProperties === false ? {} : { additionalProperties }),
  };
}
