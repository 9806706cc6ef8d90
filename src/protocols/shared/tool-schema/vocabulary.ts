// The keywords of JSON Schema (draft 2020-12, and what older drafts and OpenAPI left in use) and the kind of their
// values: a schema, a list or a map of schemas, or plain data. Nothing here depends on a target.

/** One schema. */
export const oneSchema: ReadonlySet<string> = new Set([
  "items",
  "additionalItems",
  "unevaluatedItems",
  "contains",
  "additionalProperties",
  "unevaluatedProperties",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
  "contentSchema",
]);

/** A list of schemas. */
export const schemaList: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);

/** Schemas by names of the caller. */
export const schemaMap: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);

/** Keywords that describe a schema and restrict nothing. */
export const annotations: readonly string[] = [
  "$schema",
  "$id",
  "$anchor",
  "$comment",
  "$dynamicAnchor",
  "$vocabulary",
  "readOnly",
  "writeOnly",
  "deprecated",
  "discriminator",
  "xml",
  "externalDocs",
  "contentMediaType",
  "contentEncoding",
  "strict",
];

/** In the order of the table in the docs. */
export const vocabularyKeywords: readonly string[] = [
  ..."type enum const format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum".split(" "),
  ..."multipleOf properties required additionalProperties patternProperties propertyNames minProperties".split(" "),
  ..."maxProperties dependentRequired dependentSchemas unevaluatedProperties items prefixItems contains".split(" "),
  ..."minItems maxItems uniqueItems anyOf oneOf allOf not if $ref $defs definitions".split(" "),
  ..."then else minContains maxContains dependencies unevaluatedItems additionalItems contentSchema $dynamicRef".split(
    " ",
  ),
  ..."description title default examples example nullable propertyOrdering".split(" "),
];
