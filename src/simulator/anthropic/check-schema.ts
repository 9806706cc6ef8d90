// Anthropic's checks of schemas of tools and answers, with its messages: draft 2020-12 and an object at the root; for
// enforced schemas also closed objects and few keywords. Patterns are not checked. Throws a Complaint.
import { asList, asRecord, asText, type JsonRecord } from "../json-record.ts";
import { draftFault, findInSchema, followReference, schemasIn } from "../schemas.ts";
import { Complaint } from "./envelope.ts";

const propertyName = /^[a-zA-Z0-9_.-]{1,64}$/u;

/** `place` is `tools.0.custom`. */
export function checkInputSchema(tool: JsonRecord, place: string): void {
  const where = `${place}.input_schema`;
  const schema = asRecord(tool["input_schema"]);
  if (schema === undefined) throw new Complaint(`${where}: Field required`);
  if (schema["type"] === undefined) throw new Complaint(`${where}.type: Field required`);
  if (schema["type"] !== "object") throw new Complaint(`${where}.type: Input should be 'object'`);
  if (["oneOf", "allOf", "anyOf"].some((key) => schema[key] !== undefined))
    throw new Complaint(`${where}: input_schema does not support oneOf, allOf, or anyOf at the top level`);
  if (draftFault(schema) !== undefined || findInSchema(schema, isMapOfAll) !== undefined) {
    throw new Complaint(
      `${where}: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.`,
    );
  }
  if (Object.keys(asRecord(schema["properties"]) ?? {}).some((name) => !propertyName.test(name)))
    throw new Complaint(`${where}.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`);
  const dead = findInSchema(schema, (node) => deadReference(node, schema));
  if (dead !== undefined)
    throw new Complaint(`Error resolving schema reference '${dead}': PointerToNowhere(ref='${dead.slice(1)}')`);
  if (tool["strict"] === true) checkBoundSchema(schema, place);
}

/** Source: BerriAI/litellm#26692. */
function deadReference(schema: JsonRecord, root: JsonRecord): string | undefined {
  const ref = asText(schema["$ref"]);
  return ref === undefined || !ref.startsWith("#/") || followReference(root, ref) !== undefined ? undefined : ref;
}

/** Reported for a live service: openclaw/openclaw#29416. */
function isMapOfAll(schema: JsonRecord): true | undefined {
  return asRecord(schema["patternProperties"])?.["^(.*)$"] === undefined ? undefined : true;
}

const unsupported: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "pattern"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  array: ["maxItems", "uniqueItems", "contains"],
  object: ["minProperties", "maxProperties", "patternProperties", "propertyNames"],
};

/** A schema that the service enforces. */
export function checkBoundSchema(schema: JsonRecord, place: string): void {
  const rule = findInSchema(schema, brokenRule);
  if (rule !== undefined) throw new Complaint(`${place}: ${rule}`);
  if (isRecursive(schema, schema, [])) throw new Complaint(`${place}: Recursive schemas are not supported`);
}

function brokenRule(schema: JsonRecord): string | undefined {
  const types = (asList(schema["type"]) ?? [schema["type"]]).map((type) => asText(type) ?? "");
  for (const type of types) {
    const keyword = unsupported[type]?.find((key) => schema[key] !== undefined);
    if (keyword !== undefined) return `For '${type}' type, property '${keyword}' is not supported`;
  }
  if (types.includes("object") && schema["additionalProperties"] !== false)
    return "For 'object' type, 'additionalProperties' must be explicitly set to false";
  return undefined;
}

function isRecursive(schema: JsonRecord, root: JsonRecord, path: readonly string[]): boolean {
  const ref = asText(schema["$ref"]);
  if (ref !== undefined) {
    if (path.includes(ref) || ref === "#") return true;
    const target = asRecord(followReference(root, ref));
    if (target !== undefined && isRecursive(target, root, [...path, ref])) return true;
  }
  return schemasIn(schema).some(
    ([[key], inner]) => key !== "$defs" && key !== "definitions" && isRecursive(inner, root, path),
  );
}
