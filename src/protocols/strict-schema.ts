// JSON Schema as OpenAI's strict mode takes it: every object closed, every property required, few keywords. What is lowered
// here asks for no less than the caller's own schema, so that an answer that follows it follows both; where that cannot be,
// there is no strict form, and the answer is held against the caller's schema instead.
import type { ChatRequest } from "../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../core/json.ts";
import { arrayOr, isArray, isObject, membersOf, stringOr } from "./read.ts";

interface StrictSchema {
  readonly schema: JsonObject;
  /** Keywords that went into descriptions. */
  readonly described: readonly string[];
}

const kept: ReadonlySet<string> = new Set(
  "type description properties required additionalProperties items enum const $ref $defs definitions minimum maximum minItems maxItems".split(
    " ",
  ),
);
const formats = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
/** They constrain nothing, or are written in another way. */
const silent = ["$schema", "$id", "$comment", "title", "default", "examples", "propertyOrdering", "nullable"];

interface Lowering {
  readonly described: Set<string>;
  possible: boolean;
}

/** Null where strict mode has no words for it: maps, optional properties that may not be null, a root that is no object. */
export function lowerStrict(schema: JsonObject): StrictSchema | null {
  if (schema["type"] !== "object" || schema["anyOf"] !== undefined || schema["oneOf"] !== undefined) return null;
  const lowering: Lowering = { described: new Set(), possible: true };
  const lowered = lowerNode(schema, lowering);
  return lowering.possible ? { schema: lowered, described: [...lowering.described] } : null;
}

function lowerNode(node: JsonObject, lowering: Lowering): JsonObject {
  const single = onlyOf(node);
  if (single !== null) return lowerNode(single, lowering);
  const out: MutableJson = {};
  const words: string[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (value === undefined || silent.includes(key)) continue;
    if (key === "anyOf" || key === "oneOf") out["anyOf"] = alternativesOf(node, lowering);
    else if (isTaken(key, value)) out[key] = lowerMember(key, value, lowering);
    else if (isPlainConstraint(value)) {
      words.push(`${key}: ${JSON.stringify(value)}`);
      lowering.described.add(key);
    } else lowering.possible = false;
  }
  if (node["nullable"] === true) allowNull(out);
  if (isObjectNode(node)) closeObject(node, out, lowering);
  if (words.length > 0) out["description"] = `${stringOr(node["description"], "")} (${words.join(", ")})`.trim();
  return out;
}

/** What a lone `allOf` wraps, with what is said beside it. */
function onlyOf(node: JsonObject): JsonObject | null {
  const { allOf, ...beside } = node;
  const [only, ...more] = arrayOr<readonly Json[]>(allOf, []);
  if (!isObject(only) || more.length > 0) return null;
  return Object.keys(only).some((key) => key in beside && key !== "description") ? null : { ...only, ...beside };
}

function alternativesOf(node: JsonObject, lowering: Lowering): Json[] {
  // Both at once would mean both.
  if (node["anyOf"] !== undefined && node["oneOf"] !== undefined) lowering.possible = false;
  return arrayOr<readonly Json[]>(node["anyOf"] ?? node["oneOf"], []).map((one) => lowerAny(one, lowering));
}

function isTaken(key: string, value: Json): boolean {
  if (key === "format") return typeof value === "string" && formats.includes(value);
  if (key === "pattern") return typeof value === "string" && !/\(\?[=!<]/u.test(value);
  return kept.has(key);
}

/** A number, a word or a yes: the model can read it. What holds schemas changes what is meant. */
function isPlainConstraint(value: Json): boolean {
  return typeof value !== "object";
}

function lowerMember(key: string, value: Json, lowering: Lowering): Json {
  if (key === "properties" || key === "$defs" || key === "definitions")
    return Object.fromEntries(Object.entries(membersOf(value)).map(([name, one]) => [name, lowerAny(one, lowering)]));
  return key === "items" ? lowerAny(value, lowering) : value;
}

function lowerAny(value: Json | undefined, lowering: Lowering): Json {
  if (isObject(value) && Object.keys(value).length > 0) return lowerNode(value, lowering);
  // "Anything", "nothing" and lists of schemas have no strict form.
  lowering.possible = false;
  return value ?? null;
}

function isObjectNode({ type, properties }: JsonObject): boolean {
  return type === "object" || (isArray(type) && type.includes("object")) || isObject(properties);
}

/** An optional property is made a required one where null says as much as its absence. */
function closeObject(node: JsonObject, out: MutableJson, lowering: Lowering): void {
  const open = node["additionalProperties"];
  const properties = membersOf(node["properties"]);
  const names = Object.keys(properties);
  const required = arrayOr<readonly Json[]>(node["required"], []);
  if ((open !== undefined && open !== false) || (names.length === 0 && open !== false)) lowering.possible = false;
  if (names.some((name) => !required.includes(name) && !takesNull(properties[name]))) lowering.possible = false;
  if (required.some((name) => typeof name !== "string" || !(name in properties))) lowering.possible = false;
  out["properties"] ??= {};
  out["required"] = names;
  out["additionalProperties"] = false;
}

function takesNull(node: Json | undefined): boolean {
  if (!isObject(node)) return false;
  const { type, nullable, enum: values, anyOf } = node;
  if (isArray(values) && !values.includes(null)) return nullable === true;
  return nullable === true || type === "null" || (isArray(type) && type.includes("null")) || someTakesNull(anyOf);
}

function someTakesNull(alternatives: Json | undefined): boolean {
  return isArray(alternatives) && alternatives.some((one) => takesNull(one));
}

function allowNull(out: MutableJson): void {
  const { type, enum: values } = out;
  if (typeof type === "string" && type !== "null") out["type"] = [type, "null"];
  if (isArray(values) && !values.includes(null)) out["enum"] = [...values, null];
}

/** What is said of a schema: whether it binds, and how the report calls it. */
export interface Wished {
  readonly strict: boolean | null;
  readonly field: string;
}

/**
 * Another protocol's strictness, brought to these rules, or loosened where that cannot be: what does not meet them is
 * refused. Adds to `adapted` what the report says of it.
 */
export function fitStrict(
  schema: JsonObject | null,
  { strict, field }: Wished,
  adapted: Set<string>,
): { readonly schema: JsonObject | null; readonly strict: boolean | null } {
  if (strict !== true) return { schema, strict };
  const lowered = schema === null ? null : lowerStrict(schema);
  if (lowered === null) {
    adapted.add(`${field}.strict:true>false`);
    return { schema, strict: false };
  }
  if (lowered.described.length > 0) adapted.add(`${field}:${lowered.described.join("+")}>description`);
  return { schema: lowered.schema, strict };
}

/** Whoever binds its models to every schema is heard as if it had said so. */
export function wishedStrict({ output, extras }: ChatRequest): boolean | null {
  if (output?.kind !== "json_schema") return null;
  return output.strict ?? (extras.protocol === "gemini-generate" ? true : null);
}
