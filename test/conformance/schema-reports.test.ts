// Every keyword of JSON Schema, of OpenAPI and of vendors, to every kind of target, in a tool's arguments and in an
// answer's schema, for clients of every protocol: the keyword arrives as it was, or the report names it, once.
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import type { ClientProtocolName } from "../../src/core/chat.ts";
import type { EncodedRequest } from "../../src/core/encoded-request.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { ModelFacts } from "../../src/core/provider.ts";
import { protocols } from "../../src/protocols/index.ts";
import { annotations, vocabularyKeywords } from "../../src/protocols/shared/tool-schema/vocabulary.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "../../src/providers/facts.ts";

interface Target {
  readonly title: string;
  readonly protocol: ClientProtocolName;
  readonly model: string;
  readonly facts: ModelFacts;
  /** Another vendor goes before it, so that nothing was written for it. */
  readonly isStandIn?: true;
}

const target = (
  title: string,
  protocol: ClientProtocolName,
  [model, facts]: [string, (model: string) => ModelFacts],
): Target => ({
  title,
  protocol,
  model,
  facts: facts(model),
});
const targets: readonly Target[] = [
  target("OpenAI Chat", "openai-chat", ["gpt-4o", openaiFacts]),
  target("OpenAI Responses", "openai-responses", ["gpt-5.1", openaiFacts]),
  target("an unknown host", "openai-chat", ["any-model", compatibleFacts({})]),
  target("an unknown host of Responses", "openai-responses", ["any-model", compatibleFacts({})]),
  target("Claude", "anthropic-messages", ["claude-sonnet-4-6", claudeFacts]),
  target("a Claude without formats", "anthropic-messages", ["claude-3-5-haiku-20241022", claudeFacts]),
  target("Gemini 2.5", "gemini-generate", ["gemini-2.5-flash", geminiFacts]),
  target("Gemini 3", "gemini-generate", ["gemini-3.8-flash", geminiFacts]),
];

const text = { type: "string" };
/** With all that a cautious target adds to a schema. */
const whole: JsonObject = { type: "object", properties: { a: text, b: text } };
const texts = { type: "array", items: text };
const members: JsonObject = { type: "object", properties: { a: text }, required: ["a"], additionalProperties: false };

function conditional(...keywords: readonly string[]): JsonObject {
  return { ...members, ...Object.fromEntries(keywords.map((keyword) => [keyword, whole])) };
}

/** A keyword in a schema where it means something. */
const samples: Readonly<Record<string, JsonObject>> = {
  type: { type: ["string", "null"] },
  enum: { type: "string", enum: ["x", "y"] },
  "enum, with null": { type: ["string", "null"], enum: ["x", null] },
  "enum, of null": { enum: [null] },
  "enum, of booleans": { type: "boolean", enum: [true, false] },
  "enum, of one boolean": { type: "boolean", enum: [true] },
  "enum, with an empty text": { type: "string", enum: ["", "x"] },
  const: { type: "string", const: "x" },
  "const, of null": { const: null },
  format: { type: "string", format: "date-time" },
  "format, of a vendor": { type: "string", format: "color" },
  "format, of an enumeration": { type: "string", format: "enum", enum: ["", true] },
  pattern: { type: "string", pattern: "^a$" },
  "pattern, with a look-ahead": { type: "string", pattern: "^(?!x)y$" },
  minLength: { type: "string", minLength: 2 },
  "minLength, of nothing": { type: "string", minLength: 0 },
  maxLength: { type: "string", maxLength: 9 },
  minimum: { type: "integer", minimum: 1 },
  maximum: { type: "integer", maximum: 9 },
  exclusiveMinimum: { type: "integer", exclusiveMinimum: 1 },
  "exclusiveMinimum, of a number": { type: "number", exclusiveMinimum: 1 },
  exclusiveMaximum: { type: "integer", exclusiveMaximum: 9 },
  multipleOf: { type: "integer", multipleOf: 2 },
  properties: members,
  required: { ...members, required: ["a"] },
  "required, of nothing": { type: "object", properties: { a: text }, required: [] },
  "required, without its member": { type: "object", properties: { a: text }, required: ["b"] },
  additionalProperties: { ...members, additionalProperties: text },
  "additionalProperties, open": { type: "object", properties: { a: text }, additionalProperties: true },
  patternProperties: { type: "object", properties: {}, patternProperties: { "^x": text } },
  "patternProperties, of all": { type: "object", properties: {}, patternProperties: { ".*": text } },
  propertyNames: { ...members, propertyNames: { type: "string", maxLength: 9 } },
  minProperties: { ...members, minProperties: 1 },
  maxProperties: { ...members, maxProperties: 2 },
  dependentRequired: { ...members, dependentRequired: { a: ["b"] } },
  dependentSchemas: { ...members, dependentSchemas: { a: { ...whole, required: ["b"] } } },
  dependencies: { ...members, dependencies: { a: ["b"] } },
  unevaluatedProperties: { ...members, unevaluatedProperties: false },
  unevaluatedItems: { ...texts, unevaluatedItems: false },
  items: texts,
  "items, of anything": { type: "array", items: {} },
  "items, true": { type: "array", items: true },
  "items, false": { type: "array", items: false },
  additionalItems: { ...texts, additionalItems: false },
  prefixItems: { type: "array", prefixItems: [text], items: text },
  contains: { ...texts, contains: { type: "string", const: "x" } },
  minContains: { ...texts, contains: text, minContains: 1 },
  maxContains: { ...texts, contains: text, maxContains: 2 },
  minItems: { ...texts, minItems: 1 },
  "minItems, more": { ...texts, minItems: 3 },
  maxItems: { ...texts, maxItems: 3 },
  uniqueItems: { ...texts, uniqueItems: true },
  "uniqueItems, not": { ...texts, uniqueItems: false },
  anyOf: { anyOf: [text, { type: "integer" }] },
  oneOf: { oneOf: [text, { type: "integer" }] },
  allOf: { allOf: [members, { type: "object", description: "Its a." }] },
  not: { type: "string", not: { type: "string", const: "x" } },
  "if, with all": conditional("if", "then", "else"),
  "then, alone": conditional("if", "then"),
  "else, alone": conditional("if", "else"),
  $ref: { $ref: "#/$defs/A" },
  "$ref, with siblings": { $ref: "#/$defs/A", description: "One of them." },
  "$ref, with a title": { $ref: "#/$defs/A", title: "One" },
  "$ref, to an older place": { $ref: "#/definitions/B" },
  "$ref, to an anchor": { $ref: "#anchored" },
  "$ref, to nowhere": { $ref: "#/$defs/missing" },
  $defs: { ...members, $defs: { C: text } },
  definitions: { ...members, definitions: { C: text } },
  description: { type: "string", description: "What it is." },
  title: { type: "string", title: "It" },
  default: { type: "string", default: "x" },
  examples: { type: "string", examples: ["x"] },
  example: { type: "string", example: "x" },
  nullable: { type: "string", nullable: true },
  "nullable, not": { type: "string", nullable: false },
  $schema: { type: "string", $schema: "https://json-schema.org/draft/2020-12/schema" },
  $id: { type: "string", $id: "https://schemas.example/it" },
  id: { type: "string", id: "it" },
  $anchor: { type: "string", $anchor: "anchored" },
  $dynamicAnchor: { type: "string", $dynamicAnchor: "it" },
  $dynamicRef: { type: "string", $dynamicRef: "#it" },
  $recursiveAnchor: { type: "string", $recursiveAnchor: true },
  $vocabulary: { type: "string", $vocabulary: { "https://schemas.example/v": true } },
  $comment: { type: "string", $comment: "For us." },
  "$comment, that is none": { type: "string", $comment: 5 },
  readOnly: { type: "string", readOnly: true },
  writeOnly: { type: "string", writeOnly: true },
  deprecated: { type: "string", deprecated: true },
  discriminator: { ...members, discriminator: { propertyName: "a" } },
  xml: { type: "string", xml: { name: "it" } },
  externalDocs: { type: "string", externalDocs: { url: "https://docs.example" } },
  contentMediaType: { type: "string", contentMediaType: "image/png" },
  contentEncoding: { type: "string", contentEncoding: "base64" },
  contentSchema: { type: "string", contentSchema: text },
  strict: { ...members, strict: true },
  propertyOrdering: { ...members, propertyOrdering: ["a"] },
  property_ordering: { ...members, property_ordering: ["a"] },
  markdownDescription: { type: "string", markdownDescription: "_It_" },
  enumDescriptions: { type: "string", enum: ["x"], enumDescriptions: ["The x."] },
  errorMessage: { type: "string", errorMessage: "Not it." },
  "x-order": { type: "string", "x-order": 1 },
  "x-google-identifier": { type: "string", "x-google-identifier": true },
  "x-kubernetes-preserve-unknown-fields": { ...members, "x-kubernetes-preserve-unknown-fields": true },
};

const keywordOf = (name: string): string => name.split(",")[0] ?? name;
/** A boolean in a schema's place is named itself. */
const nameOf = (title: string): string => /^items, (true|false)$/u.exec(title)?.[1] ?? keywordOf(title);

test("no keyword of the vocabulary lacks a sample", () => {
  const sampled = new Set(Object.keys(samples).map(keywordOf));
  expect([...vocabularyKeywords, ...annotations].filter((keyword) => !sampled.has(keyword))).toEqual([]);
});

function around(sample: JsonObject): JsonObject {
  return {
    type: "object",
    properties: { p: sample, q: { type: "string", $anchor: "anchored" } },
    required: ["p", "q"],
    additionalProperties: false,
    ...(JSON.stringify(sample).includes("#/$defs/A") ? { $defs: { A: members } } : {}),
    ...(JSON.stringify(sample).includes("#/definitions/B") ? { definitions: { B: members } } : {}),
  };
}

type Client = (schema: JsonObject, strict: boolean) => readonly [ClientProtocolName, JsonObject];
const turn = [{ role: "user", content: "Hi" }];
const clients: Readonly<Record<string, Client>> = {
  "Chat, tools": (parameters, strict) => [
    "openai-chat",
    { messages: turn, tools: [{ type: "function", function: { name: "f", parameters, strict } }] },
  ],
  "Chat, answers": (schema, strict) => [
    "openai-chat",
    { messages: turn, response_format: { type: "json_schema", json_schema: { name: "f", schema, strict } } },
  ],
  "Responses, tools": (parameters, strict) => [
    "openai-responses",
    { input: "Hi", tools: [{ type: "function", name: "f", parameters, strict }] },
  ],
  "Messages, tools": (input_schema, strict) => [
    "anthropic-messages",
    { max_tokens: 9, messages: turn, tools: [{ name: "f", input_schema, ...(strict ? { strict } : {}) }] },
  ],
  "Messages, answers": (schema) => [
    "anthropic-messages",
    { max_tokens: 9, messages: turn, output_config: { format: { type: "json_schema", schema } } },
  ],
  "Gemini, tools": (parametersJsonSchema) => [
    "gemini-generate",
    {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      tools: [{ functionDeclarations: [{ name: "f", parametersJsonSchema }] }],
    },
  ],
  "Gemini, answers": (responseJsonSchema) => [
    "gemini-generate",
    {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      generationConfig: { responseMimeType: "application/json", responseJsonSchema },
    },
  ],
};

function encode(
  client: Client,
  schema: JsonObject,
  { target: to, strict }: { target: Target; strict: boolean },
): EncodedRequest {
  const [protocol, body] = client(schema, strict);
  const request = protocols[protocol].chat.request.decode({ model: "m", ...body }, { model: "m", stream: false });
  return protocols[to.protocol].chat.request.encode(request, {
    model: to.model,
    facts: to.facts,
    isStandIn: to.isStandIn,
  });
}

/** The schema with the members `p` and `q`; null if the request has words in its place. */
function sentSchema(value: Json | undefined): JsonObject | null {
  if (typeof value !== "object" || value === null) return null;
  const own = value as JsonObject;
  const inner = own["properties"] as JsonObject | undefined;
  if (!Array.isArray(value) && inner?.["p"] !== undefined && inner["q"] !== undefined) return own;
  for (const one of Object.values(own)) {
    const found = sentSchema(one);
    if (found !== null) return found;
  }
  return null;
}

/** How often the report names the keyword. */
function timesNamed(keyword: string, adapted: readonly string[]): number {
  const named = adapted.flatMap(
    (entry) => /^(?:tools\.f|response_format[^:]*):(.+)>[a-z]+$/u.exec(entry)?.[1]?.split("+") ?? [],
  );
  return named.filter((one) => one === keyword.slice(0, 32)).length;
}

describe.each(targets)("$title", (to) => {
  const ways = Object.keys(clients).flatMap((name) => [false, true].map((strict) => ({ name, strict })));
  test.each(ways)("$name (strict: $strict)", ({ name, strict }) => {
    const client = clients[name]!;
    const unreported: string[] = [];
    for (const [title, sample] of Object.entries(samples)) {
      const keyword = keywordOf(title);
      const { body, adapted } = encode(client, around(sample), { target: to, strict });
      const sent = sentSchema(body);
      if (sent === null) {
        expect(adapted.join()).toMatch(/json_schema>|strict/u);
        continue;
      }
      const node = (sent["properties"] as JsonObject)["p"] as JsonObject;
      const isKept = isDeepStrictEqual(node[keyword], sample[keyword]);
      const times = timesNamed(nameOf(title), adapted);
      if (isKept ? times > 1 : times !== 1)
        unreported.push(`${title}: named ${times} times in ${adapted.join(", ")}; sent ${JSON.stringify(sent)}`);
    }
    expect(unreported).toEqual([]);
  });
});

/** At the root of a tool's arguments, which are an object wherever a function is called. */
const roots: Readonly<Record<string, readonly [schema: JsonObject, report: RegExp]>> = {
  "a list": [{ type: "array", items: text }, /tools\.f:(?:items\+)?type>description/u],
  "a text": [{ type: "string", minLength: 2 }, /tools\.f:(?:minLength\+)?type>description/u],
  alternatives: [{ anyOf: [members, { type: "object", properties: { b: text } }] }, /tools\.f:[^:]*anyOf[^:]*>folded/u],
  "one of two": [{ oneOf: [members, { type: "object", properties: { b: text } }] }, /tools\.f:[^:]*oneOf[^:]*>folded/u],
  "a reference": [{ $ref: "#/$defs/A", $defs: { A: members } }, /tools\.f:[^:]*\$ref[^:]*>folded/u],
};

/** The arguments of the only function, in any protocol. */
function sentArguments(body: Json | undefined): JsonObject | null {
  if (typeof body !== "object" || body === null) return null;
  for (const [name, value] of Object.entries(body as JsonObject)) {
    const isArguments = ["parameters", "parametersJsonSchema", "input_schema"].includes(name);
    const sent = isArguments ? (value as JsonObject) : sentArguments(value);
    if (sent !== null) return sent;
  }
  return null;
}

const ofTools = Object.keys(clients).filter((name) => name.endsWith("tools"));
/** Gemini takes alternatives there. */
const hosts = targets.filter(({ protocol }) => protocol !== "gemini-generate");
const withRoots = hosts.flatMap((to) =>
  ofTools.flatMap((name) => Object.keys(roots).map((root) => ({ to, name, root }))),
);

test.each(withRoots)("$to.title, $name: $root at the root becomes an object, and the report says so", (given) => {
  const { to, name, root } = given;
  const [schema, report] = roots[root]!;
  const { body, adapted } = encode(clients[name]!, schema, { target: { ...to, isStandIn: true }, strict: false });
  const sent = sentArguments(body);
  expect(sent).toMatchObject({ type: "object" });
  for (const keyword of ["$ref", "anyOf", "oneOf"]) expect(sent).not.toHaveProperty([keyword]);
  expect(adapted.join(", ")).toMatch(report);
});
