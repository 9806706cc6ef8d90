// Turns constraints that a target does not take into text, so that the model at least reads them.
import type { Json, JsonObject } from "../../../core/json.ts";

/** Long enough for every sensible constraint, but not for a page-long sub-schema. */
const longest = 400;

/** Whether a member restricts nothing valid, so that it needs no text. */
export function isTrivial(key: string, value: Json): boolean {
  if (key === "uniqueItems") return value !== true;
  if (key === "minLength" || key === "minProperties" || key === "minContains") return value === 0;
  return value === null && key !== "default" && key !== "const";
}

/** One sentence for a removed member. */
export function sentence(key: string, value: Json): string {
  if (key === "uniqueItems") return "No item twice.";
  if ((key === "minLength" || key === "minItems") && value === 1) return "Not empty.";
  const [before, after] = aroundValue.get(key) ?? [`JSON Schema "${shorten(key)}": `, "."];
  return `${before}${shorten(JSON.stringify(value))}${after}`;
}

/** The text before and after a member's value. */
const aroundValue: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["pattern", ["Matches the pattern ", "."]],
  ["minLength", ["At least ", " characters."]],
  ["maxLength", ["At most ", " characters."]],
  ["minItems", ["At least ", " items."]],
  ["maxItems", ["At most ", " items."]],
  ["minimum", ["At least ", "."]],
  ["maximum", ["At most ", "."]],
  ["exclusiveMinimum", ["Greater than ", "."]],
  ["exclusiveMaximum", ["Less than ", "."]],
  ["multipleOf", ["A multiple of ", "."]],
  ["minProperties", ["At least ", " members."]],
  ["maxProperties", ["At most ", " members."]],
  ["default", ["Default: ", "."]],
  ["format", ["Format: ", "."]],
  ["const", ["Always ", "."]],
  ["examples", ["For example: ", "."]],
  ["example", ["For example: ", "."]],
]);

/** Values that cannot be enumerated. */
export function oneOfWords(values: readonly Json[]): string {
  return `One of: ${values.map((value) => JSON.stringify(value)).join(", ")}.`;
}

export function shorten(text: string, most: number = longest): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** A description with sentences appended. */
export function extendDescription(description: Json | undefined, words: readonly string[]): string | undefined {
  const before = typeof description === "string" ? description : undefined;
  if (words.length === 0) return before;
  const text = words.join(" ");
  if (before === undefined || before === "") return text;
  return `${before}${/[.!?:\n]$/u.test(before) ? " " : ". "}${text}`;
}

/** The node with sentences after its description. */
export function describe(node: JsonObject, words: readonly string[]): JsonObject {
  return words.length === 0 ? node : { ...node, description: extendDescription(node["description"], words) };
}
