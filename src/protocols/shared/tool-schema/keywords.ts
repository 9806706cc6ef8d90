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
  /** Described instead. */
  readonly lostKeywords: readonly string[];
  /** Expressed by another keyword or by the type. */
  readonly foldedKeywords: readonly string[];
}

/** `enum` and `const`: only non-empty strings and numbers can be enumerated; null becomes a type. */
export function lowerEnum(schema: JsonObject, types: readonly string[]): LoweredEnum {
  const nullable = schema["nullable"] === true;
  const constant = schema["const"];
  const choices = constant === undefined ? schema["enum"] : [constant];
  if (!isArray(choices)) return { values: undefined, types, nullable, words: [], lostKeywords: [], foldedKeywords: [] };
  const word = constant === undefined ? "enum" : "const";
  const values = choices.filter(canBeListed);
  const others = new Set(choices.filter((value) => value !== null && !canBeListed(value)));
  const withNull = nullable || choices.includes(null);
  const resultTypes = types.length > 0 ? types : typesOfValues(choices);
  const bothBooleans = others.size === 2 && others.has(true) && others.has(false) && values.length === 0;
  if (others.size === 0 || bothBooleans)
    return {
      values: values.length > 0 ? values : undefined,
      types: resultTypes,
      nullable: withNull,
      words: [],
      lostKeywords: [],
      foldedKeywords: word === "const" || values.length < choices.length ? [word] : [],
    };
  const onlyEmpty = others.size === 1 && others.has("") && values.length > 0;
  const words = [onlyEmpty ? "May also be the empty string." : oneOfWords(choices)];
  return {
    values: onlyEmpty ? values : undefined,
    types: resultTypes,
    nullable: withNull,
    words,
    lostKeywords: [word],
    foldedKeywords: [],
  };
}

function canBeListed(value: Json): boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

export interface LoweredLimits {
  readonly keptLimits: JsonObject;
  readonly words: readonly string[];
  readonly lostKeywords: readonly string[];
  readonly foldedKeywords: readonly string[];
}

const openLimits = [
  ["exclusiveMinimum", "minimum"],
  ["exclusiveMaximum", "maximum"],
] as const;

/** The remaining limits, as numbers: exclusive ones of integers become inclusive. */
export function lowerLimitKeywords(schema: JsonObject, types: readonly string[]): LoweredLimits {
  const limits: MutableJson = {};
  const words: string[] = [];
  const lostKeywords: string[] = [];
  const foldedKeywords: string[] = [];
  const whole = types.length > 0 && types.every((type) => type === "integer" || type === "null");
  for (const [key, closed] of openLimits) {
    const open = schema[key];
    if (open === undefined) continue;
    if (whole && typeof open === "number") {
      limits[closed] = tighter(closed, nextInside(closed, open), schema[closed]);
      foldedKeywords.push(key);
    } else {
      words.push(sentence(key, open));
      lostKeywords.push(key);
    }
  }
  return { keptLimits: limits, words, lostKeywords, foldedKeywords };
}

function nextInside(side: "minimum" | "maximum", open: number): number {
  return side === "minimum" ? Math.floor(open) + 1 : Math.ceil(open) - 1;
}

function tighter(side: "minimum" | "maximum", limit: number, other: Json | undefined): number {
  if (typeof other !== "number") return limit;
  return side === "minimum" ? Math.max(limit, other) : Math.min(limit, other);
}
