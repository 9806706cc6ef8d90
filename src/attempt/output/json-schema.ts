// Whether a value matches a JSON Schema. A library checks; this file limits its time, because schemas and their
// patterns come from callers and some explode, and words its findings without any of the answer but the path. What
// cannot be checked counts as valid.
import { createContext, Script } from "node:vm";
import { type OutputUnit, Validator } from "@cfworker/json-schema";
import type { Json, JsonObject } from "../../core/json.ts";

/** Milliseconds. Useful checks take less than one. */
const MOST_TIME = 100;
/** Schemas that nest deeper are not checked. */
const DEEPEST = 64;

/** The path of the first error, and the keyword that found it; null if valid. */
export function findJsonSchemaMismatch(value: Json, schema: JsonObject): string | null {
  let errors: OutputUnit[];
  try {
    errors = withinTime(
      () => new Validator(withNulls(schema, 0) as JsonObject, "2020-12", true).validate(value).errors,
    );
  } catch {
    // Its time was over, or the schema is invalid: a broken reference, an invalid pattern.
    return null;
  }
  let deepest: OutputUnit | null = null;
  for (const one of errors)
    if (deepest === null || one.instanceLocation.length >= deepest.instanceLocation.length) deepest = one;
  return deepest === null ? null : `${placeOf(deepest.instanceLocation)} does not satisfy "${deepest.keyword}"`;
}

/** Only a script can be stopped: so a script calls `work`. */
function withinTime<Result>(work: () => Result): Result {
  const context = createContext({ work });
  return new Script("work()").runInContext(context, { timeout: MOST_TIME }) as Result;
}

/** Turns `nullable`, which callers know from another dialect, into JSON Schema. */
function withNulls(schema: Json, depth: number): Json {
  if (typeof schema !== "object" || schema === null || depth > DEEPEST) return schema;
  if (Array.isArray(schema)) return schema.map((member: Json) => withNulls(member, depth + 1));
  const object = schema as JsonObject;
  const members = Object.entries(object).map(([name, member]) => [
    name,
    member === undefined ? member : withNulls(member, depth + 1),
  ]);
  const plain = Object.fromEntries(members) as JsonObject;
  return object["nullable"] === true && typeof object["type"] === "string"
    ? { anyOf: [plain, { type: "null" }] }
    : plain;
}

/** `#/a/b/0` -> `a.b.0`. */
function placeOf(pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.length === 0 ? "the answer" : steps.join(".").slice(0, 120);
}
