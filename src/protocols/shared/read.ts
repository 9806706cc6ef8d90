// Typed readers of JSON from outside. The strict ones are for clients' requests: they throw a GatewayFailure that names
// the path. The lenient ones (`…Or`) are for vendors' answers: they never throw, and return the fallback for invalid
// values.
import { GatewayFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";

export { isObject } from "../../domain/is-object.ts";
export { numberIn, parseFrame, parseJson } from "../../domain/parse-body.ts";
import { isObject } from "../../domain/is-object.ts";
import { numberIn } from "../../domain/parse-body.ts";

/** Whether it is a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The path of a member: `messages[2]` and `content` give `messages[2].content`. */
export function placeOf(place: string, key: string): string {
  return place === "" ? key : `${place}.${key}`;
}

/** The caller's mistake: `bad_request`, 400, with the path in message and `param`. */
export function badRequest(place: string, complaint: string): GatewayFailure {
  const subject = place === "" ? "the request body" : place;
  return new GatewayFailure(`${subject}: ${complaint}`, { code: "bad_request", status: 400, param: place || null });
}

/** The kind of a value, for people: `a number`, `an array`, `null`, `nothing`. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The failure for a value of the wrong kind: `messages[2].content: expected a string, got a number`. */
export function wrongKind(place: string, expected: string, value: Json | undefined): GatewayFailure {
  return badRequest(place, `expected ${expected}, got ${kindOf(value)}`);
}

export function asObject(value: Json | undefined, place: string): JsonObject {
  if (isObject(value)) return value;
  throw wrongKind(place, "an object", value);
}

export function asArray(value: Json | undefined, place: string): readonly Json[] {
  if (isArray(value)) return value;
  throw wrongKind(place, "an array", value);
}

export function asString(value: Json | undefined, place: string): string {
  if (typeof value === "string") return value;
  throw wrongKind(place, "a string", value);
}

/** The path is made only for an error: requests have dozens of members. */
export function requiredString(object: JsonObject, key: string, place: string): string {
  const value = object[key];
  return typeof value === "string" ? value : asString(value, placeOf(place, key));
}

export function requiredArray(object: JsonObject, key: string, place: string): readonly Json[] {
  const value = object[key];
  return isArray(value) ? value : asArray(value, placeOf(place, key));
}

export function requiredObject(object: JsonObject, key: string, place: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : asObject(value, placeOf(place, key));
}

/** Null if the member is absent or null, like all readers named `optional…`. */
export function optionalString(object: JsonObject, key: string, place: string): string | null {
  const value = object[key];
  return value === undefined || value === null ? null : requiredString(object, key, place);
}

/** JSON numbers are always finite. */
export function optionalNumber(object: JsonObject, key: string, place: string): number | null {
  const value = object[key];
  if (value === undefined || value === null) return null;
  const number = numberIn(value);
  if (number !== undefined) return number;
  throw wrongKind(placeOf(place, key), "a number", value);
}

/** A whole number. */
export function optionalInteger(object: JsonObject, key: string, place: string): number | null {
  const value = optionalNumber(object, key, place);
  if (value === null || Number.isInteger(value)) return value;
  throw badRequest(placeOf(place, key), `expected a whole number, got ${value}`);
}

export function optionalBoolean(object: JsonObject, key: string, place: string): boolean | null {
  const value = object[key];
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value;
  throw wrongKind(placeOf(place, key), "a boolean", value);
}

export function optionalObject(object: JsonObject, key: string, place: string): JsonObject | null {
  const value = object[key];
  return value === undefined || value === null ? null : requiredObject(object, key, place);
}

export function optionalArray(object: JsonObject, key: string, place: string): readonly Json[] | null {
  const value = object[key];
  return value === undefined || value === null ? null : requiredArray(object, key, place);
}

export function stringOr<Fallback>(value: Json | undefined, fallback: Fallback): string | Fallback {
  return typeof value === "string" ? value : fallback;
}

export function numberOr<Fallback>(value: Json | undefined, fallback: Fallback): number | Fallback {
  return numberIn(value) ?? fallback;
}

export function booleanOr<Fallback>(value: Json | undefined, fallback: Fallback): boolean | Fallback {
  return typeof value === "boolean" ? value : fallback;
}

export function objectOr(value: Json | undefined, fallback: JsonObject): JsonObject;
export function objectOr<Fallback>(value: Json | undefined, fallback: Fallback): JsonObject | Fallback;
export function objectOr<Fallback>(value: Json | undefined, fallback: Fallback): JsonObject | Fallback {
  return isObject(value) ? value : fallback;
}

const nothing: JsonObject = Object.freeze({});

/** The object itself, or an empty one: to read members of something that may be missing. */
export function membersOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : nothing;
}

export function arrayOr<Fallback>(value: Json | undefined, fallback: Fallback): readonly Json[] | Fallback {
  return isArray(value) ? value : fallback;
}
