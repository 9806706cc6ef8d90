import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../core/json.ts";
import { findJsonSchemaMismatch } from "./json-schema.ts";

describe("the schema", () => {
  test.each<[Json, JsonObject, string | null]>([
    [1, { type: "integer" }, null],
    [1, { type: "number" }, null],
    [1.5, { type: "integer" }, 'the answer does not satisfy "type"'],
    [null, { type: ["string", "null"] }, null],
    [null, { type: "string", nullable: true }, null],
    [{ a: null }, { properties: { a: { type: "string", nullable: true } } }, null],
    [1, { type: "string", nullable: true }, '"type"'],
    ["x", { enum: ["x", "y"] }, null],
    ["z", { enum: ["x", "y"] }, '"enum"'],
    [{ b: 1, a: 2 }, { const: { a: 2, b: 1 } }, null],
    [{ a: 1 }, { const: 2 }, '"const"'],
    [[1, "x"], { type: "array", items: { type: "integer" } }, '1 does not satisfy "type"'],
    [[1], { minItems: 2 }, '"minItems"'],
    [[1, "x"], { prefixItems: [{ type: "integer" }], items: { type: "string" } }, null],
    [{ a: 1, b: 2 }, { properties: { a: {} }, additionalProperties: false }, "b does not satisfy"],
    [
      { a: { b: [{ c: 1 }] } },
      { properties: { a: { properties: { b: { items: { required: ["d"] } } } } } },
      'a.b.0 does not satisfy "required"',
    ],
    [3, { anyOf: [{ type: "string" }, { type: "integer" }] }, null],
    [3, { allOf: [{ type: "integer" }, { enum: [4] }] }, '"enum"'],
    [
      { x: { v: 1 } },
      { $defs: { "n/d": { required: ["w"] } }, properties: { x: { $ref: "#/$defs/n~1d" } } },
      'x does not satisfy "required"',
    ],
    [{ constructor: 1 }, { properties: {}, required: ["toString"] }, '"required"'],
  ])("%j under %j", (value, wanted, words) => {
    const wrong = findJsonSchemaMismatch(value, wanted);
    if (words === null) expect(wrong).toBeNull();
    else expect(wrong).toContain(words);
  });

  test.each<[Json, JsonObject, string]>([
    [{ n: 1 }, { properties: { n: { minimum: 3 } } }, '"minimum"'],
    [{ n: 3 }, { properties: { n: { exclusiveMaximum: 3 } } }, '"exclusiveMaximum"'],
    [{ n: 5 }, { properties: { n: { multipleOf: 2 } } }, '"multipleOf"'],
    [{ s: "" }, { properties: { s: { minLength: 1 } } }, '"minLength"'],
    [{ s: "x" }, { properties: { s: { pattern: "^[0-9]+$" } } }, '"pattern"'],
    [{ s: "x" }, { properties: { s: { format: "date-time" } } }, '"format"'],
    [{ l: [1, 1] }, { properties: { l: { uniqueItems: true } } }, '"uniqueItems"'],
    [{ a: 1 }, { patternProperties: { "^a": { type: "string" } } }, '"type"'],
    [{ a: 1 }, { dependentRequired: { a: ["b"] } }, '"dependentRequired"'],
    [{ a: 1 }, { not: { required: ["a"] } }, '"not"'],
    [1, { oneOf: [{ type: "integer" }, { minimum: 0 }] }, '"oneOf"'],
  ])("what is lost when a schema is lowered is looked at: %j under %j", (value, wanted, words) => {
    expect(findJsonSchemaMismatch(value, wanted)).toContain(words);
  });

  test.each<JsonObject>([
    { properties: { x: { $ref: "https://elsewhere.example" } } },
    { $ref: "#/nowhere" },
    { $ref: "#" },
    { pattern: "(" },
  ])("%j cannot be judged, and is taken as right", (wanted) => {
    expect(findJsonSchemaMismatch("x", wanted)).toBeNull();
  });

  test("one that leads to itself ends", () => {
    const tree: JsonObject = { type: "object", properties: { next: { $ref: "#" } }, additionalProperties: false };
    expect(findJsonSchemaMismatch({ next: { next: { next: {} } } }, tree)).toBeNull();
    expect(findJsonSchemaMismatch({ next: { next: { other: 1 } } }, tree)).toContain("next.next.other");
  });

  test("what multiplies without end is given up soon", () => {
    const doubling: JsonObject = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`d${n}`, { allOf: [0, 1].map(() => ({ $ref: `#/$defs/d${n + 1}` })) }]),
    );
    const began = performance.now();
    expect(findJsonSchemaMismatch("x", { $defs: { ...doubling, d40: {} }, $ref: "#/$defs/d0" })).toBeNull();
    expect(findJsonSchemaMismatch(`${"a".repeat(50)}!`, { pattern: "^(a+)+$" })).toBeNull();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("no value and no schema brings it down", () => {
    const anything = fc.jsonValue() as fc.Arbitrary<Json>;
    const words = fc.constantFrom(
      "type",
      "enum",
      "properties",
      "items",
      "required",
      "anyOf",
      "$ref",
      "const",
      "pattern",
    );
    fc.assert(
      fc.property(anything, fc.dictionary(words, anything), (value, wanted) => {
        const wrong = findJsonSchemaMismatch(value, wanted);
        expect(wrong === null || wrong.length > 0).toBe(true);
      }),
    );
  });
});
