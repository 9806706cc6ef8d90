// JSON Schema for this protocol's `parametersJsonSchema` and `responseJsonSchema`: a dialect of the shared lowering.
import type { JsonObject } from "../../../core/json.ts";
import { isObject } from "../../shared/read.ts";
import { geminiDialect } from "../../shared/tool-schema/dialects.ts";
import { lower } from "../../shared/tool-schema/lower.ts";
import type { Notes } from "../../shared/tool-schema/notes.ts";

export interface LoweredSchema {
  readonly schema: JsonObject;
  readonly notes: Notes;
}

/** Any schema, for an answer. */
export function lowerSchema(schema: JsonObject): LoweredSchema {
  return lower(schema, geminiDialect, { root: "any" });
}

/** A schema of a tool's arguments, whose root is an object; null if the tool takes none. */
export function lowerParameters(schema: JsonObject): LoweredSchema | null {
  const lowered = lower(schema, geminiDialect, { root: "object" });
  return takesNothing(lowered.schema) ? null : lowered;
}

function takesNothing(root: JsonObject): boolean {
  const open = root["additionalProperties"] !== undefined && root["additionalProperties"] !== false;
  const members = root["properties"];
  return (
    !open &&
    root["anyOf"] === undefined &&
    root["oneOf"] === undefined &&
    (!isObject(members) || Object.keys(members).length === 0)
  );
}
