// A value that is valid by a JSON Schema (also in the vendors' dialects), with the user's words if a property's name
// suggests them. Recursion through $ref ends by leaving out optional members.
import { asList, asNumber, asRecord, asText, decodePathPiece, type JsonRecord } from "../json-record.ts";
import type { Random } from "../random.ts";
import { believableNumber, believableText } from "./believable-values.ts";
import { textForPattern } from "./text-for-pattern.ts";

export interface SchemaContext {
  readonly random: Random;
  /** The user's text. */
  readonly words: string;
}

interface Walk extends SchemaContext {
  readonly root: JsonRecord;
  readonly depth: number;
  /** The name of the property. */
  readonly name: string;
}

const deepest = 6;
const refuses = Symbol("a value that would need endless recursion");

export function fillSchema(schema: unknown, context: SchemaContext): unknown {
  const root = asRecord(schema) ?? {};
  const value = fill(root, { ...context, root, depth: 0, name: "" });
  return value === refuses ? {} : value;
}

function fill(schemaAsGiven: unknown, walk: Walk): unknown {
  if (walk.depth > deepest * 4) return refuses;
  const schema = resolve(schemaAsGiven, walk.root);
  if (schema === undefined) return "anything";
  if (schema["const"] !== undefined) return schema["const"];
  const enumeration = asList(schema["enum"]);
  if (enumeration !== undefined && enumeration.length > 0) return pickMember(enumeration, walk);
  const union = asList(schema["anyOf"]) ?? asList(schema["oneOf"]);
  if (union !== undefined && union.length > 0) return fillUnion(union, walk);
  return fillType(typeOf(schema), schema, walk);
}

function fillUnion(union: readonly unknown[], walk: Walk): unknown {
  const branches = union.filter((branch) => typeOf(resolve(branch, walk.root) ?? {}) !== "null");
  for (const branch of [...branches, ...union]) {
    const value = fill(branch, { ...walk, depth: walk.depth + 1 });
    if (value !== refuses) return value;
  }
  return refuses;
}

function fillType(type: string, schema: JsonRecord, walk: Walk): unknown {
  switch (type) {
    case "object":
      return fillObject(schema, walk);
    case "array":
      return fillArray(schema, walk);
    case "integer":
    case "number":
      return fillNumber(type, schema, walk);
    case "boolean":
      return walk.random.next() < 0.7;
    case "null":
      return null;
    default:
      return fillText(schema, walk);
  }
}

function fillObject(schema: JsonRecord, walk: Walk): unknown {
  const required = asList(schema["required"]) ?? [];
  const filled: JsonRecord = {};
  const properties = asRecord(schema["properties"]) ?? {};
  for (const [name, property] of inOrder(properties, schema)) {
    const isRequired = required.includes(name);
    if (!isRequired && walk.depth >= deepest) continue;
    const value = fill(property, { ...walk, depth: walk.depth + 1, name });
    if (value !== refuses) filled[name] = value;
    else if (isRequired) return refuses;
  }
  const others = asRecord(schema["additionalProperties"]);
  if (others !== undefined && Object.keys(properties).length === 0 && walk.depth < deepest) {
    const value = fill(others, { ...walk, depth: walk.depth + 1, name: "entry" });
    if (value !== refuses) filled["first"] = value;
  }
  return filled;
}

function inOrder(properties: JsonRecord, schema: JsonRecord): [string, unknown][] {
  const order = (asList(schema["propertyOrdering"]) ?? []).filter((name) => typeof name === "string");
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(properties).toSorted(([firstName], [right]) => rank(firstName) - rank(right));
}

function fillArray(schema: JsonRecord, walk: Walk): unknown {
  const least = Number(schema["minItems"] ?? 0);
  const most = Number(schema["maxItems"] ?? Math.max(least, 3));
  const deeper = { ...walk, depth: walk.depth + 1 };
  const fixed = asList(schema["prefixItems"]);
  if (fixed !== undefined) return allOrRefuse(fixed.map((item) => fill(item, deeper)));
  const count = Math.min(most, Math.max(least, walk.depth >= deepest ? 0 : walk.random.integer(1, 3)));
  const items = Array.from({ length: count }, () => fill(schema["items"] ?? { type: "string" }, deeper));
  if (!items.includes(refuses)) return schema["uniqueItems"] === true ? distinct(items) : items;
  return least > 0 ? refuses : [];
}

function allOrRefuse(items: unknown[]): unknown {
  return items.includes(refuses) ? refuses : items;
}

function distinct(items: unknown[]): unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function fillNumber(type: "integer" | "number", schema: JsonRecord, walk: Walk): number {
  const step = asNumber(schema["multipleOf"]) ?? (type === "integer" ? 1 : 0.01);
  const above = asNumber(schema["exclusiveMinimum"]);
  const below = asNumber(schema["exclusiveMaximum"]);
  const least = asNumber(schema["minimum"]) ?? (above === undefined ? undefined : above + step);
  const most = asNumber(schema["maximum"]) ?? (below === undefined ? undefined : below - step);
  const value = believableNumber(walk, { least, most });
  const rounded = Number((Math.round(value / step) * step).toFixed(6));
  if (least !== undefined && rounded < least) return Number((Math.ceil(least / step) * step).toFixed(6));
  if (most !== undefined && rounded > most) return Number((Math.floor(most / step) * step).toFixed(6));
  return rounded;
}

function fillText(schema: JsonRecord, walk: Walk): string {
  const pattern = asText(schema["pattern"]);
  if (pattern !== undefined) return textForPattern(pattern, walk.random);
  let text = believableText(walk, asText(schema["format"]));
  const least = Number(schema["minLength"] ?? 0);
  const most = Number(schema["maxLength"] ?? Number.POSITIVE_INFINITY);
  while (text.length < least) text += " and more";
  return text.length > most ? text.slice(0, most) : text;
}

function pickMember(members: readonly unknown[], { random, words }: Walk): unknown {
  const text = words.toLowerCase();
  const preferred = members.find(
    (member) => typeof member === "string" && member !== "" && text.includes(member.toLowerCase()),
  );
  return preferred ?? random.pick(members.filter((member) => member !== null && member !== "")) ?? null;
}

function typeOf(schema: JsonRecord): string {
  const { type } = schema;
  const listed = Array.isArray(type) ? (type.find((one) => one !== "null") ?? "null") : type;
  if (typeof listed === "string") return listed.toLowerCase();
  if (schema["properties"] !== undefined || schema["additionalProperties"] !== undefined) return "object";
  if (schema["items"] !== undefined || schema["prefixItems"] !== undefined) return "array";
  return "string";
}

/** Follows $ref and merges allOf. */
function resolve(schema: unknown, root: JsonRecord): JsonRecord | undefined {
  let current = asRecord(schema);
  for (let hops = 0; hops < 20 && current !== undefined; hops++) {
    const reference = asText(current["$ref"]);
    if (reference !== undefined) {
      current = lookUp(reference, root);
      continue;
    }
    const all = asList(current["allOf"]);
    if (all === undefined) return current;
    current = mergeAll(
      current,
      all.map((part) => resolve(part, root) ?? {}),
    );
  }
  return current;
}

function mergeAll({ allOf: _allOf, ...own }: JsonRecord, parts: readonly JsonRecord[]): JsonRecord {
  const merged: JsonRecord = { ...own };
  for (const part of parts) {
    for (const [key, value] of Object.entries(part)) {
      if (key === "properties") merged[key] = { ...asRecord(merged[key]), ...asRecord(value) };
      else if (key === "required") merged[key] = [...(asList(merged[key]) ?? []), ...(asList(value) ?? [])];
      else merged[key] = value;
    }
  }
  return merged;
}

function lookUp(reference: string, root: JsonRecord): JsonRecord | undefined {
  let current: unknown = root;
  for (const step of reference.replace(/^#\/?/, "").split("/")) {
    if (step === "") continue;
    const name = decodePathPiece(step).replaceAll("~1", "/").replaceAll("~0", "~");
    current = Array.isArray(current) ? current[Number(name)] : asRecord(current)?.[name];
  }
  return asRecord(current);
}
