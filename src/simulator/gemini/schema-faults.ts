// The validator of Gemini's own Schema (not JSON Schema): every unknown field is an error, with a path in the notation
// of protocol buffers, and known fields must be valid.
import { asList, asRecord, asText, eitherCase, type JsonRecord } from "../json-record.ts";
import { findInSchema, followReference } from "../schemas.ts";
import { unknownName } from "./envelope.ts";

const fields = new Set(
  "type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum max_items min_items min_properties max_properties min_length max_length any_of property_ordering".split(
    " ",
  ),
);

const typeNames: readonly string[] = [
  "TYPE_UNSPECIFIED",
  "STRING",
  "NUMBER",
  "INTEGER",
  "BOOLEAN",
  "ARRAY",
  "OBJECT",
  "NULL",
];

/** One error for each unknown or invalid field. */
export function schemaViolations(schema: JsonRecord, place: string): string[] {
  const complaints: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (!fields.has(name)) complaints.push(unknownName(name, place));
    else if (name === "type" && Array.isArray(value)) {
      complaints.push(
        `Invalid JSON payload received. Unknown name "type" at '${place}': Proto field is not repeating, cannot start list.`,
      );
    } else if (name === "type" && !typeNames.includes(typeOf(schema))) {
      complaints.push(
        `Invalid value at '${place}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), ${JSON.stringify(value)}`,
      );
    }
  }
  for (const [index, member] of (asList(schema["enum"]) ?? []).entries()) {
    if (typeof member !== "string")
      complaints.push(`Invalid value at '${place}.enum[${index}]' (TYPE_STRING), ${JSON.stringify(member)}`);
  }
  for (const [step, inner] of membersOf(schema, (_, index) => `properties[${index}].value`)) {
    complaints.push(...schemaViolations(inner, `${place}.${step}`));
  }
  return complaints;
}

/** One error for each rule that a readable schema breaks; paths name properties here. */
export function schemaFaults(schema: JsonRecord, place: string): string[] {
  const complaints: string[] = [];
  const complain = (where: string, what: string): void => {
    complaints.push(`* GenerateContentRequest.${place}.${where}: ${what}\n`);
  };
  const type = typeOf(schema);
  const values = asList(schema["enum"]);
  if (values !== undefined && type !== "STRING") complain("enum", "only allowed for STRING type");
  for (const [index, value] of (values ?? []).entries())
    if (value === "") complain(`enum[${index}]`, "cannot be empty");
  const properties = asRecord(schema["properties"]) ?? {};
  for (const [index, name] of (asList(schema["required"]) ?? []).entries()) {
    if (!Object.hasOwn(properties, String(name))) complain(`required[${index}]`, "property is not defined");
  }
  if (type === "ARRAY" && schema["items"] === undefined) complain("items", "missing field.");
  const format = asText(schema["format"]);
  if (type === "STRING" && format !== undefined && format !== "enum" && format !== "date-time")
    complain("format", "only 'enum' and 'date-time' are supported for STRING type");
  for (const [step, inner] of membersOf(schema, (name) => `properties[${name}]`)) {
    complaints.push(...schemaFaults(inner, `${place}.${step}`));
  }
  return complaints;
}

/** An array in real JSON Schema without `items`. Source: router-for-me/CLIProxyAPI#5903. */
export function bareArrayFault(schema: JsonRecord, place: string): string | undefined {
  const bare = findInSchema(schema, (node, way) => (isBareArray(node) ? way : undefined));
  if (bare === undefined) return undefined;
  const steps = bare.map((step, index) => (bare[index - 1] === "properties" ? `[${step}]` : `.${step}`));
  return `* GenerateContentRequest.${place}${steps.join("")}.items: missing field.\n`;
}

function isBareArray(schema: JsonRecord): boolean {
  const types = asList(schema["type"]) ?? [schema["type"]];
  return types.includes("array") && schema["items"] === undefined && schema["prefixItems"] === undefined;
}

/**
 * The only other error: a reference without a target. Sources: google-gemini/gemini-cli#13326; a test of the live
 * service showed that it ignores `const`, `allOf`, `not`, `patternProperties` and patterns that do not compile.
 */
export function referenceFault(schema: JsonRecord): string | undefined {
  const path = findInSchema(schema, (node, way) => {
    const ref = asText(node["$ref"]);
    return ref === undefined || asRecord(followReference(schema, ref)) !== undefined ? undefined : way;
  });
  return path && `reference to undefined schema at ${path.length === 0 ? "top-level" : path.join(".")}`;
}

function typeOf(schema: JsonRecord): string {
  return asText(schema["type"])?.toUpperCase() ?? "";
}

function* membersOf(
  schema: JsonRecord,
  stepTo: (name: string, index: number) => string,
): Generator<[step: string, inner: JsonRecord]> {
  for (const [index, [name, property]] of Object.entries(asRecord(schema["properties"]) ?? {}).entries()) {
    yield [stepTo(name, index), asRecord(property) ?? {}];
  }
  const items = asRecord(schema["items"]);
  if (items !== undefined) yield ["items", items];
  for (const [index, member] of (asList(eitherCase(schema, "anyOf")) ?? []).entries()) {
    yield [`any_of[${index}]`, asRecord(member) ?? {}];
  }
}
