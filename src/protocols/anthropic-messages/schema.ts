// JSON Schema as native structured output takes it (translation of keywords, not of meaning). What the service would
// refuse, or would silently turn into something else, gives null: then the answer is asked for in another way.
// Source: platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations".
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isArray, isObject, membersOf, stringOr } from "../read.ts";
import { objectsOf } from "./own.ts";

export interface LoweredSchema {
  readonly schema: JsonObject;
  /** Keywords that went into descriptions. */
  readonly described: readonly string[];
}

/** The documented limit is 24, but compilation has been seen to fail from 11 on. */
const mostOptional = 10;

const formats = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/** Constraints that the service refuses: they become words. */
const constraints = [
  ..."minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern".split(" "),
  ..."maxItems uniqueItems contains propertyNames patternProperties minProperties maxProperties".split(" "),
  ..."not if then else dependentRequired dependentSchemas dependencies".split(" "),
];
const silent = ["$schema", "$id", "$comment", "default", "examples", "nullable", "propertyOrdering", "oneOf"];

interface Lowering {
  readonly described: Set<string>;
  optional: number;
  possible: boolean;
}

/** Null where the service would refuse the schema or close an open object. */
export function lowerSchema(schema: JsonObject): LoweredSchema | null {
  if (isRecursive(schema)) return null;
  const lowering: Lowering = { described: new Set(), optional: 0, possible: true };
  const lowered = lowerNode(schema, lowering);
  if (!lowering.possible || lowering.optional > mostOptional) return null;
  return { schema: lowered, described: [...lowering.described] };
}

function lowerNode(node: JsonObject, lowering: Lowering): JsonObject {
  const out: MutableJson = {};
  const words: string[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined || silent.includes(key)) continue;
    if (isRefused(key, value)) {
      words.push(`${key}: ${JSON.stringify(value)}`);
      lowering.described.add(key);
    } else out[key] = lowerMember(key, value, lowering);
  }
  const alternatives = [...objectsOf(node["anyOf"]), ...objectsOf(node["oneOf"])];
  if (alternatives.length > 0) out["anyOf"] = alternatives.map((one) => lowerNode(one, lowering));
  if (node["nullable"] === true && typeof out["type"] === "string") out["type"] = [out["type"], "null"];
  if (describesObject(node)) closeObject(node, out, lowering);
  if (words.length > 0)
    out["description"] = [stringOr(node["description"], ""), `(${words.join(", ")})`].join(" ").trim();
  return out;
}

function isRefused(key: string, value: Json): boolean {
  if (key === "format") return typeof value !== "string" || !formats.includes(value);
  if (key === "minItems") return value !== 0 && value !== 1;
  return constraints.includes(key);
}

function lowerMember(key: string, value: Json, lowering: Lowering): Json {
  if (["properties", "$defs", "definitions"].includes(key)) {
    return Object.fromEntries(Object.entries(membersOf(value)).map(([name, one]) => [name, lowerAny(one, lowering)]));
  }
  if (["items", "additionalItems", "prefixItems", "allOf"].includes(key)) {
    return isArray(value) ? value.map((one) => lowerAny(one, lowering)) : lowerAny(value, lowering);
  }
  return value;
}

function lowerAny(value: Json | undefined, lowering: Lowering): Json {
  return isObject(value) ? lowerNode(value, lowering) : (value ?? null);
}

function describesObject(node: JsonObject): boolean {
  const { type } = node;
  return type === "object" || (isArray(type) && type.includes("object")) || isObject(node["properties"]);
}

/** Every object is closed; one that is a map would come back empty, so it cannot be asked for in this way. */
function closeObject(node: JsonObject, out: MutableJson, lowering: Lowering): void {
  const names = Object.keys(membersOf(node["properties"]));
  const open = node["additionalProperties"] === true || isObject(node["additionalProperties"]);
  if (open || (names.length === 0 && node["additionalProperties"] !== false)) lowering.possible = false;
  const required = isArray(node["required"]) ? node["required"] : [];
  lowering.optional += names.filter((name) => !required.includes(name)).length;
  out["additionalProperties"] = false;
}

/** Whether a `$ref` leads back to a schema that it stands in. */
function isRecursive(root: JsonObject): boolean {
  const visit = (value: Json | undefined, path: readonly string[]): boolean => {
    if (isArray(value)) return value.some((one) => visit(one, path));
    if (!isObject(value)) return false;
    const reference = value["$ref"];
    if (typeof reference === "string") {
      if (reference === "#" || path.includes(reference)) return true;
      if (visit(resolve(root, reference), [...path, reference])) return true;
    }
    return Object.entries(value).some(([key, one]) => key !== "$defs" && key !== "definitions" && visit(one, path));
  };
  return visit(root, []);
}

function resolve(root: JsonObject, reference: string): Json | undefined {
  let node: Json | undefined = root;
  for (const step of reference.replace(/^#\/?/, "").split("/")) {
    node = membersOf(node)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return node;
}
