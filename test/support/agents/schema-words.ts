// Short functions for the agents' tool schemas, with invented descriptions, so that a tool is a line.
import type { JsonObject } from "../../../src/core/json.ts";

const largest = 9_007_199_254_740_991; // what Zod writes for an unbounded integer

export const text = (more: JsonObject = {}): JsonObject => ({ description: "Some words.", type: "string", ...more });
export const flag = (more: JsonObject = {}): JsonObject => ({ description: "Yes or no.", type: "boolean", ...more });
export const amount = (more: JsonObject = {}): JsonObject => ({ description: "How much.", type: "number", ...more });
export const count = (more: JsonObject = {}): JsonObject => ({ description: "How many.", type: "integer", ...more });
export const safeCount = (more: JsonObject = {}): JsonObject => count({ minimum: 0, maximum: largest, ...more });
export const list = (items: JsonObject, more: JsonObject = {}): JsonObject => ({
  description: "Several.",
  type: "array",
  items,
  ...more,
});
export const oneOf = (...values: string[]): JsonObject => text({ enum: values });

/** Names that end in `?` are optional. */
export function object(properties: Readonly<Record<string, JsonObject>>, more: JsonObject = {}): JsonObject {
  const named = Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/u, ""), schema] as const);
  const required = Object.keys(properties).filter((name) => !name.endsWith("?"));
  return {
    type: "object",
    properties: Object.fromEntries(named),
    ...(required.length > 0 ? { required } : {}),
    ...more,
  };
}

export const closed: JsonObject = { additionalProperties: false };
export const draft2020: JsonObject = { $schema: "https://json-schema.org/draft/2020-12/schema" };
export const draft7: JsonObject = { $schema: "http://json-schema.org/draft-07/schema#" };

export const about = (name: string): string => `Does what ${name} does.\n\n- Use it with care.\n- It may fail.`;
