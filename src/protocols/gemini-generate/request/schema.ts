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

export interface LoweredParameters {
  /** Null: the tool takes no arguments. */
  readonly schema: JsonObject | null;
  readonly notes: Notes;
}

/** A schema of a tool's arguments, whose root is an object. */
export function lowerParameters(
  schema: JsonObject,
  facts: Pick<ModelFacts, "refusedKeywords"> = {},
): LoweredParameters {
  const { schema: result, notes } = lower(schema, withoutRefused(geminiDialect, facts), { root: "object" });
  if (!takesNothing(result)) return { schema: result, notes };
  const losses = notes.without("added");
  for (const key of Object.keys(result)) if (!saysNothing.has(key)) losses.add("dropped", key);
  return { schema: null, notes: losses };
}

/** What a schema without members says anyway. */
const saysNothing: ReadonlySet<string> = new Set(["type", "properties", "additionalProperties"]);

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
