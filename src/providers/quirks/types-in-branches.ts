// Moonshot checks schemas more strictly than JSON Schema: `when using anyOf, type should be defined in anyOf items instead
// of the parent schema`, and `type is not defined` of a property without one (FTShare-Lab/FTShare-MCP#7,
// MoonshotAI/kimi-cli#1595). The type moves into the branches, and a missing one is taken from the rest of the schema.
// A property of any type becomes a text, which is reported.
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

/** Schemas nest in requests, and requests have a limit of their own; deeper ones stay as they are. */
const DEEPEST = 64;

export const typesInBranches: Quirk = {
  name: "types-in-branches",
  fields: ["tools", "response_format"],
  request(body) {
    const report = { guesses: 0 };
    const tools = mendTools(body["tools"], report);
    const format = mendFormat(body["response_format"], report);
    if (tools === body["tools"] && format === body["response_format"]) return unchanged(body);
    return {
      body: withFields(body, { tools, response_format: format }),
      dropped: [],
      adapted: report.guesses === 0 ? [] : ["schema:type>string"],
    };
  },
};

interface Report {
  guesses: number;
}

function mendTools(tools: Json | undefined, report: Report): Json | undefined {
  return tools === undefined ? tools : mapList(tools, (tool) => within(tool, ["function", "parameters"], report));
}

function mendFormat(format: Json | undefined, report: Report): Json | undefined {
  return format === undefined ? format : within(format, ["json_schema", "schema"], report);
}

/** The value with the schema at this path mended; the same object if there is nothing to mend. */
function within(value: Json, [step, ...rest]: readonly string[], report: Report): Json {
  if (step === undefined) return mendSchema(value, report, 0);
  if (!isObject(value) || value[step] === undefined) return value;
  const inner = within(value[step], rest, report);
  return inner === value[step] ? value : { ...value, [step]: inner };
}

function mendSchema(schema: Json, report: Report, depth: number): Json {
  if (!isObject(schema) || depth > DEEPEST) return schema;
  const moved = typeIntoBranches(schema);
  const entries = Object.entries(moved).map(
    ([name, value]) => [name, mendMember(name, value ?? null, { report, depth })] as const,
  );
  const isSame = moved === schema && entries.every(([name, value]) => value === schema[name]);
  return isSame ? schema : Object.fromEntries(entries);
}

function mendMember(name: string, value: Json, { report, depth }: { report: Report; depth: number }): Json {
  const mendOne = (one: Json): Json => withType(mendSchema(one, report, depth + 1), report);
  if (name === "properties" || name === "$defs" || name === "definitions") return mapMembers(value, mendOne);
  if (name === "items" || name === "additionalProperties") return isObject(value) ? mendOne(value) : value;
  return name === "anyOf" || name === "oneOf" || name === "allOf" ? mapList(value, mendOne) : value;
}

function mapMembers(value: Json, change: (one: Json) => Json): Json {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, change(one ?? null)] as const);
  return entries.every(([name, one]) => one === value[name]) ? value : Object.fromEntries(entries);
}

function mapList(value: Json, change: (one: Json) => Json): Json {
  if (!Array.isArray(value)) return value;
  const list = value as readonly Json[];
  const changed = list.map(change);
  return changed.every((one, index) => one === list[index]) ? list : changed;
}

function typeIntoBranches(schema: JsonObject): JsonObject {
  const { type, ...rest } = schema;
  const branches = schema["anyOf"] === undefined ? "oneOf" : "anyOf";
  const list = schema[branches];
  if (type === undefined || !Array.isArray(list)) return schema;
  const typed = (list as readonly Json[]).map((one) =>
    isObject(one) && one["type"] === undefined && one["$ref"] === undefined ? { type, ...one } : one,
  );
  return { ...rest, [branches]: typed };
}

const speaking = ["type", "$ref", "anyOf", "oneOf", "allOf"];

/** A schema with a type, if nothing in it says one. */
function withType(schema: Json, report: Report): Json {
  if (!isObject(schema) || speaking.some((name) => schema[name] !== undefined)) return schema;
  return { type: impliedType(schema, report), ...schema };
}

function impliedType(schema: JsonObject, report: Report): string {
  if (schema["properties"] !== undefined || schema["required"] !== undefined) return "object";
  if (schema["items"] !== undefined) return "array";
  const { enum: values, const: only } = schema;
  const example = Array.isArray(values) ? (values as readonly Json[])[0] : only;
  if (example !== undefined) return typeOf(example);
  report.guesses++;
  return "string";
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
