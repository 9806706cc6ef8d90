// Checks JSON against OpenAI's published API description, where present at `../shared/specs/openai-openapi.json`.
// The description says 3.1 and still uses `nullable` of 3.0 in places, and its alternatives overlap where it says `oneOf`
// (a message of the input is described twice): both are brought to JSON Schema here.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const file = fileURLToPath(new URL("../../../shared/specs/openai-openapi.json", import.meta.url));

/** Why checks against the description are skipped; empty where they run. */
export const openapiMissing: string = existsSync(file)
  ? ""
  : "OpenAI's API description is not present at ../shared/specs";

/** Finds what is wrong with a value by the name of a schema, as lines `path message`; empty where all is well. */
export interface SchemaChecker {
  faults(schema: string, value: unknown): string[];
}

/** Reads the description, once per call: make one checker per test file. */
export function openSchemas(): SchemaChecker {
  const description = JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: Record<string, unknown> } };
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  addFormats.default(ajv);
  const schemas = Object.fromEntries(
    Object.entries(description.components.schemas).map(([name, schema]) => [name, withNull(schema)]),
  );
  ajv.addSchema({ $id: "openai", components: { schemas } });
  const compiled = new Map<string, ValidateFunction>();
  return {
    faults(schema, value) {
      const check = compiled.get(schema) ?? ajv.compile({ $ref: `openai#/components/schemas/${schema}` });
      compiled.set(schema, check);
      if (check(value) === true) return [];
      return (check.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? error.keyword}`);
    },
  };
}

/** `nullable: true` as a union with null, `oneOf` as `anyOf`; everything else as it is. */
function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNull);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, withNull(inner)]);
  const { nullable, oneOf, ...others } = Object.fromEntries(entries);
  const schema = oneOf === undefined ? others : { anyOf: oneOf, ...others };
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}
