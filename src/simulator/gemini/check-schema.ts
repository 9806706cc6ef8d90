// The reading of Gemini's own Schema (not JSON Schema): every field it does not have is an error, at a place named as
// protocol buffers name it.
import { asList, asRecord, type JsonRecord } from "../json-reading.ts";
import { unknownName } from "./envelope.ts";

const fields = new Set(
  "type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum max_items min_items min_properties max_properties min_length max_length any_of property_ordering".split(
    " ",
  ),
);

/** One complaint for each field that does not belong. */
export function schemaViolations(schema: JsonRecord, place: string): string[] {
  const complaints: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (!fields.has(name)) complaints.push(unknownName(name, place));
    else if (name === "type" && Array.isArray(value)) {
      complaints.push(
        `Invalid JSON payload received. Unknown name "type" at '${place}': Proto field is not repeating, cannot start list.`,
      );
    }
  }
  for (const [index, member] of (asList(schema["enum"]) ?? []).entries()) {
    if (typeof member !== "string")
      complaints.push(`Invalid value at '${place}.enum[${index}]' (TYPE_STRING), ${JSON.stringify(member)}`);
    else if (member === "") complaints.push(`* GenerateContentRequest.${place}.enum[${index}]: cannot be empty\n`);
  }
  for (const [index, property] of Object.values(asRecord(schema["properties"]) ?? {}).entries()) {
    complaints.push(...schemaViolations(asRecord(property) ?? {}, `${place}.properties[${index}].value`));
  }
  const items = asRecord(schema["items"]);
  if (items !== undefined) complaints.push(...schemaViolations(items, `${place}.items`));
  for (const [index, member] of (asList(schema["anyOf"]) ?? asList(schema["any_of"]) ?? []).entries()) {
    complaints.push(...schemaViolations(asRecord(member) ?? {}, `${place}.any_of[${index}]`));
  }
  return complaints;
}
