// OpenAI's strict schemas: which schemas have a strict form, which have none, and what happens to the strictness.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import { openaiFacts } from "../../../providers/facts.ts";
import { openaiStrictDialect } from "./dialects.ts";
import { fitArguments } from "./fit.ts";
import { lower } from "./lower.ts";

const lowerStrict = (given: JsonObject): { schema: JsonObject; described: readonly string[] } | null => {
  const { schema, possible, notes } = lower(given, openaiStrictDialect, { root: "answer" });
  return possible ? { schema, described: notes.of("description") } : null;
};

/** An object with this one required property. */
const holding = (a: Json, more: JsonObject = {}): JsonObject => ({
  type: "object",
  properties: { a },
  required: ["a"],
  ...more,
});
const closed = (a: Json): JsonObject => holding(a, { additionalProperties: false });

describe("what has a strict form", () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ["an object is closed", holding({ type: "string" }), closed({ type: "string" }), []],
    [
      "within others, too",
      holding({ type: "array", items: holding({ type: "number" }) }),
      closed({ type: "array", items: closed({ type: "number" }) }),
      [],
    ],
    [
      "an optional property that may be null is required",
      { type: "object", properties: { a: { type: ["string", "null"] } } },
      closed({ type: ["string", "null"] }),
      [],
    ],
    [
      "oneOf",
      holding({ oneOf: [{ type: "string" }, { type: "null" }] }),
      closed({ anyOf: [{ type: "string" }, { type: "null" }] }),
      [],
    ],
    [
      "a lone allOf",
      holding({ allOf: [{ $ref: "#/$defs/s" }], description: "d" }, { $defs: { s: { type: "string" } } }),
      { ...closed({ description: "d", anyOf: [{ $ref: "#/$defs/s" }] }), $defs: { s: { type: "string" } } },
      [],
    ],
    [
      "nullable",
      holding({ type: "string", nullable: true, enum: ["x"] }),
      closed({ type: ["string", "null"], enum: ["x", null] }),
      [],
    ],
    [
      "annotations go",
      holding({ type: "string", title: "A", default: "x", examples: ["y"] }, { $schema: "s", $id: "i", title: "T" }),
      closed({ type: "string" }),
      [],
    ],
    [
      "a property may be called like a keyword",
      { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
      { type: "object", properties: { title: { type: "string" } }, required: ["title"], additionalProperties: false },
      [],
    ],
    [
      "constraints become words",
      holding({ type: "string", description: "d", minLength: 2, format: "uri", pattern: "^(?=x)" }),
      closed({ type: "string", description: 'd. At least 2 characters. Format: "uri". Matches the pattern "^(?=x)".' }),
      ["minLength", "format", "pattern"],
    ],
    [
      "but those that are taken",
      holding({
        type: "array",
        items: { type: "integer", minimum: 1, maximum: 9, const: 5 },
        minItems: 1,
        maxItems: 2,
      }),
      closed({ type: "array", items: { type: "integer", minimum: 1, maximum: 9, const: 5 }, minItems: 1, maxItems: 2 }),
      [],
    ],
  ])("%s", (...[, given, schema, described]) => {
    expect(lowerStrict(given)).toEqual({ schema, described });
  });

  test("one that meets the rules comes out as it is, in its order", () => {
    const schema = closed(closed({ type: "string", description: "d", pattern: "^x" }));
    expect(JSON.stringify(lowerStrict(schema)?.schema)).toBe(JSON.stringify(schema));
  });
});

test.each<[string, JsonObject]>([
  ["a root that is no object", { type: "array", items: { type: "string" } }],
  ["a root of alternatives", { type: "object", anyOf: [closed({ type: "string" })] }],
  ["a map", holding({ type: "object", additionalProperties: { type: "string" } })],
  ["an object of which nothing is said", holding({ type: "object" })],
  ["an optional property that must not be null", { type: "object", properties: { a: { type: "string" } } }],
  ["a property that is required and not described", holding({ type: "string" }, { required: ["a", "b"] })],
  ["anything", holding({})],
  ["several schemas at once", holding({ allOf: [holding({ type: "string" }), holding({ type: "number" })] })],
  ["conditions", holding({ type: "string" }, { if: { properties: { a: { const: "x" } } } })],
  ["items by their place", holding({ type: "array", prefixItems: [{ type: "string" }] })],
])("no strict form: %s", (_, schema) => {
  expect(lowerStrict(schema)).toBeNull();
});

describe("strictness", () => {
  const fit = (schema: JsonObject | null, strict: boolean | null): [JsonObject | null, boolean | null, string[]] => {
    const adapted = new Set<string>();
    const target = { facts: openaiFacts("gpt-4o"), own: false, adapted };
    const fitted = fitArguments(schema, { strict, field: "tools.f" }, target);
    return [fitted.schema, fitted.strict, [...adapted]];
  };
  const open = { type: "object", properties: { a: { type: "string" } } };

  test("that nobody asked for changes nothing", () => {
    expect(fit(open, null)).toEqual([open, null, []]);
    expect(fit(open, false)).toEqual([open, false, []]);
  });

  test("is kept where the schema has a strict form", () => {
    expect(fit(holding({ type: "string" }), true)).toEqual([
      closed({ type: "string" }),
      true,
      ["tools.f:additionalProperties>added"],
    ]);
    expect(fit(null, true)).toEqual([
      { type: "object", properties: {}, required: [], additionalProperties: false },
      true,
      [],
    ]);
    const [, strict, adapted] = fit(holding({ type: "string", minLength: 1 }), true);
    expect([strict, adapted]).toEqual([true, ["tools.f:minLength>description", "tools.f:additionalProperties>added"]]);
  });

  test("is loosened, with the schema as it was, where it has none", () => {
    expect(fit(open, true)).toEqual([open, false, ["tools.f.strict:true>false"]]);
  });
});
