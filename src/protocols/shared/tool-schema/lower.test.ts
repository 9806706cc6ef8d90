// The lowering of tool schemas for targets that do not enforce them: what is added, folded, corrected and described,
// and that everything else stays the same.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { Dialect } from "./dialect.ts";
import { anthropicDialect, geminiDialect, hostDialect, openaiDialect } from "./dialects.ts";
import { lower } from "./lower.ts";

const nothing = { type: "object", properties: {} };
const told = (given: JsonObject, dialect: Dialect): [JsonObject, readonly string[]] => {
  const { schema, notes } = lower(given, dialect, { root: "object" });
  return [schema, notes.entries("f")];
};
const holding = (a: Json, more: JsonObject = {}): JsonObject => ({ type: "object", properties: { a }, ...more });
const path = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
const url = { type: "object", properties: { url: { type: "string" }, depth: { type: "integer" } }, required: ["url"] };
const either = "Give at least one of these sets of members: ";
const one = "Give exactly one of these sets of members: ";

describe("the root of a tool's arguments at OpenAI", () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ["an object without properties", { type: "object" }, nothing, ["f:properties>added"]],
    ["nothing", {}, nothing, ["f:type+properties>added"]],
    ["a null for a type", { type: null }, nothing, ["f:type>mended", "f:type+properties>added"]],
    ["no type", { properties: { a: {} } }, { type: "object", properties: { a: {} } }, ["f:type>added"]],
    ["types", { ...path, type: ["object", "null"] }, path, ["f:type>folded"]],
    ["a type in capitals", { ...path, type: "OBJECT" }, path, ["f:type>mended"]],
    [
      "a type that is none",
      { type: "string", maxLength: 5 },
      { type: "object", description: 'JSON Schema "type": "string".', maxLength: 5, properties: {} },
      ["f:type>description", "f:properties>added"],
    ],
    [
      "anyOf",
      { anyOf: [path, url] },
      {
        type: "object",
        properties: { path: { type: "string" }, url: { type: "string" }, depth: { type: "integer" } },
        description: `${either}{"path"}; {"url", "depth"?}.`,
      },
      ["f:anyOf>folded", "f:type>added"],
    ],
    [
      "oneOf of what must be given, beside the members",
      {
        type: "object",
        description: "Reads",
        properties: { yaml: { type: "string" }, dir: { type: "string" } },
        oneOf: [{ required: ["yaml"] }, { required: ["dir"] }],
      },
      {
        type: "object",
        description: `Reads. ${one}{"yaml"}; {"dir"}.`,
        properties: { yaml: { type: "string" }, dir: { type: "string" } },
      },
      ["f:oneOf>folded"],
    ],
    [
      "kinds that a constant tells apart; what all of them need stays required",
      {
        oneOf: [
          holding(
            { type: "string" },
            { properties: { kind: { const: "x" }, a: { type: "string" } }, required: ["kind"] },
          ),
          {
            type: "object",
            properties: { kind: { const: "y" }, a: { type: "number" } },
            required: ["a", "kind"],
            additionalProperties: false,
          },
        ],
      },
      {
        type: "object",
        properties: {
          kind: { type: "string", enum: ["x", "y"] },
          a: { anyOf: [{ type: "string" }, { type: "number" }] },
        },
        required: ["kind"],
        description: `${one}{"kind": "x", "a"?}; {"a", "kind": "y"}.`,
      },
      ["f:oneOf>folded", "f:type>added"],
    ],
    [
      "alternatives that are closed, among them no object",
      { anyOf: [{ ...path, additionalProperties: false }, { type: "null" }] },
      { ...path, additionalProperties: false },
      ["f:anyOf>folded", "f:type>added"],
    ],
    [
      "allOf",
      { allOf: [path, { properties: { mode: { enum: ["r", "w"] } }, required: ["mode"] }] },
      {
        type: "object",
        properties: { path: { type: "string" }, mode: { enum: ["r", "w"] } },
        required: ["path", "mode"],
      },
      ["f:allOf>folded"],
    ],
    [
      "a reference",
      { $ref: "#/definitions/A", definitions: { A: path }, description: "d" },
      { ...path, definitions: { A: path }, description: "d" },
      ["f:$ref>folded"],
    ],
    [
      "references in alternatives, to a place that moves",
      {
        anyOf: [{ $ref: "#/$defs/P" }, holding({ $ref: "#/anyOf/2/properties/url" }), url],
        $defs: { P: path },
      },
      {
        type: "object",
        properties: {
          path: { type: "string" },
          a: { $ref: expect.stringMatching(/^#\/\$defs\/Definition_/u) as unknown as string },
          url: { type: "string" },
          depth: { type: "integer" },
        },
        description: `${either}{"path"}; {"a"?}; {"url", "depth"?}.`,
        $defs: expect.objectContaining({ P: path }) as unknown as JsonObject,
      },
      ["f:anyOf+$ref>folded", "f:type>added"],
    ],
    [
      "not, and a list of values",
      { ...path, not: { required: ["url"] }, enum: [{ path: "x" }] },
      {
        ...path,
        description: 'JSON Schema "not": {"required":["url"]}. JSON Schema "enum": [{"path":"x"}].',
      },
      ["f:not+enum>description"],
    ],
  ])("%s", (...[, given, schema, notes]) => {
    expect(told(given, openaiDialect)).toEqual([schema, notes]);
  });

  test("what is taken stays as it is, in its order", () => {
    const given = {
      $schema: "http://json-schema.org/draft-07/schema#",
      properties: {
        a: { anyOf: [{ type: "string", minLength: 1 }, { type: "null" }], default: null },
        pattern: { type: "string", pattern: "^[a-z]{2,5}\\d*$", format: "uri" },
        map: { type: "object", additionalProperties: { type: "number" } },
        free: {},
        more: { allOf: [{ $ref: "#/$defs/M" }], not: { const: 1 } },
      },
      $defs: { M: { type: "object" } },
      "x-order": 1,
      type: "object",
    };
    expect(JSON.stringify(lower(given, openaiDialect, { root: "object" }).schema)).toBe(JSON.stringify(given));
    expect(lower(given, openaiDialect, { root: "object", own: true }).schema).toBe(given);
  });
});

describe("further down at OpenAI", () => {
  test.each<[string, Json, Json, string[]]>([
    ["an array of anything", { type: "array" }, { type: "array", items: {} }, ["f:items>added"]],
    [
      "a tuple",
      { type: "array", items: [{ type: "number" }] },
      { type: "array", prefixItems: [{ type: "number" }], items: {} },
      ["f:items>mended", "f:items>added"],
    ],
    [
      "a pattern that looks around",
      { type: "string", pattern: "^(?!__)x$", description: "A name" },
      { type: "string", description: 'A name. Matches the pattern "^(?!__)x$".' },
      ["f:pattern>description"],
    ],
    [
      "a map under a pattern of another dialect",
      { type: "object", patternProperties: { "^\\p{L}$": { type: "string" }, "^x-": {} } },
      {
        type: "object",
        patternProperties: { "^x-": {} },
        description: 'JSON Schema "patternProperties": {"^\\\\p{L}$":{"type":"string"}}.',
      },
      ["f:patternProperties>description"],
    ],
    [
      "an open limit of draft 4",
      { type: "number", minimum: 0, exclusiveMinimum: true },
      { type: "number", exclusiveMinimum: 0 },
      ["f:minimum+exclusiveMinimum>mended"],
    ],
    ["a null for words", { type: "string", description: null }, { type: "string" }, ["f:description>mended"]],
    ["an unknown type", { type: "any" }, {}, ["f:type>mended"]],
    ["a required member of draft 3", { type: "string", required: true }, { type: "string" }, ["f:required>mended"]],
  ])("%s", (...[, given, expected, notes]) => {
    const [schema, entries] = told(holding(given), openaiDialect);
    expect((schema["properties"] as JsonObject)["a"]).toEqual(expected);
    expect(entries).toEqual(notes);
  });

  test("a member that draft 3 requires is required", () => {
    expect(told(holding({ type: "string", required: true }), openaiDialect)[0]["required"]).toEqual(["a"]);
  });
});

describe("at Anthropic", () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ["an object without properties is taken", { type: "object" }, { type: "object" }, []],
    ["nothing", {}, { type: "object" }, ["f:type>added"]],
    [
      "not, patterns and arrays of anything are taken",
      holding({ type: "array" }, { not: {} }),
      holding({ type: "array" }, { not: {} }),
      [],
    ],
    [
      "a member of another name can still be given",
      {
        type: "object",
        properties: { "filter[id]": { type: "string" }, $top: { type: "integer" }, ok: {} },
        required: ["ok", "$top"],
        additionalProperties: false,
      },
      {
        type: "object",
        description: 'May also have "filter[id]": {"type":"string"}. Always give "$top": {"type":"integer"}.',
        properties: { ok: {} },
        required: ["ok"],
      },
      ["f:properties>description", "f:additionalProperties>dropped"],
    ],
    [
      "names are looked at in the root only",
      holding({ type: "object", properties: { "b[]": {} } }),
      holding({ type: "object", properties: { "b[]": {} } }),
      [],
    ],
    [
      "a map of anything",
      holding({ type: "object", patternProperties: { "^(.*)$": {} } }),
      holding({ type: "object", additionalProperties: {} }),
      ["f:patternProperties>folded"],
    ],
  ])("%s", (...[, given, schema, notes]) => {
    expect(told(given, anthropicDialect)).toEqual([schema, notes]);
  });
});

describe("at hosts of which nothing is known", () => {
  test.each<[string, Json, Json, string[]]>([
    [
      "types go into the branches of a union",
      { type: "array", anyOf: [{ maxItems: 2 }, { type: "string" }] },
      { anyOf: [{ type: "array", maxItems: 2, items: {} }, { type: "string" }] },
      ["f:type>folded", "f:items>added"],
    ],
    ["values have a type", { enum: ["a", "b"] }, { enum: ["a", "b"], type: "string" }, ["f:type>added"]],
    [
      "what is required is described",
      { type: "object", required: ["x"] },
      { type: "object", required: ["x"], properties: { x: {} } },
      ["f:properties>added"],
    ],
    ["a pattern that is anchored", { pattern: "^a+$", type: "string" }, { pattern: "^a+$", type: "string" }, []],
    [
      "a pattern that is not",
      { pattern: "\\S", type: "string" },
      { type: "string", description: 'Matches the pattern "\\\\S".' },
      ["f:pattern>description"],
    ],
    [
      "the other spelling of nothing",
      { pattern: "^[^\\0]*$", type: "string" },
      { type: "string", description: 'Matches the pattern "^[^\\\\0]*$".' },
      ["f:pattern>description"],
    ],
    ["a reference that leads nowhere", { $ref: "#/$defs/no" }, {}, ["f:$ref>description"]],
  ])("%s", (...[, given, expected, notes]) => {
    const [schema, entries] = told(holding(given), hostDialect);
    expect((schema["properties"] as JsonObject)["a"]).toEqual(expected);
    expect(entries.toSorted()).toEqual(notes.toSorted());
  });
});

test("an answer that can be no object has no form where answers are objects", () => {
  const possible = (given: JsonObject): boolean => lower(given, openaiDialect, { root: "answer" }).possible;
  expect(possible({ type: "array", items: {} })).toBe(false);
  expect(possible({ anyOf: [{ type: "string" }, { type: "number" }] })).toBe(false);
  expect(possible({ anyOf: [{ type: "string" }, path] })).toBe(true);
  expect(possible({})).toBe(true);
});

test("members that are named like the prototype stay members", () => {
  const given = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"array"}},"__proto__":1}') as JsonObject;
  for (const dialect of [openaiDialect, hostDialect, anthropicDialect, geminiDialect]) {
    const { schema } = lower(given, dialect, { root: "object" });
    expect(Object.keys(schema["properties"] as JsonObject)).toEqual(["__proto__"]);
  }
});

test("a schema of a thousand odd words does not fill the report", () => {
  const odd = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`ünusual,${index}`, 1]));
  const { notes } = lower(holding(odd), geminiDialect, { root: "object" });
  const [entry = ""] = notes.entries("tools.f");
  expect(entry).toMatch(/^tools\.f:\?nusual\?0\+.*\+988 more>description$/u);
});
