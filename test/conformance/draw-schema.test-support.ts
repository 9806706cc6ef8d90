// JSON Schemas drawn at random, as tools bring them: those of MCP servers, of frameworks in every draft, and nonsense. Not a
// test.
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/core/json.ts";

const names = ["a", "b", "kind", "path", "filter[id]", "$top", "__proto__", "type", "pattern"];
const name = fc.constantFrom(...names);
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Json>("string", "object", "array", "integer", "boolean", "number", "null") },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>(
      ["string", "null"],
      ["object", "null"],
      ["array", "string"],
      "STRING",
      "any",
      null,
      [],
    ),
  },
);
const pattern = fc.constantFrom<Json>(
  "^[a-z]+$",
  "\\S",
  "^(?!__)x$",
  "^\\p{L}+$",
  "^(?<y>a)$",
  "^[^\\0]*$",
  "^[\\w-.]+$",
  "^(a)\\1$",
  "^[]$",
  "(",
  5,
);
const reference = fc.constantFrom(
  "#",
  "#/$defs/A",
  "#/$defs/B",
  "#/definitions/C",
  "#/properties/a",
  "#/anyOf/0",
  "#/allOf/0/properties/a",
  "#/$defs/missing",
  "https://example.com/s.json",
);
const plain: Record<string, fc.Arbitrary<Json>> = {
  description: fc.constantFrom<Json>("What it is.", "no stop", null),
  title: fc.constant("T"),
  default: fc.constantFrom<Json>(null, "x", { pattern: "(?=x)" }),
  enum: fc.constantFrom<Json>(["x", "y"], [1, null], ["", true], [{ a: 1 }], [], "x"),
  const: fc.constantFrom<Json>("x", 1, true, null),
  format: fc.constantFrom<Json>("uri", "date-time", "enum", "x"),
  pattern,
  minLength: fc.constantFrom<Json>(0, 2, "3", -1),
  maxItems: fc.constantFrom<Json>(2, "2"),
  minItems: fc.constantFrom<Json>(1, 3),
  minimum: fc.constantFrom<Json>(0, "1", null),
  exclusiveMinimum: fc.constantFrom<Json>(0, true, false),
  multipleOf: fc.constantFrom<Json>(2, 0),
  uniqueItems: fc.constantFrom<Json>(true, "yes"),
  nullable: fc.boolean(),
  $schema: fc.constant("http://json-schema.org/draft-07/schema#"),
  "x-order": fc.constant(1),
  examples: fc.constantFrom<Json>(["x"], "x"),
  required: fc.oneof<fc.Arbitrary<Json>[]>(
    fc.uniqueArray(name, { maxLength: 3 }),
    fc.constantFrom<Json>(true, null, ["a", "a"]),
  ),
};

const word: fc.Arbitrary<JsonObject> = fc.oneof(
  ...Object.entries(plain).map(([key, of]) => of.map((value): JsonObject => ({ [key]: value }))),
);

const together = (...parts: readonly JsonObject[]): JsonObject =>
  Object.fromEntries(parts.flatMap((part) => Object.entries(part)));

const few = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> => fc.array(of, { maxLength: 3 });
const members = (of: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc.array(fc.tuple(name, of), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs) as JsonObject);

const { schema } = fc.letrec<{ schema: Json; object: JsonObject; extra: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: "small", withCrossShrink: true },
    { weight: 1, arbitrary: fc.constantFrom<Json>(true, false, {}) },
    {
      weight: 3,
      arbitrary: fc.tuple(type, few(word)).map(([one, words]): Json => together({ type: one }, ...words)),
    },
    { weight: 1, arbitrary: few(word).map((words): Json => together(...words)) },
    { weight: 1, arbitrary: fc.record({ $ref: reference, description: fc.constant("d") }, { requiredKeys: ["$ref"] }) },
    { weight: 4, arbitrary: tie("object") },
  ),
  object: fc
    .tuple(
      fc.record(
        { type, properties: members(tie("schema")), required: plain["required"]!, additionalProperties: fc.boolean() },
        { requiredKeys: [] },
      ),
      fc.array(tie("extra"), { maxLength: 2 }),
    )
    .map(([base, extras]): JsonObject => together(base, ...extras)),
  extra: fc.oneof(
    ...Object.entries({
      additionalProperties: tie("schema"),
      patternProperties: fc
        .tuple(fc.constantFrom("^(.*)$", "^x-", "^\\p{L}$"), tie("schema"))
        .map(([key, one]): Json => ({ [key]: one })),
      items: fc.oneof<fc.Arbitrary<Json>[]>(tie("schema"), few(tie("schema"))),
      prefixItems: few(tie("schema")),
      anyOf: few(tie("schema")),
      oneOf: few(tie("schema")),
      allOf: few(tie("schema")),
      not: tie("schema"),
    }).map(([key, of]) => of.map((value): JsonObject => ({ [key]: value }))),
    word,
  ),
}));

/** One at a root, with definitions that its references lead to. */
export const rootSchema: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      root: fc.oneof(
        schema.filter((one): one is JsonObject => typeof one === "object" && one !== null),
        fc.constantFrom<JsonObject>({}, { type: "object" }, { type: "object", properties: {} }, { $ref: "#/$defs/A" }),
      ),
      A: schema,
      B: schema,
      C: schema,
    },
    { requiredKeys: ["root"] },
  )
  .map(({ root, A, B, C }) => ({
    ...root,
    ...(A === undefined && B === undefined
      ? {}
      : { $defs: { ...(A === undefined ? {} : { A }), ...(B === undefined ? {} : { B }) } }),
    ...(C === undefined ? {} : { definitions: { C } }),
  }));
