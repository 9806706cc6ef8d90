// Corrects keywords whose value is invalid in draft 2020-12: older drafts' spellings are converted, nonsense is
// removed. Targets that validate schemas check this first, and refuse the request. Source: "[] is not of type 'object',
// 'boolean'" (FoundationAgents/OpenManus#1162), "JSON schema is invalid. It must match JSON Schema draft 2020-12"
// (anthropics/claude-code#7365), "null is not of type \"array\"" (esengine/DeepSeek-Reasonix#4086).
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isArray, isObject, numberIn } from "../read.ts";
import { typeName } from "./types.ts";
import { oneSchema, schemaList, schemaMap } from "./vocabulary.ts";

type KeywordShape = (value: Json) => Json | undefined;

const text: KeywordShape = (value) => (typeof value === "string" ? value : undefined);
const flag: KeywordShape = (value) => (typeof value === "boolean" ? value : undefined);
const number: KeywordShape = (value) => {
  // A long integer keeps its digits.
  if (numberIn(value) !== undefined) return value;
  return typeof value === "string" && /^-?\d{1,300}(?:\.\d{1,300})?$/u.test(value) ? Number(value) : undefined;
};
const count: KeywordShape = (value) => {
  const length = number(value);
  return typeof length === "number" && length >= 0 && Number.isInteger(length) ? length : undefined;
};
const schema: KeywordShape = (value) => (isSchema(value) ? value : undefined);
const list: KeywordShape = (value) => {
  if (!isArray(value) || value.length === 0) return undefined;
  return value.every(isSchema) ? value : value.map((one) => (isSchema(one) ? one : {}));
};
const map: KeywordShape = (value) => {
  if (!isObject(value)) return undefined;
  const members = Object.entries(value);
  if (members.every(([, one]) => isSchema(one))) return value;
  return Object.fromEntries(members.map(([name, one]) => [name, isSchema(one) ? one : {}]));
};
const names: KeywordShape = (value) => {
  if (!isArray(value)) return undefined;
  const texts = new Set(value.filter((one) => typeof one === "string"));
  return texts.size === value.length ? value : [...texts];
};
const types: KeywordShape = (value) => {
  if (!isArray(value)) return typeName(value) ?? undefined;
  const names = new Set(value.map(typeName).filter((one) => one !== null));
  if (names.size === 0) return undefined;
  return names.size === value.length && value.every((one) => names.has(one as string)) ? value : [...names];
};

const shapes: ReadonlyMap<string, KeywordShape> = new Map<string, KeywordShape>([
  ...[...oneSchema].map((key) => [key, schema] as const),
  ...[...schemaList].map((key) => [key, list] as const),
  ...[...schemaMap].map((key) => [key, map] as const),
  ...["$schema", "$id", "$anchor", "$comment", "$ref", "title", "description", "format", "pattern"].map(
    (key) => [key, text] as const,
  ),
  ...["uniqueItems", "readOnly", "writeOnly", "deprecated", "nullable"].map((key) => [key, flag] as const),
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map((key) => [key, number] as const),
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"].map(
    (key) => [key, count] as const,
  ),
  ["multipleOf", (value) => ((numberIn(number(value)) ?? 0) > 0 ? number(value) : undefined)],
  ["type", types],
  ["required", names],
  ["enum", (value) => (isArray(value) ? value : undefined)],
  ["examples", (value) => (isArray(value) ? value : [value])],
]);

function isSchema(value: Json | undefined): value is JsonObject | boolean {
  return isObject(value) || typeof value === "boolean";
}

export interface WellFormed {
  /** The same object if it was valid. */
  readonly schema: JsonObject;
  /** The corrected keywords. */
  readonly mended: readonly string[];
}

/** One schema's own keywords, without the schemas inside it. */
export function wellFormed(original: JsonObject): WellFormed {
  const start = modern(original);
  let out: MutableJson | null = start === original ? null : { ...start };
  const mended: string[] =
    start === original ? [] : Object.keys(original).filter((key) => original[key] !== start[key]);
  for (const key in start) {
    const value = start[key];
    const shape = shapes.get(key);
    if (value === undefined || shape === undefined) continue;
    const fitted = shape(value);
    if (fitted === value) continue;
    out ??= { ...start };
    if (fitted === undefined) delete out[key];
    else out[key] = fitted;
    mended.push(key);
  }
  return out === null ? { schema: original, mended } : { schema: out, mended };
}

/** Draft 4's exclusive limits, tuples before 2020-12, and members that draft 3 marked as required one by one. */
function modern(original: JsonObject): JsonObject {
  const { items, additionalItems, properties } = original;
  let out = original;
  if (isArray(items)) {
    const { items: _, additionalItems: __, ...rest } = original;
    out = { ...rest, prefixItems: items, ...(additionalItems === undefined ? {} : { items: additionalItems }) };
  }
  if (isObject(properties)) out = requiredMembers(out, properties);
  for (const [open, limit] of openLimits) {
    if (out[open] !== true) continue;
    const { [open]: _, [limit]: value, ...rest } = out;
    out = value === undefined ? rest : { ...rest, [open]: value };
  }
  return out;
}

const openLimits = [
  ["exclusiveMinimum", "minimum"],
  ["exclusiveMaximum", "maximum"],
] as const;

function requiredMembers(original: JsonObject, properties: JsonObject): JsonObject {
  const own: string[] = [];
  for (const name in properties) {
    const member = properties[name];
    if (isObject(member) && member["required"] === true) own.push(name);
  }
  if (own.length === 0) return original;
  const before = isArray(original["required"]) ? original["required"] : [];
  return { ...original, required: [...new Set([...before, ...own])] };
}
