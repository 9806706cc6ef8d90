// The last steps of lowering a node, after its keywords: values and null as types, limits, maps, required members and
// items, types of branches. Each step does nothing unless its dialect needs it.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import type { Dialect } from "./dialect.ts";
import { lowerEnum, lowerLimitKeywords } from "./keywords.ts";
import type { Notes } from "./notes.ts";
import { patternFeatures } from "./patterns.ts";
import { impliedType, typesOf } from "./types.ts";
import { sentence } from "./words.ts";

export interface NodeContext {
  readonly dialect: Dialect;
  readonly notes: Notes;
  /** The target's own client wrote it, so nothing is changed as a precaution. */
  readonly own: boolean;
}

/** A node during these steps: the input, the output so far, and the sentences for its description. */
export interface OpenNode {
  readonly original: JsonObject;
  readonly out: Map<string, Json>;
  readonly words: string[];
}

export function finishNode(node: OpenNode, context: NodeContext): void {
  const { dialect } = context;
  if (dialect.plainValues) putValues(node, context);
  else if (dialect.keywords["nullable"] === "folded" && node.original["nullable"] === true) allowNull(node);
  if (["exclusiveMinimum", "exclusiveMaximum"].some((key) => dialect.keywords[key] === "folded"))
    putLimits(node, context);
  if (node.out.has("patternProperties") || dialect.foldsMaps) putMaps(node, context);
  if (dialect.describesRequired) describeRequired(node, context);
  if (dialect.typed) putTypes(node, context);
  if (dialect.namesItems) nameItems(node, context);
  if (dialect.ordered) putOrder(node, context);
}

function putValues({ original, out, words }: OpenNode, { notes }: NodeContext): void {
  const lowered = lowerEnum(original, typesOf(original));
  for (const key of lowered.lostKeywords) notes.add("description", key);
  for (const key of lowered.foldedKeywords) notes.add("folded", key);
  words.push(...lowered.words);
  put(out, "enum", lowered.values);
  const { types } = lowered;
  if (types.length > 0 && original["type"] === undefined) notes.add("added", "type");
  put(out, "type", types.length > 1 ? types : types[0]);
  if (lowered.values === undefined && out.get("format") === "enum") {
    out.delete("format");
    notes.add("dropped", "format");
  }
  if (lowered.nullable) addNullType(out);
}

function putLimits({ original, out, words }: OpenNode, { dialect, notes }: NodeContext): void {
  const type = out.get("type");
  const types = isArray(type) ? type : type === undefined ? [] : [type];
  const limitEntries = Object.entries(original).filter(([key]) => dialect.keywords[key] !== "described");
  const limits = lowerLimitKeywords(Object.fromEntries(limitEntries), types.map(String));
  for (const key of limits.lostKeywords) notes.add("description", key);
  for (const key of limits.foldedKeywords) notes.add("folded", key);
  words.push(...limits.words);
  for (const [key, value] of Object.entries(limits.keptLimits)) put(out, key, value);
}

function put(out: Map<string, Json>, key: string, value: Json | undefined): void {
  if (value === undefined) out.delete(key);
  else out.set(key, value);
}

function allowNull({ out }: OpenNode): void {
  const values = out.get("enum");
  if (isArray(values) && !values.includes(null)) out.set("enum", [...values, null]);
  addNullType(out);
}

function addNullType(out: Map<string, Json>): void {
  const [type, branches] = [out.get("type"), out.get("anyOf")];
  if (typeof type === "string") {
    if (type !== "null") out.set("type", [type, "null"]);
  } else if (isArray(type)) {
    if (!type.includes("null")) out.set("type", [...type, "null"]);
  } else if (isArray(branches)) out.set("anyOf", [...branches, { type: "null" }]);
}

/** Patterns that match every name. */
const allNames: ReadonlySet<string> = new Set(["", ".*", "^.*$", "^.*", ".*$", "^(.*)$", "(.*)", ".+", "^.+$"]);

/** A map whose pattern matches every name, and maps whose patterns the target does not take. */
function putMaps({ out, words }: OpenNode, { dialect, notes }: NodeContext): void {
  const maps = out.get("patternProperties");
  if (!isObject(maps)) return;
  const entries: [string, Json][] = [];
  for (const [pattern, schema] of Object.entries(maps)) {
    if (schema === undefined) continue;
    if (dialect.foldsMaps && allNames.has(pattern)) {
      // No name is left for its members.
      notes.add("folded", "patternProperties");
      out.set("additionalProperties", schema);
    } else if (refuses(dialect, pattern)) {
      notes.add("description", "patternProperties");
      words.push(sentence("patternProperties", { [pattern]: schema }));
    } else entries.push([pattern, schema]);
  }
  put(out, "patternProperties", entries.length === 0 ? undefined : Object.fromEntries(entries));
}

export function refuses({ patterns }: Dialect, pattern: string): boolean {
  if (patterns.size === 0) return false;
  for (const feature of patternFeatures(pattern)) if (patterns.has(feature)) return true;
  return false;
}

/** Some vendors refuse a required member without a description of it. */
function describeRequired({ out }: OpenNode, { notes }: NodeContext): void {
  const [names, value] = [out.get("required"), out.get("properties")];
  if (!isArray(names)) return;
  if (names.length === 0) {
    out.delete("required");
    notes.add("dropped", "required");
    return;
  }
  const properties = isObject(value) ? value : {};
  const missing = names.filter((name) => typeof name === "string" && !Object.hasOwn(properties, name));
  if (missing.length === 0) return;
  notes.add("added", "properties");
  out.set("properties", Object.fromEntries([...Object.entries(properties), ...missing.map((name) => [name, {}])]));
}

export function lacksItems(out: ReadonlyMap<string, Json>): boolean {
  const type = out.get("type");
  return (type === "array" || (isArray(type) && type.includes("array"))) && !out.has("items");
}

function nameItems({ out }: OpenNode, { notes }: NodeContext): void {
  if (!lacksItems(out)) return;
  notes.add("added", "items");
  out.set("items", {});
}

/** Adds the type if it is known. */
function putTypes({ out }: OpenNode, { notes }: NodeContext): void {
  if (["type", "$ref", "anyOf", "oneOf", "allOf"].some((key) => out.has(key))) return;
  const implied = impliedType(Object.fromEntries(out));
  if (implied === null) return;
  notes.add("added", "type");
  out.set("type", implied);
}

/** A union whose branches name their types themselves. */
export function typedBranches(schema: JsonObject, { dialect, notes }: NodeContext): JsonObject {
  const { type, ...rest } = schema;
  const unions = ["anyOf", "oneOf"].filter((key) => isArray(schema[key]));
  if (!dialect.typed || type === undefined || unions.length === 0) return schema;
  notes.add("folded", "type");
  const typed = unions.map((key) => [key, (schema[key] as readonly Json[]).map((one) => typedBranch(one, type))]);
  return { ...rest, ...(Object.fromEntries(typed) as JsonObject) };
}

function typedBranch(branch: Json, type: Json): Json {
  if (!isObject(branch) || ["type", "$ref", "anyOf", "oneOf", "allOf"].some((key) => branch[key] !== undefined))
    return branch;
  return { type, ...branch };
}

/** The order is the members' own, so it is not reported as added. */
function putOrder({ out }: OpenNode, { notes }: NodeContext): void {
  const [properties, order] = [out.get("properties"), out.get("propertyOrdering")];
  if (!isObject(properties)) return;
  const names = Object.keys(properties);
  if (names.length < 2) {
    out.delete("propertyOrdering");
    if (order !== undefined) notes.add("dropped", "propertyOrdering");
  } else if (!isArray(order)) {
    out.set("propertyOrdering", names);
    if (order !== undefined) notes.add("mended", "propertyOrdering");
  }
}
