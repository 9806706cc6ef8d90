import { Ajv } from "ajv";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";

import { seededRandom } from "../random.ts";
import { fillSchema } from "./fill-schema.ts";
import { textForPattern } from "./text-for-pattern.ts";

const ajv = new Ajv({ strict: false });
formats.default(ajv);

function fillMany(schema: object, words = "What is the weather in Paris on 2026-03-04?"): unknown[] {
  return Array.from({ length: 40 }, (_, seed) => fillSchema(schema, { random: seededRandom(seed), words }));
}

const tree = {
  type: "object",
  properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/node" } } },
  required: ["name", "children"],
};

describe("filling a schema", () => {
  it.each<[string, object]>([
    [
      "an object",
      {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "number" }, c: { type: "boolean" }, d: { type: "null" } },
        required: ["a", "b", "c", "d"],
        additionalProperties: false,
      },
    ],
    [
      "const and enum",
      { type: "object", properties: { a: { const: 7 }, b: { enum: ["x", "y", 3] } }, required: ["a", "b"] },
    ],
    [
      "bounds",
      {
        type: "object",
        properties: {
          a: { type: "integer", minimum: 5, maximum: 6 },
          b: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
          c: { type: "integer", multipleOf: 7, minimum: 10 },
        },
        required: ["a", "b", "c"],
      },
    ],
    [
      "arrays",
      {
        type: "array",
        minItems: 2,
        maxItems: 2,
        items: { type: "object", properties: { id: { type: "string", format: "uuid" } }, required: ["id"] },
      },
    ],
    ["tuples", { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], minItems: 2 }],
    [
      "formats",
      {
        type: "object",
        properties: Object.fromEntries(
          ["date-time", "date", "time", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"].map(
            (format) => [format, { type: "string", format }],
          ),
        ),
        required: ["date-time", "date", "time", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"],
      },
    ],
    [
      "unions",
      {
        anyOf: [
          { type: "null" },
          { type: "object", properties: { a: { oneOf: [{ type: "integer" }, { type: "string" }] } }, required: ["a"] },
        ],
      },
    ],
    ["a list of types", { type: ["string", "null"], minLength: 3 }],
    [
      "references",
      {
        $defs: { city: { type: "string", minLength: 2 } },
        type: "object",
        properties: { from: { $ref: "#/$defs/city" }, to: { $ref: "#/$defs/city" } },
        required: ["from", "to"],
      },
    ],
    ["recursion", { $defs: { node: tree }, $ref: "#/$defs/node" }],
    [
      "recursion through optional properties",
      {
        type: "object",
        properties: { value: { type: "integer" }, next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
        required: ["value", "next"],
      },
    ],
    [
      "allOf",
      {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "integer" } }, required: ["b"] },
        ],
      },
    ],
    ["a map", { type: "object", additionalProperties: { type: "integer" } }],
    ["lengths", { type: "string", minLength: 30, maxLength: 40 }],
    ["a pattern", { type: "string", pattern: "^[A-Z]{2}-\\d{3,5}(?:x|yz)?$" }],
  ])("%s gives what it accepts", (_, schema) => {
    const accepts = ajv.compile(schema);
    for (const value of fillMany(schema)) {
      expect(accepts(value), `${JSON.stringify(value)}: ${JSON.stringify(accepts.errors)}`).toBe(true);
    }
  });

  it("takes values from the user's words", () => {
    const schema = {
      type: "object",
      properties: {
        city: { type: "string" },
        date: { type: "string", format: "date" },
        unit: { enum: ["kelvin", "celsius"] },
        days: { type: "integer" },
      },
      required: ["city"],
    };
    const [value] = fillMany(schema, "Forecast for Paris from 2026-03-04 in celsius please");
    expect(value).toMatchObject({ city: "Paris", date: "2026-03-04", unit: "celsius" });
  });

  it("keeps propertyOrdering and reads upper-case types", () => {
    const schema = {
      type: "OBJECT",
      properties: { a: { type: "INTEGER" }, b: { type: "BOOLEAN" } },
      propertyOrdering: ["b", "a"],
    };
    expect(Object.keys(fillMany(schema)[0] as object)).toEqual(["b", "a"]);
  });

  it("gives up endless recursion without hanging", () => {
    const endless = {
      $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } }, required: ["next"] } },
      $ref: "#/$defs/node",
    };
    expect(fillMany(endless)[0]).toEqual({});
  });
});

describe("a text for a pattern", () => {
  it.each([
    "^\\d{4}-\\d{2}$",
    "^(red|green|blue)$",
    "^[a-c]+[^a-z]?$",
    "^\\+\\d{1,3}\\.x*$",
    "^[\\w.]{3,}@x$",
    "abc",
    "^(?:a|b){2}$",
  ])("%s", (pattern) => {
    for (let seed = 0; seed < 50; seed++)
      expect(textForPattern(pattern, seededRandom(seed))).toMatch(new RegExp(pattern));
  });
});
