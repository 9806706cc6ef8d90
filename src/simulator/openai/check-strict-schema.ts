// The rules of `strict: true`: every object closed, every property required. Throws a Complaint that names the place
// in the vendor's own notation.
import { asList, asRecord, type JsonRecord } from "../json-reading.ts";
import { Complaint } from "./envelope.ts";

export interface SchemaPlace {
  /** "function 'name'" or "response_format 'name'". */
  readonly what: string;
  readonly param: string;
  readonly code: string | null;
}

export function checkStrictSchema(schema: JsonRecord, place: SchemaPlace, path: readonly string[] = []): void {
  const complain = (rule: string): never => {
    const context = path.length === 1 ? `('${path[0]}',)` : `(${path.map((step) => `'${step}'`).join(", ")})`;
    throw new Complaint({
      message: `Invalid schema for ${place.what}: In context=${context}, ${rule}`,
      param: place.param,
      code: place.code,
    });
  };
  const properties = asRecord(schema["properties"]);
  if (schema["type"] === "object" || properties !== undefined) {
    if (schema["additionalProperties"] !== false)
      complain("'additionalProperties' is required to be supplied and to be false.");
    const required = asList(schema["required"]) ?? [];
    const missing = Object.keys(properties ?? {}).find((name) => !required.includes(name));
    if (missing !== undefined) {
      complain(
        `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
      );
    }
  }
  if (schema["oneOf"] !== undefined) complain("'oneOf' is not permitted.");
  for (const [name, member] of childrenOf(schema)) checkStrictSchema(member, place, [...path, ...name]);
}

function childrenOf(schema: JsonRecord): [string[], JsonRecord][] {
  const children: [string[], JsonRecord][] = [];
  for (const group of ["properties", "$defs", "definitions"]) {
    for (const [name, member] of Object.entries(asRecord(schema[group]) ?? {})) {
      children.push([[group, name], asRecord(member) ?? {}]);
    }
  }
  const items = asRecord(schema["items"]);
  if (items !== undefined) children.push([["items"], items]);
  for (const [index, member] of (asList(schema["anyOf"]) ?? []).entries()) {
    children.push([["anyOf", String(index)], asRecord(member) ?? {}]);
  }
  return children;
}
