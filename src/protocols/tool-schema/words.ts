// Constraints that a target does not take, put into words, so that the model at least reads them.
import type { Json, JsonObject } from "../../core/json.ts";

/** Long enough for every sensible constraint; a whole sub-schema of a page is not one. */
const longest = 400;

/** Whether a member binds nothing that is valid: no word is lost on it. */
export function saysNothing(key: string, value: Json): boolean {
  if (key === "uniqueItems") return value !== true;
  if (key === "minLength" || key === "minProperties" || key === "minContains") return value === 0;
  return value === null && key !== "default" && key !== "const";
}

/** One sentence for a member that is left out. */
export function sentence(key: string, value: Json): string {
  const text = shorten(JSON.stringify(value));
  switch (key) {
    case "pattern":
      return `Matches the pattern ${text}.`;
    case "minLength":
      return value === 1 ? "Not empty." : `At least ${text} characters.`;
    case "maxLength":
      return `At most ${text} characters.`;
    case "minItems":
      return value === 1 ? "Not empty." : `At least ${text} items.`;
    case "maxItems":
      return `At most ${text} items.`;
    case "minimum":
      return `At least ${text}.`;
    case "maximum":
      return `At most ${text}.`;
    case "exclusiveMinimum":
      return `Greater than ${text}.`;
    case "exclusiveMaximum":
      return `Less than ${text}.`;
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
    case "format":
      return `Format: ${text}.`;
    case "const":
      return `Always ${text}.`;
    case "examples":
    case "example":
      return `For example: ${text}.`;
    default:
      return `JSON Schema "${shorten(key)}": ${text}.`;
  }
}

/** Values that cannot be enumerated. */
export function oneOfWords(values: readonly Json[]): string {
  return `One of: ${values.map((value) => JSON.stringify(value)).join(", ")}.`;
}

export function shorten(text: string, most: number = longest): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** A description with sentences after it. */
export function extendDescription(description: Json | undefined, words: readonly string[]): string | undefined {
  const before = typeof description === "string" ? description : undefined;
  if (words.length === 0) return before;
  const said = words.join(" ");
  if (before === undefined || before === "") return said;
  return `${before}${/[.!?:\n]$/u.test(before) ? " " : ". "}${said}`;
}

/** The node with sentences after its description. */
export function describe(node: JsonObject, words: readonly string[]): JsonObject {
  return words.length === 0 ? node : { ...node, description: extendDescription(node["description"], words) };
}
