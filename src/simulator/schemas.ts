// JSON Schema for the fake vendors: the schemas inside a schema, whether draft 2020-12 allows it, and whether Python
// could compile its patterns. Independent of the gateway's own lowering, which the tests compare with it. Never throws.
import { asList, asRecord, type JsonRecord } from "./json-record.ts";

/** A path in a schema: `properties`, `a`, `items`. */
export type SchemaPath = readonly string[];

const single =
  "items additionalProperties unevaluatedProperties unevaluatedItems contains propertyNames not if then else".split(
    " ",
  );
const listed = ["anyOf", "oneOf", "allOf", "prefixItems"];
const mapped = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

/** The schemas directly inside, each with its path. Booleans are left out. */
export function schemasIn(schema: JsonRecord): [step: string[], inner: JsonRecord][] {
  const members: [string[], unknown][] = single.map((key) => [[key], schema[key]]);
  for (const key of listed)
    for (const [index, member] of (asList(schema[key]) ?? []).entries()) members.push([[key, String(index)], member]);
  for (const key of mapped)
    for (const [name, member] of Object.entries(asRecord(schema[key]) ?? {})) members.push([[key, name], member]);
  return members.flatMap(([step, member]) => {
    const inner = asRecord(member);
    return inner === undefined ? [] : [[step, inner] as [string[], JsonRecord]];
  });
}

/** The first result of `look` for a schema or one inside it. */
export function findInSchema<Found>(
  schema: JsonRecord,
  look: (schema: JsonRecord, path: SchemaPath) => Found | undefined,
  path: SchemaPath = [],
): Found | undefined {
  const own = look(schema, path);
  if (own !== undefined) return own;
  for (const [step, inner] of schemasIn(schema)) {
    const match = findInSchema(inner, look, [...path, ...step]);
    if (match !== undefined) return match;
  }
  return undefined;
}

const typeNames = ["array", "boolean", "integer", "null", "number", "object", "string"];
const isType = (value: unknown): boolean => typeof value === "string" && typeNames.includes(value);
const isSchema = (value: unknown): boolean => typeof value === "boolean" || asRecord(value) !== undefined;
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string") && new Set(value).size === value.length;

type Kind = readonly [keys: readonly string[], isFine: (value: unknown) => boolean, complaint: string];

const kinds: readonly Kind[] = [
  [single, isSchema, "is not of type 'object', 'boolean'"],
  [listed, (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema), "is not of type 'array'"],
  [mapped, (value) => Object.values(asRecord(value) ?? { no: 0 }).every(isSchema), "is not of type 'object'"],
  [["required"], isTexts, "is not of type 'array'"],
  [["enum"], Array.isArray, "is not of type 'array'"],
  [["examples"], Array.isArray, "is not of type 'array'"],
  [
    ["title", "description", "format", "pattern", "$ref", "$schema", "$id", "$comment"],
    (value) => typeof value === "string",
    "is not of type 'string'",
  ],
  [
    ["uniqueItems", "readOnly", "writeOnly", "deprecated"],
    (value) => typeof value === "boolean",
    "is not of type 'boolean'",
  ],
  [
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
    (value) => typeof value === "number",
    "is not of type 'number'",
  ],
  [
    ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"],
    (value) => Number.isInteger(value) && Number(value) >= 0,
    "is not of type 'integer'",
  ],
];

/** The errors of a schema by draft 2020-12, in the format of Python's validator; undefined if there are none. */
export function draftFault(schema: JsonRecord): string | undefined {
  return findInSchema(schema, (node) => {
    const { type } = node;
    const fine = type === undefined || isType(type) || (isTexts(type) && asList(type)?.every(isType) && type !== null);
    if (!fine || asList(type)?.length === 0) return `${printed(type)} is not valid under any of the given schemas`;
    for (const [keys, isFine, complaint] of kinds) {
      const key = keys.find((one) => node[one] !== undefined && !isFine(node[one]));
      if (key !== undefined) return `${printed(node[key])} ${complaint}`;
    }
    return undefined;
  });
}

/** A value as Python prints it. */
export function printed(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(printed).join(", ")}]` : JSON.stringify(value);
}

/** `\d`, `\x41`, `\u0041`, `\1`, and every character that is not a letter. */
const pythonEscape = /^(?:[dDsSwWbBAZafnrtv0-9]|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|[^A-Za-z0-9])/u;

/** Whether Python's `re` compiles it. */
export function isPythonPattern(pattern: string): boolean {
  for (let at = pattern.indexOf("\\"); at !== -1; at = pattern.indexOf("\\", at + 2))
    if (!pythonEscape.test(pattern.slice(at + 1, at + 10))) return false;
  const bare = pattern.replaceAll(/\\[^]/gu, "_");
  const noGroup = /\(\?<(?![=!])/u.test(bare);
  const noClass = /\[\^?\]/u.test(bare) || /\[[^\]]*\\[dDsSwW]-[^\]]/u.test(pattern);
  if (noGroup || noClass) return false;
  try {
    return new RegExp(pattern).test("") || true;
  } catch {
    return false;
  }
}

/** `(?=`, `(?!`, `(?<=`, `(?<!`. */
export function looksAround(pattern: string): boolean {
  return /\(\?<?[=!]/u.test(pattern.replaceAll(/\\[^]/gu, "_"));
}

/** The patterns of a schema, including those for a map's names. */
export function patternsOf(schema: JsonRecord): readonly string[] {
  const { pattern } = schema;
  return [
    ...(typeof pattern === "string" ? [pattern] : []),
    ...Object.keys(asRecord(schema["patternProperties"]) ?? {}),
  ];
}

/** The target of a reference; undefined if there is none. */
export function followReference(root: JsonRecord, ref: string): unknown {
  if (!ref.startsWith("#")) return undefined;
  let place: unknown = root;
  for (const step of ref.slice(1).split("/").slice(1)) {
    const key = decodeStep(step);
    place =
      asList(place)?.[Number(key)] ?? (Object.hasOwn(asRecord(place) ?? {}, key) ? asRecord(place)?.[key] : undefined);
  }
  return place;
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}
