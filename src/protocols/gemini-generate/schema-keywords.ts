// Single keywords of JSON Schema that this protocol takes in another form: types, enumerations, limits.
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isArray } from "../read.ts";

/** The types as numbers, as Protocol Buffers count them (some clients send these). */
const numbered = ["", "string", "number", "integer", "boolean", "array", "object", "null"] as const;
const known: ReadonlySet<string> = new Set(numbered.slice(1));

/** `STRING`, `string` or `1` as `string`; null for what is no type. */
export function typeName(value: Json | undefined): string | null {
  if (typeof value === "number") return numbered[value] || null;
  if (typeof value !== "string") return null;
  const lower = value.toLowerCase();
  return known.has(lower) ? lower : null;
}

/** The types of a schema; empty where it names none. */
export function typesOf(schema: JsonObject): readonly string[] {
  const type = schema["type"];
  const given = isArray(type) ? type : [type];
  return [...new Set(given.map(typeName).filter((name) => name !== null))];
}

export interface LoweredEnum {
  /** Undefined where nothing is left to enumerate. */
  readonly values: readonly Json[] | undefined;
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly words: readonly string[];
  readonly lost: readonly string[];
}

/** `enum` and `const`: only strings that are not empty and numbers can be enumerated; null becomes a type. */
export function lowerEnum(schema: JsonObject, types: readonly string[]): LoweredEnum {
  const nullable = schema["nullable"] === true;
  const constant = schema["const"];
  const given = constant === undefined ? schema["enum"] : [constant];
  if (!isArray(given)) return { values: undefined, types, nullable, words: [], lost: [] };
  const word = constant === undefined ? "enum" : "const";
  const values = given.filter((value) => (typeof value === "string" && value !== "") || typeof value === "number");
  const others = given.filter((value) => value !== null && !values.includes(value));
  const withNull = nullable || given.includes(null);
  const found = types.length > 0 ? types : impliedTypes(given);
  if (others.length === 0)
    return { values: values.length > 0 ? values : undefined, types: found, nullable: withNull, words: [], lost: [] };
  const bothBooleans = others.length === 2 && others.includes(true) && others.includes(false) && values.length === 0;
  if (bothBooleans) return { values: undefined, types: found, nullable: withNull, words: [], lost: [] };
  const onlyEmpty = others.every((value) => value === "") && values.length > 0;
  const sentence = onlyEmpty
    ? "May also be the empty string."
    : `One of: ${given.map((value) => JSON.stringify(value)).join(", ")}.`;
  return { values: onlyEmpty ? values : undefined, types: found, nullable: withNull, words: [sentence], lost: [word] };
}

/** The type that all values share, so that the schema does not lose it with its enumeration. */
function impliedTypes(values: readonly Json[]): readonly string[] {
  const types = new Set(values.filter((value) => value !== null).map(jsonType));
  if (values.length > 0 && types.size === 0) return ["null"];
  return types.size === 1 ? [...types] : [];
}

function jsonType(value: Json): string {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

export interface LoweredLimits {
  readonly kept: JsonObject;
  readonly words: readonly string[];
  readonly lost: readonly string[];
}

/** Limits as numbers (64-bit ones travel as strings); open limits become closed ones where numbers are whole. */
export function lowerLimits(schema: JsonObject, types: readonly string[]): LoweredLimits {
  const kept: MutableJson = {};
  const words: string[] = [];
  const lost: string[] = [];
  for (const key of ["minItems", "maxItems", "minimum", "maximum"] as const) {
    const limit = toNumber(schema[key]);
    if (limit !== null) kept[key] = limit;
  }
  const whole = types.length > 0 && types.every((type) => type === "integer" || type === "null");
  for (const [key, closed] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    const open = schema[key] === true ? toNumber(schema[closed]) : toNumber(schema[key]);
    if (open === null) continue;
    if (whole) kept[closed] = tighter(closed, nextInside(closed, open), kept[closed]);
    else {
      words.push(`${closed === "minimum" ? "Greater" : "Less"} than ${open}.`);
      lost.push(key);
    }
  }
  return { kept, words, lost };
}

function nextInside(side: "minimum" | "maximum", open: number): number {
  return side === "minimum" ? Math.floor(open) + 1 : Math.ceil(open) - 1;
}

function tighter(side: "minimum" | "maximum", limit: number, other: Json | undefined): number {
  if (typeof other !== "number") return limit;
  return side === "minimum" ? Math.max(limit, other) : Math.min(limit, other);
}

function toNumber(value: Json | undefined): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}
