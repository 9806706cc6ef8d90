// OpenAI's checks of schemas of functions and answers without `strict`, with its messages: draft 2020-12, an object at
// the root, patterns that it can compile. Throws a Complaint.
import { asRecord, show, type JsonRecord } from "../json-record.ts";
import { draftFault, findInSchema, isPythonPattern, looksAround, patternsOf, printed } from "../schemas.ts";
import { checkStrictSchema, context, type SchemaPlace } from "./check-strict-schema.ts";
import { Complaint } from "./envelope.ts";

const notAtRoot = ["oneOf", "anyOf", "allOf", "enum", "not"];

export function checkSchema(schema: JsonRecord, place: SchemaPlace, strict: boolean): void {
  const complain = (rule: string): never => {
    throw new Complaint({ message: `Invalid schema for ${place.what}: ${rule}`, param: place.param, code: place.code });
  };
  if (schema["type"] !== "object") {
    const type = typeof schema["type"] === "string" ? show(schema["type"]) : printed(schema["type"]);
    complain(`schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'.`);
  }
  if (notAtRoot.some((key) => schema[key] !== undefined)) {
    const rule = `${notAtRoot.map((key) => `'${key}'`).join("/")} at the top level.`;
    complain(`schema must have type 'object' and not have ${rule}`);
  }
  const fault = draftFault(schema) ?? foreignPattern(schema);
  if (fault !== undefined) complain(`${fault}.`);
  if (asRecord(schema["properties"]) === undefined) complain(`In context=(), object schema missing properties.`);
  const list = findInSchema(schema, (node, path) => (hasItems(node) ? undefined : path));
  if (list !== undefined) complain(`In context=${context(list)}, array schema missing items.`);
  checkPatterns(schema, place.param);
  if (strict) checkStrictSchema(schema, place);
}

function foreignPattern(schema: JsonRecord): string | undefined {
  const pattern = findInSchema(schema, (node) => patternsOf(node).find((one) => !isPythonPattern(one)));
  return pattern === undefined ? undefined : `'${pattern}' is not a 'regex'`;
}

function hasItems({ type, items }: JsonRecord): boolean {
  const isArray = type === "array" || (Array.isArray(type) && type.includes("array"));
  return !isArray || items !== undefined;
}

/** Another OpenAI service checks them again. */
function checkPatterns(schema: JsonRecord, param: string): void {
  const path = findInSchema(schema, (node, way) => (patternsOf(node).some(looksAround) ? way : undefined));
  if (path === undefined) return;
  const place = ["$", ...path, "pattern"].map((step) => (/^\d+$/u.test(step) ? `[${step}]` : `.${step}`)).join("");
  const message = `Invalid JSON schema: regex lookaround is not supported. Found at ${place.slice(1)}.`;
  throw new Complaint({ message, param, code: "invalid_json_schema" });
}
