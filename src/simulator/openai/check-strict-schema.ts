// The rules of `strict: true`: every object closed, every property required, few keywords. Throws a Complaint with the
// path in the vendor's own notation.
import { asList, asRecord, asText, type JsonRecord } from "../json-record.ts";
import { findInSchema, followReference, type SchemaPath } from "../schemas.ts";
import { Complaint } from "./envelope.ts";

export interface SchemaPlace {
  /** "function 'name'" or "response_format 'name'". */
  readonly what: string;
  readonly param: string;
  readonly code: string | null;
}

const notPermitted =
  "oneOf allOf not if then else dependentRequired dependentSchemas propertyNames patternProperties unevaluatedProperties unevaluatedItems contains minContains maxContains uniqueItems minProperties maxProperties prefixItems".split(
    " ",
  );
const formats = "date-time time date duration email hostname ipv4 ipv6 uuid".split(" ");

export function checkStrictSchema(schema: JsonRecord, place: SchemaPlace): void {
  const fault = findInSchema(schema, (node, path) => {
    const rule = brokenRule(node, schema);
    return rule === undefined ? undefined : `In context=${context(path)}, ${rule}`;
  });
  if (fault === undefined) return;
  throw new Complaint({ message: `Invalid schema for ${place.what}: ${fault}`, param: place.param, code: place.code });
}

function brokenRule(schema: JsonRecord, root: JsonRecord): string | undefined {
  const keyword = notPermitted.find((key) => schema[key] !== undefined);
  if (keyword !== undefined) return `'${keyword}' is not permitted.`;
  const reference = asText(schema["$ref"]);
  if (reference !== undefined) return brokenReference(reference, schema, root);
  const format = asText(schema["format"]);
  if (format !== undefined && !formats.includes(format)) return `'${format}' is not a valid format.`;
  const hasType = ["type", "anyOf", "enum", "const"].some((key) => schema[key] !== undefined);
  return hasType ? brokenObject(schema) : "schema must have a 'type' key.";
}

function brokenReference(ref: string, schema: JsonRecord, root: JsonRecord): string | undefined {
  const beside = Object.keys(schema).filter((key) => key !== "$ref");
  if (beside.length > 0) return `$ref cannot have keywords {'${beside.join("', '")}'}.`;
  if (followReference(root, ref) === undefined)
    return `reference to component '${ref}' which was not found in the schema.`;
  if (ref === "#" || /^#\/(?:\$defs|definitions)\/[^/]+$/u.test(ref)) return undefined;
  return "reference can only point to definitions defined at the top level of the schema.";
}

function brokenObject(schema: JsonRecord): string | undefined {
  const properties = asRecord(schema["properties"]);
  const isObject = schema["type"] === "object" || asList(schema["type"])?.includes("object") === true;
  if (!isObject && properties === undefined) return undefined;
  if (schema["additionalProperties"] !== false)
    return "'additionalProperties' is required to be supplied and to be false.";
  const required = asList(schema["required"]) ?? [];
  const missing = Object.keys(properties ?? {}).find((name) => !required.includes(name));
  if (missing === undefined) return undefined;
  return `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

/** A path as Python prints it. */
export function context(path: SchemaPath): string {
  return path.length === 1 ? `('${path[0]}',)` : `(${path.map((step) => `'${step}'`).join(", ")})`;
}
