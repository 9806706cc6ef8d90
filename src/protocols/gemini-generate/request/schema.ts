// JSON Schema for this protocol's `parametersJsonSchema` and `responseJsonSchema`: a dialect of the shared lowering.
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { isObject } from "../../shared/read.ts";
import { geminiDialect } from "../../shared/tool-schema/dialects.ts";
import { lower } from "../../shared/tool-schema/lower.ts";
import { withoutRefused } from "../../shared/tool-schema/refused.ts";
import type { Notes } from "../../shared/tool-schema/notes.ts";

export interface LoweredSchema {
  readonly schema: JsonObject;
  readonly notes: Notes;
}

/** Any schema, for an answer. */
export function lowerSchema(schema: JsonObject, facts: Pick<ModelFacts, "refusedKeywords"> = {}): LoweredSchema {
  return lower(schema, withoutRefused(geminiDialect, facts), { root: "any" });
}

/** A schema of a tool's arguments, whose root is an object; null if the tool takes none. */
export function lowerParameters(
  schema: JsonObject,
  facts: Pick<ModelFacts, "refusedKeywords"> = {},
): LoweredSchema | null {
  const lowered = lower(schema, withoutRefused(geminiDialect, facts), { root: "object" });
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
