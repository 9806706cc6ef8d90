// JSON Schema for Anthropic's structured outputs, and what they cannot express.
import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { anthropicStrictDialect } from "./dialects.ts";
import { lower } from "./lower.ts";

const lowerSchema = (given: JsonObject): { schema: JsonObject; described: readonly string[] } | null => {
  const { schema, possible, notes } = lower(given, anthropicStrictDialect, { root: "any" });
  return possible ? { schema, described: notes.of("description") } : null;
};

const object = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: "object",
  properties,
  required,
});
const property = (schema: JsonObject): unknown => {
  const lowered = lowerSchema(object({ a: schema }))!.schema;
  return (lowered["properties"] as JsonObject)["a"];
};

test("objects are closed, at every depth", () => {
  expect(lowerSchema(object({ a: object({ b: { type: "string" } }) }))!.schema).toEqual({
    type: "object",
    properties: {
      a: { type: "object", properties: { b: { type: "string" } }, required: ["b"], additionalProperties: false },
    },
    required: ["a"],
    additionalProperties: false,
  });
});

test.each([
  [
    { type: "number", minimum: 1, maximum: 5 },
    { type: "number", description: "At least 1. At most 5." },
  ],
  [
    { type: "string", minLength: 2, description: "A word." },
    { type: "string", description: "A word. At least 2 characters." },
  ],
  [
    { type: "array", items: { type: "string" }, minItems: 1 },
    { type: "array", items: { type: "string" }, minItems: 1 },
  ],
  [
    { type: "array", items: { type: "string" }, minItems: 3 },
    { type: "array", items: { type: "string" }, description: "At least 3 items." },
  ],
  [
    { type: "string", format: "date-time" },
    { type: "string", format: "date-time" },
  ],
  [
    { type: "string", format: "byte" },
    { type: "string", description: 'Format: "byte".' },
  ],
  [{ oneOf: [{ type: "string" }, { type: "null" }] }, { anyOf: [{ type: "string" }, { type: "null" }] }],
  [{ type: "string", nullable: true }, { type: ["string", "null"] }],
  [
    { type: ["string", "null"], enum: ["a", null] },
    { type: ["string", "null"], enum: ["a", null] },
  ],
  [{ const: 1, default: 1, examples: [1] }, { const: 1 }],
  [
    { type: "string", not: { const: "x" } },
    { type: "string", description: 'JSON Schema "not": {"const":"x"}.' },
  ],
  [
    { allOf: [{ type: "string", maxLength: 3 }] },
    { allOf: [{ type: "string", description: "At most 3 characters." }] },
  ],
] satisfies [JsonObject, JsonObject][])("%j becomes %j", (from, to) => {
  expect(property(from)).toEqual(to);
});

test("what went into words is named once", () => {
  const lowered = lowerSchema(object({ a: { type: "number", minimum: 1 }, b: { type: "number", minimum: 2 } }))!;
  expect(lowered.described).toEqual(["minimum"]);
});

test("shared definitions are kept, and closed", () => {
  const schema = {
    ...object({ a: { $ref: "#/$defs/A" } }),
    $defs: { A: object({ b: { type: "string" } }) },
    $schema: "x",
  };
  expect(lowerSchema(schema)!.schema).toMatchObject({ $defs: { A: { additionalProperties: false } } });
  expect(lowerSchema(schema)!.schema).not.toHaveProperty("$schema");
});

const optional = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`p${index}`, { type: "string" }]));
test.each([
  ["a schema that holds itself", { ...object({ next: { $ref: "#" } }) }],
  [
    "definitions that hold each other",
    {
      ...object({ a: { $ref: "#/$defs/A" } }),
      $defs: { A: { anyOf: [{ $ref: "#/$defs/B" }] }, B: { items: { $ref: "#/$defs/A" } } },
    },
  ],
  ["a map", { type: "object", additionalProperties: { type: "string" } }],
  ["an open object", { ...object({ a: { type: "string" } }), additionalProperties: true }],
  ["an object of anything", object({ a: { type: "object" } })],
  ["many optional properties", object(optional, [])],
] satisfies [string, JsonObject][])("%s cannot be asked for natively", (_name, schema) => {
  expect(lowerSchema(schema)).toBeNull();
});

test("the schema that was given is left as it is", () => {
  const schema = object({ a: { type: "number", minimum: 1 } });
  const before = structuredClone(schema);
  lowerSchema(schema);
  expect(schema).toEqual(before);
});

test("what is said to people and by example is dropped, and reported", () => {
  const a = { type: "string", default: "x", examples: ["y"], $comment: "z" };
  const { notes } = lower(object({ a }), anthropicStrictDialect, { root: "object" });
  expect(notes.entries("tools.look")).toEqual([
    "tools.look:default+examples+$comment>dropped",
    "tools.look:additionalProperties>added",
  ]);
});

test("a reference by an anchor leads to a definition; one that leads nowhere is described", () => {
  const anchored = { $anchor: "point", type: "string" };
  const { schema } = lowerSchema(object({ a: anchored, b: { $ref: "#point" } }))!;
  const { properties, $defs } = schema as { properties: JsonObject; $defs: JsonObject };
  const [[name, definition] = []] = Object.entries($defs);
  expect(properties["b"]).toEqual({ $ref: `#/$defs/${name}` });
  expect(definition).toEqual({ type: "string" });
  expect(properties["a"]).toEqual({ type: "string" });
  expect(lowerSchema(object({ a: { $ref: "#nowhere", type: "string" } }))!.described).toEqual(["$ref"]);
});
