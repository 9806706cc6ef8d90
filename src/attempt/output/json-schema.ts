// Whether a value is what a JSON Schema asks for. The library judges; here it is held to a time, since schemas and their
// patterns come from callers and some of them multiply without end, and its findings are put into words that hold nothing
// of the answer but the place. What cannot be judged is taken as right.
import { createContext, Script } from "node:vm";
import { type OutputUnit, Validator } from "@cfworker/json-schema";
import type { Json, JsonObject } from "../../core/json.ts";

/** Milliseconds. Answers of use take less than one. */
const MOST_TIME = 100;
/** Schemas that nest deeper are left as they are. */
const DEEPEST = 64;

/** The place of the first thing that is wrong, and the keyword that says so; null where nothing is. */
export function findMismatch(value: Json, schema: JsonObject): string | null {
  let found: OutputUnit[];
  try {
    found = withinTime(() => new Validator(withNulls(schema, 0) as JsonObject, "2020-12", true).validate(value).errors);
  } catch {
    // Its time was over, or it is no schema: a reference that leads nowhere, a pattern that is none.
    return null;
  }
  let deepest: OutputUnit | null = null;
  for (const one of found)
    if (deepest === null || one.instanceLocation.length >= deepest.instanceLocation.length) deepest = one;
  return deepest === null ? null : `${placeOf(deepest.instanceLocation)} does not satisfy "${deepest.keyword}"`;
}

/** Only a script can be stopped: it is one that calls back. */
function withinTime<Result>(work: () => Result): Result {
  const context = createContext({ work });
  return new Script("work()").runInContext(context, { timeout: MOST_TIME }) as Result;
}

/** `nullable`, which callers know from another dialect, in the words of this one. */
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
