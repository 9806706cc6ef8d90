// Constraints that this protocol's JSON Schema does not know, put into words, so that the model at least reads them.
import type { Json, JsonObject } from "../../core/json.ts";

/** Members that constrain nothing, or that the lowering has already dealt with. */
const silent: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$anchor",
  "$comment",
  "$dynamicAnchor",
  "$vocabulary",
  "$defs",
  "definitions",
  "$ref",
  "type",
  "enum",
  "const",
  "title",
  "description",
  "format",
  "properties",
  "required",
  "items",
  "prefixItems",
  "additionalProperties",
  "anyOf",
  "oneOf",
  "allOf",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "propertyOrdering",
  "property_ordering",
  "nullable",
  "readOnly",
  "writeOnly",
  "deprecated",
  "discriminator",
  "xml",
  "externalDocs",
  "contentMediaType",
  "contentEncoding",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "strict",
]);

/** Members that are worth a word but whose loss changes nothing that is valid. */
const hints: ReadonlySet<string> = new Set(["default", "examples", "example"]);

/** One sentence for each member that is deleted, and the names of those whose deletion loosens the schema. */
export function describeDeleted(schema: JsonObject): {
  readonly words: readonly string[];
  readonly lost: readonly string[];
} {
  const words: string[] = [];
  const lost: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || silent.has(key) || key.startsWith("x-") || saysNothing(key, value)) continue;
    words.push(sentence(key, value));
    if (!hints.has(key)) lost.push(key);
  }
  return { words, lost };
}

function saysNothing(key: string, value: Json): boolean {
  if (key === "uniqueItems") return value !== true;
  if (key === "minLength" || key === "minProperties" || key === "minContains") return value === 0;
  return value === null && key !== "default";
}

function sentence(key: string, value: Json): string {
  const text = shorten(JSON.stringify(value));
  switch (key) {
    case "pattern":
      return `Matches the pattern ${text}.`;
    case "minLength":
      return value === 1 ? "Not empty." : `At least ${text} characters.`;
    case "maxLength":
      return `At most ${text} characters.`;
    case "uniqueItems":
      return "No item twice.";
    case "multipleOf":
      return `A multiple of ${text}.`;
    case "minProperties":
      return `At least ${text} members.`;
    case "maxProperties":
      return `At most ${text} members.`;
    case "default":
      return `Default: ${text}.`;
    case "examples":
    case "example":
      return `For example: ${text}.`;
    default:
      return `JSON Schema "${key}": ${text}.`;
  }
}

/** Long enough for every sensible constraint; a whole sub-schema of a page is not one. */
function shorten(text: string): string {
  return text.length <= 400 ? text : `${text.slice(0, 400)}…`;
}

/** A description with sentences after it. */
export function extendDescription(description: Json | undefined, words: readonly string[]): string | undefined {
  const before = typeof description === "string" && description !== "" ? [description] : [];
  const all = [...before, ...words];
  if (all.length > 0)
    return all.join(before.length > 0 && !/[.!?:\n]$/.test(before[0] ?? "") && words.length > 0 ? ". " : " ");
  return typeof description === "string" ? description : undefined;
}
