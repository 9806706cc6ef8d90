// Folds a union of objects into one object, for targets that allow no union at the root of a tool's arguments: all
// members of all alternatives, under their own names, and the alternatives as text. A member that all of them require
// stays required.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import { mergeBranches, type Resolve } from "./merge.ts";
import { typesOf, typesOfValues } from "./types.ts";
import { shorten } from "./words.ts";

/** Nested unions beyond this depth are left out. */
const deepest = 16;
const mostWords = 1000;

export interface Folded {
  readonly schema: JsonObject;
  readonly words: readonly string[];
  /** The keywords that were folded. */
  readonly folded: readonly string[];
  /** Some object is valid by the schema. */
  readonly isObject: boolean;
}

/** The schema without `anyOf` and `oneOf`. */
export function foldUnions(schema: JsonObject, resolve: Resolve): Folded {
  const folded = ["anyOf", "oneOf"].filter((key) => schema[key] !== undefined);
  const words: string[] = [];
  const { anyOf: _, oneOf: __, ...whole } = schema;
  const shape = shapeOf(schema, { resolve, depth: 0, words });
  if (shape === null) return { schema: whole, words, folded, isObject: false };
  const { properties: ___, required: ____, ...rest } = whole;
  const out: MutableJson = { ...rest, properties: Object.fromEntries(shape.properties) };
  if (shape.required.size > 0) out["required"] = [...shape.required];
  if (shape.closed && out["additionalProperties"] === undefined) out["additionalProperties"] = false;
  return { schema: out, words, folded, isObject: true };
}

interface Shape {
  readonly properties: Map<string, Json>;
  readonly required: Set<string>;
  /** Allows no other members. */
  readonly closed: boolean;
}

interface Way {
  readonly resolve: Resolve;
  readonly depth: number;
  /** Collects the sentences about alternatives. */
  readonly words: string[];
}

/** Null if no object is valid by it. */
function shapeOf(node: Json, way: Way): Shape | null {
  if (node === false || way.depth > deepest) return null;
  const { schema } = mergeBranches({}, [node], way.resolve);
  const types = typesOf(schema);
  if (types.length > 0 && !types.includes("object")) return null;
  const { properties, required, additionalProperties: open } = schema;
  let shape: Shape = {
    properties: new Map(Object.entries(isObject(properties) ? properties : {}).map(([name, one]) => [name, one ?? {}])),
    required: new Set(isArray(required) ? required.filter((name) => typeof name === "string") : []),
    closed: open === false,
  };
  for (const key of ["anyOf", "oneOf"] as const) {
    const branches = schema[key];
    if (!isArray(branches)) continue;
    // Sentences about alternatives of an alternative would have no context.
    const inner = { ...way, depth: way.depth + 1, words: [] };
    const shapes = branches.map((branch) => shapeOf(branch, inner)).filter((one) => one !== null);
    if (shapes.length > 1) way.words.push(describeUnion(key, shapes));
    if (shapes.length === 0) return null;
    shape = join(shape, shapes);
  }
  return shape;
}

function join(base: Shape, shapes: readonly Shape[]): Shape {
  const members = new Map<string, Map<string, Json>>();
  const counts = new Map<string, number>();
  const needs = new Map<string, number>();
  for (const { properties, required } of shapes) {
    for (const [name, schema] of properties) {
      const variants = members.get(name) ?? new Map<string, Json>();
      variants.set(JSON.stringify(schema), schema);
      members.set(name, variants);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const name of required) needs.set(name, (needs.get(name) ?? 0) + 1);
  }
  const properties = new Map(base.properties);
  for (const [name, schemas] of members) {
    // An alternative without this member allows it as the whole does.
    if (base.properties.has(name) && counts.get(name) !== shapes.length) continue;
    properties.set(name, choice([...schemas.values()]));
  }
  const required = new Set(base.required);
  for (const [name, count] of needs) if (count === shapes.length) required.add(name);
  return { properties, required, closed: base.closed || shapes.every((shape) => shape.closed) };
}

/** One of several schemas: one enumeration if all are plain values, otherwise a union, which is lowered later. */
function choice(schemas: readonly Json[]): Json {
  const [only, ...more] = schemas;
  if (only !== undefined && more.length === 0) return only;
  const values = schemas.map(valuesOf);
  if (values.some((list) => list === null)) return { anyOf: schemas };
  const all = [...new Set(values.flatMap((list) => list ?? []))];
  const [type] = typesOfValues(all);
  return { ...(type === undefined ? {} : { type }), enum: all };
}

const valueWords: ReadonlySet<string> = new Set(["const", "enum", "type", "description", "title", "default"]);

/** The values of a schema that only enumerates plain values. */
function valuesOf(schema: Json): readonly Json[] | null {
  if (!isObject(schema) || Object.keys(schema).some((key) => !valueWords.has(key))) return null;
  const { const: constant, enum: list } = schema;
  const values = constant === undefined ? list : [constant];
  return isArray(values) && values.every((one) => typeof one !== "object") ? values : null;
}

function describeUnion(key: "anyOf" | "oneOf", shapes: readonly Shape[]): string {
  const sets: string[] = [];
  let length = 0;
  for (const shape of shapes) {
    if (length > mostWords) break;
    const text = describeShape(shape);
    length += text.length;
    sets.push(text);
  }
  const more = shapes.length - sets.length;
  const count = key === "oneOf" ? "exactly one" : "at least one";
  return `Give ${count} of these sets of members: ${sets.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}

function describeShape({ properties, required }: Shape): string {
  const names = new Set([...required, ...properties.keys()]);
  const members: string[] = [];
  let length = 0;
  for (const name of names) {
    if (length > mostWords) break;
    const member = describeMember(name, properties.get(name), required.has(name));
    length += member.length;
    members.push(member);
  }
  return `{${members.join(", ")}}`;
}

function describeMember(name: string, schema: Json | undefined, required: boolean): string {
  const key = `${shorten(JSON.stringify(name), 80)}${required ? "" : "?"}`;
  const constant = isObject(schema) ? schema["const"] : undefined;
  return constant === undefined ? key : `${key}: ${shorten(JSON.stringify(constant), 80)}`;
}
