// Enumerations and limits for targets with less support: other values become text, null becomes a type, exclusive
// limits of integers become inclusive.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isArray } from "../read.ts";
import { typesOfValues } from "./types.ts";
import { oneOfWords, sentence } from "./words.ts";

export interface LoweredEnum {
  /** Undefined if nothing is left to enumerate. */
  readonly values: readonly Json[] | undefined;
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly words: readonly string[];
  readonly lost: readonly string[];
}

/** `enum` and `const`: only non-empty strings and numbers can be enumerated; null becomes a type. */
export function lowerEnum(schema: JsonObject, types: readonly string[]): LoweredEnum {
  const nullable = schema["nullable"] === true;
  const constant = schema["const"];
  const given = constant === undefined ? schema["enum"] : [constant];
  if (!isArray(given)) return { values: undefined, types, nullable, words: [], lost: [] };
  const word = constant === undefined ? "enum" : "const";
  const values = given.filter(canBeListed);
  const others = new Set(given.filter((value) => value !== null && !canBeListed(value)));
  const withNull = nullable || given.includes(null);
  const found = types.length > 0 ? types : typesOfValues(given);
  if (others.size === 0)
    return { values: values.length > 0 ? values : undefined, types: found, nullable: withNull, words: [], lost: [] };
  const bothBooleans = others.size === 2 && others.has(true) && others.has(false) && values.length === 0;
  if (bothBooleans) return { values: undefined, types: found, nullable: withNull, words: [], lost: [] };
  const onlyEmpty = others.size === 1 && others.has("") && values.length > 0;
  const words = [onlyEmpty ? "May also be the empty string." : oneOfWords(given)];
  return { values: onlyEmpty ? values : undefined, types: found, nullable: withNull, words, lost: [word] };
}

function canBeListed(value: Json): boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

export interface LoweredLimits {
  readonly kept: JsonObject;
  readonly words: readonly string[];
  readonly lost: readonly string[];
}

const openLimits = [
  ["exclusiveMinimum", "minimum"],
  ["exclusiveMaximum", "maximum"],
] as const;

/** The remaining limits, as numbers: exclusive ones of integers become inclusive. */
export function lowerLimits(schema: JsonObject, types: readonly string[]): LoweredLimits {
  const kept: MutableJson = {};
  const words: string[] = [];
  const lost: string[] = [];
  const whole = types.length > 0 && types.every((type) => type === "integer" || type === "null");
  for (const [key, closed] of openLimits) {
    const open = schema[key];
    if (typeof open !== "number") continue;
    if (whole) kept[closed] = tighter(closed, nextInside(closed, open), schema[closed]);
    else {
      words.push(sentence(key, open));
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
