// The lowering of JSON Schema, keyword by keyword, and the conversion of the vendor's older dialect.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { lowerParameters as lowerToParameters, lowerSchema as lowerToSchema } from "./schema.ts";
import { raiseSchema } from "./schema-raise.ts";

interface Told {
  readonly schema: JsonObject;
  /** Keywords that become text. */
  readonly lost: readonly string[];
}

const lowerSchema = (given: JsonObject): Told => {
  const { schema, notes } = lowerToSchema(given);
  return { schema, lost: notes.of("description") };
};

const lowerParameters = (given: JsonObject): Told | null => {
  const { schema, notes } = lowerToParameters(given);
  return schema === null ? null : { schema, lost: notes.of("description") };
};

describe("lowering of one keyword", () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      "kept keywords stay",
      { type: "integer", minimum: 1, maximum: 9, title: "N" },
      { type: "integer", minimum: 1, maximum: 9, title: "N" },
      [],
    ],
    ["format stays", { type: "string", format: "date-time" }, { type: "string", format: "date-time" }, []],
    ["trap 25: format enum without enum", { type: "string", format: "enum" }, { type: "string" }, []],
    ["upper-case types", { type: "STRING" }, { type: "string" }, []],
    ["trap 22: type lists stay lists", { type: ["string", "null"] }, { type: ["string", "null"] }, []],
    ["nullable", { type: "string", nullable: true }, { type: ["string", "null"] }, []],
    [
      "nullable anyOf",
      { anyOf: [{ type: "string" }], nullable: true },
      { anyOf: [{ type: "string" }, { type: "null" }] },
      [],
    ],
    ["const of text", { const: "a" }, { type: "string", enum: ["a"] }, []],
    ["const of a number", { const: 3 }, { type: "integer", enum: [3] }, []],
    ["trap 24: const of a boolean", { const: true }, { type: "boolean", description: "One of: true." }, ["const"]],
    [
      "trap 23: enum with empty text",
      { type: "string", enum: ["", "a"] },
      { type: "string", enum: ["a"], description: "May also be the empty string." },
      ["enum"],
    ],
    ["trap 23: enum with null", { enum: ["a", null] }, { type: ["string", "null"], enum: ["a"] }, []],
    ["enum of null alone", { enum: [null] }, { type: "null" }, []],
    ["enum of nothing", { type: "string", enum: [] }, { type: "string" }, []],
    ["enum of both booleans", { enum: [true, false] }, { type: "boolean" }, []],
    ["enum of numbers", { enum: [1, 2] }, { type: "integer", enum: [1, 2] }, []],
    ["enum of mixed things", { enum: [{ a: 1 }, "x"] }, { description: 'One of: {"a":1}, "x".' }, ["enum"]],
    [
      "pattern",
      { type: "string", pattern: "^a", description: "A word" },
      { type: "string", description: 'A word. Matches the pattern "^a".' },
      ["pattern"],
    ],
    [
      "lengths",
      { type: "string", minLength: 2, maxLength: 5 },
      { type: "string", description: "At least 2 characters. At most 5 characters." },
      ["minLength", "maxLength"],
    ],
    ["minLength 1", { type: "string", minLength: 1 }, { type: "string", description: "Not empty." }, ["minLength"]],
    ["minLength 0 says nothing", { type: "string", minLength: 0 }, { type: "string" }, []],
    [
      "uniqueItems",
      { type: "array", items: {}, uniqueItems: true },
      { type: "array", description: "No item twice.", items: {} },
      ["uniqueItems"],
    ],
    ["uniqueItems false", { type: "array", uniqueItems: false }, { type: "array", items: {} }, []],
    [
      "multipleOf",
      { type: "number", multipleOf: 5 },
      { type: "number", description: "A multiple of 5." },
      ["multipleOf"],
    ],
    [
      "exclusive limits of integers close",
      { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 },
      { type: "integer", minimum: 1, maximum: 9 },
      [],
    ],
    [
      "exclusive limits of numbers",
      { type: "number", exclusiveMinimum: 0 },
      { type: "number", description: "Greater than 0." },
      ["exclusiveMinimum"],
    ],
    [
      "draft 4 exclusive limit",
      { type: "integer", minimum: 0, exclusiveMinimum: true },
      { type: "integer", minimum: 1 },
      [],
    ],
    [
      "limits as text",
      { type: "array", minItems: "1", maxItems: "3" },
      { type: "array", minItems: 1, maxItems: 3, items: {} },
      [],
    ],
    ["default is told", { type: "integer", default: 5 }, { type: "integer", description: "Default: 5." }, ["default"]],
    [
      "examples are told",
      { type: "string", examples: ["x"] },
      { type: "string", description: 'For example: ["x"].' },
      ["examples"],
    ],
    [
      "annotations go",
      { $schema: "s", $comment: "c", readOnly: true, deprecated: true, "x-order": 1, type: "string" },
      { type: "string" },
      [],
    ],
    ["not", { not: { type: "null" } }, { description: 'JSON Schema "not": {"type":"null"}.' }, ["not"]],
    [
      "tuples of old drafts",
      { type: "array", items: [{ type: "string" }] },
      { type: "array", prefixItems: [{ type: "string" }], items: {} },
      [],
    ],
    ["boolean schemas", { type: "object", properties: { a: true } }, { type: "object", properties: { a: {} } }, []],
    [
      "a schema that nothing fits",
      { type: "object", properties: { a: false } },
      { type: "object", properties: { a: { description: "No value is allowed here." } } },
      ["false"],
    ],
    [
      "required members are described",
      { type: "object", required: ["a"] },
      { type: "object", properties: { a: {} }, required: ["a"] },
      [],
    ],
    [
      "an empty required goes",
      { type: "object", properties: { a: {} }, required: [] },
      { type: "object", properties: { a: {} } },
      [],
    ],
    [
      "additionalProperties stays",
      { type: "object", additionalProperties: { type: "STRING" } },
      { type: "object", additionalProperties: { type: "string" } },
      [],
    ],
    [
      "order is kept",
      { type: "object", properties: { b: {}, a: {} } },
      { type: "object", properties: { b: {}, a: {} }, propertyOrdering: ["b", "a"] },
      [],
    ],
    [
      "oneOf stays",
      { oneOf: [{ type: "string" }, { const: 1 }] },
      { oneOf: [{ type: "string" }, { type: "integer", enum: [1] }] },
      [],
    ],
  ])("%s", (_, ...[given, schema, lost]) => {
    expect(lowerSchema(given)).toEqual({ schema, lost });
  });
});

describe("references", () => {
  test("trap 27: stay, alone, with what stood beside them around them", () => {
    const given = {
      type: "object",
      properties: {
        home: { $ref: "#/definitions/Address", description: "Where they live" },
        work: { $ref: "#/definitions/Address" },
      },
      definitions: {
        Address: { type: "object", properties: { city: { type: "string" } } },
        Unused: { type: "string" },
      },
    };
    expect(lowerSchema(given)).toEqual({
      schema: {
        type: "object",
        properties: {
          home: { description: "Where they live", anyOf: [{ $ref: "#/$defs/Address" }] },
          work: { $ref: "#/$defs/Address" },
        },
        propertyOrdering: ["home", "work"],
        $defs: { Address: { type: "object", properties: { city: { type: "string" } } } },
      },
      lost: [],
    });
  });

  test("recursion through a required member makes it optional, and says so", () => {
    const node = {
      type: "object",
      properties: { value: { type: "string" }, next: { $ref: "#/$defs/Node" } },
      required: ["value", "next"],
    };
    const { schema, lost } = lowerSchema({
      type: "object",
      properties: { head: { $ref: "#/$defs/Node" } },
      required: ["head"],
      $defs: { Node: node },
    });
    expect(lost).toEqual(["required"]);
    expect(schema["required"]).toEqual(["head"]);
    expect(schema["$defs"]).toMatchObject({ Node: { required: ["value"], description: "Always give: next." } });
  });

  test("recursion in optional members stays as it is", () => {
    const node = { type: "object", properties: { children: { type: "array", items: { $ref: "#/$defs/Node" } } } };
    expect(lowerSchema({ $ref: "#/$defs/Node", $defs: { Node: node } })).toEqual({
      schema: { $ref: "#/$defs/Node", $defs: { Node: node } },
      lost: [],
    });
  });

  test("the root itself gets a name", () => {
    const { schema } = lowerSchema({ type: "object", properties: { child: { $ref: "#" } } });
    expect(schema).toMatchObject({
      properties: { child: { $ref: "#/$defs/Root" } },
      $defs: { Root: { properties: { child: { $ref: "#/$defs/Root" } } } },
    });
  });

  test("a place outside of the definitions gets one too", () => {
    const { schema } = lowerSchema({
      type: "object",
      properties: { a: { type: "string", title: "A" }, b: { $ref: "#/properties/a" } },
    });
    const definitions = schema["$defs"] as JsonObject;
    expect(Object.values(definitions)).toEqual([{ type: "string", title: "A" }]);
  });

  test.each(["https://example.com/schema.json", "#anchor", "#/$defs/Missing"])(
    "%s leads nowhere: anything goes, and that is reported",
    ($ref) => {
      expect(lowerSchema({ type: "object", properties: { a: { $ref } } })).toEqual({
        schema: { type: "object", properties: { a: {} } },
        lost: ["$ref"],
      });
    },
  );
});

describe("allOf", () => {
  test("one reference is that reference", () => {
    const given = {
      type: "object",
      properties: { a: { allOf: [{ $ref: "#/$defs/A" }], description: "An A" } },
      $defs: { A: { type: "string" } },
    };
    expect(lowerSchema(given).schema["properties"]).toEqual({
      a: { description: "An A", anyOf: [{ $ref: "#/$defs/A" }] },
    });
  });

  test("branches are merged, references among them too", () => {
    const given = {
      allOf: [
        { $ref: "#/$defs/Base" },
        { type: "object", properties: { b: { type: "integer", minimum: 2 } }, required: ["b"] },
        { properties: { a: { type: "string" } } },
      ],
      $defs: { Base: { type: "object", properties: { a: { type: "string" } }, required: ["a"] } },
    };
    expect(lowerSchema(given)).toEqual({
      schema: {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "integer", minimum: 2 } },
        required: ["a", "b"],
        propertyOrdering: ["a", "b"],
      },
      lost: [],
    });
  });

  test("what contradicts is reported", () => {
    expect(lowerSchema({ allOf: [{ type: "string" }, { type: "number" }] })).toEqual({
      schema: { type: "string" },
      lost: ["allOf"],
    });
  });

  test("a branch that leads back to itself ends", () => {
    const given = {
      $ref: "#/$defs/A",
      $defs: { A: { allOf: [{ $ref: "#/$defs/A" }, { type: "object" }], type: "object" } },
    };
    expect(lowerSchema(given).schema["$defs"]).toMatchObject({ A: { type: "object" } });
  });
});

describe("a tool's arguments", () => {
  test.each<[string, JsonObject]>([
    ["nothing", {}],
    ["an empty object", { type: "object", properties: {} }],
    ["a closed empty object", { type: "object", properties: {}, additionalProperties: false, required: [] }],
  ])("%s: no parameters", (_, schema) => {
    expect(lowerParameters(schema)).toBeNull();
  });

  test("an open map has parameters", () => {
    expect(lowerParameters({ type: "object", additionalProperties: true })?.schema).toEqual({
      type: "object",
      additionalProperties: true,
    });
  });

  test("the root is an object, also where it was a reference or said nothing", () => {
    expect(lowerParameters({ properties: { a: {} } })?.schema["type"]).toBe("object");
    const referred = lowerParameters({
      $ref: "#/$defs/A",
      $defs: { A: { type: "object", properties: { a: { type: "string" } } } },
    });
    expect(referred?.schema).toEqual({ type: "object", properties: { a: { type: "string" } } });
  });

  test("strict schemas pass untouched but for the order", () => {
    const strict = {
      type: "object",
      properties: { a: { type: ["string", "null"] }, b: { type: "array", items: { type: "number" } } },
      required: ["a", "b"],
      additionalProperties: false,
    };
    expect(lowerParameters(strict)).toEqual({ schema: { ...strict, propertyOrdering: ["a", "b"] }, lost: [] });
  });

  test("a member named like the prototype is a member", () => {
    const given = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"STRING"},"constructor":{"type":"STRING"}}}',
    ) as JsonObject;
    expect(Object.keys(lowerParameters(given)?.schema["properties"] as JsonObject)).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});

const allowed = new Set(
  "$defs $ref type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering".split(
    " ",
  ),
);

function keywordsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(keywordsOf);
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key === "properties" || key === "$defs") return Object.values(value as object).flatMap(keywordsOf);
    return [key, ...(key === "enum" || key === "required" || key === "propertyOrdering" ? [] : keywordsOf(value))];
  });
}

describe("an allOf that holds itself is cut, one that merely comes twice is not", () => {
  test.each([
    [{ anyOf: [{ allOf: [{}, { $ref: "#" }] }] }, { anyOf: [{ anyOf: [{}] }] }, ["allOf"]],
    [
      {
        $defs: { base: { properties: { id: { type: "string" } } } },
        allOf: [
          { $ref: "#/$defs/base" },
          { properties: { child: { allOf: [{ $ref: "#/$defs/base" }, { description: "inner" }] } } },
        ],
      },
      {
        properties: {
          id: { type: "string" },
          child: { description: "inner", properties: { id: { type: "string" } } },
        },
        propertyOrdering: ["id", "child"],
      },
      [],
    ],
  ] as [JsonObject, JsonObject, string[]][])("%j", (schema, expected, lost) => {
    expect(lowerSchema(schema)).toEqual({ schema: expected, lost });
  });
});

describe("any schema", () => {
  const keyword = fc.constantFrom(
    "type",
    "enum",
    "const",
    "pattern",
    "minLength",
    "not",
    "if",
    "allOf",
    "anyOf",
    "items",
    "properties",
    "$ref",
    "default",
    "nullable",
    "exclusiveMinimum",
    "patternProperties",
    "required",
    "additionalProperties",
  );
  const { schema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.dictionary(
      keyword,
      fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("string", "#", "#/$defs/A", "#/properties/type"),
        fc.boolean(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie("schema"), { maxLength: 3 }),
        tie("schema"),
      ),
      { maxKeys: 5 },
    ) as fc.Arbitrary<JsonObject>,
  }));

  test("comes out with known keywords only, again and again the same", () => {
    fc.assert(
      fc.property(schema, (given) => {
        const once = lowerSchema(given).schema;
        expect(keywordsOf(once).filter((key) => !allowed.has(key))).toEqual([]);
        expect(lowerSchema(given).schema).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});

test("the vendor's dialect is raised to JSON Schema, in the order it asks for", () => {
  expect(
    raiseSchema({
      type: "OBJECT",
      property_ordering: ["b", "a"],
      properties: {
        a: { type: "STRING", nullable: true, minLength: "2" },
        b: { type: 5, items: { type: 3 }, max_items: "4" },
        c: { any_of: [{ type: "NUMBER" }, { type: "BOOLEAN" }], nullable: true },
      },
    }),
  ).toEqual({
    type: "object",
    properties: {
      b: { type: "array", items: { type: "integer" }, maxItems: 4 },
      a: { type: ["string", "null"], minLength: 2 },
      c: { anyOf: [{ type: "number" }, { type: "boolean" }, { type: "null" }] },
    },
  });
});
