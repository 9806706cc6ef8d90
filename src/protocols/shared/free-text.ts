// Tools that take free text in place of arguments. For a target with functions only, such a tool becomes a function
// with one string, its grammar goes into the description, and its calls come back in the caller's own form. The text
// must never change on the way. Source: CustomTool and ResponseCustomToolCall of `openai` 7.57.0.
import type { Tool } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { membersOf, parseJson, stringOr } from "./read.ts";

/** Replaces the arguments' schema. */
export const freeTextParameters: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
  required: ["input"],
  additionalProperties: false,
};

/** Null if any text is allowed. */
export function formatOf(format: JsonObject): Exclude<Tool["freeText"], undefined> {
  return { format: Object.keys(format).length === 0 || format["type"] === "text" ? null : format };
}

/** The tool for a target with functions only. `adapt` reports a grammar that is not enforced there. */
export function asFunction(tool: Tool, adapt: (field: string, from: string, to: string) => void): Tool {
  const format = tool.freeText?.format ?? null;
  if (format === null) return tool;
  adapt(`tools.${tool.name}.format`, stringOr(format["type"], "format"), "description");
  const words = [tool.description, describeFormat(format)].filter((text) => text !== null && text !== "");
  return { ...tool, description: words.join("\n\n") };
}

function describeFormat(format: JsonObject): string {
  const lead = "Give the text in the argument `input`, as it is: no quotes or fences around it.";
  const { syntax, definition } = format;
  if (typeof definition !== "string") return `${lead} It must follow this format: ${JSON.stringify(format)}`;
  return `${lead} It must match this grammar (${stringOr(syntax, "grammar")}):\n\n${definition}`;
}

/** The text in a call's arguments; the arguments themselves if the model did not follow the schema. */
export function inputOf(text: string): string {
  const value = parseJson(text);
  if (typeof value === "string") return value;
  return stringOr(membersOf(value)["input"], text);
}

export function argumentsOf(input: string): string {
  return JSON.stringify({ input });
}

/** The arguments of a text that streams in pieces: the opening, a piece, the closing. */
export const pieces = {
  open: '{"input":"',
  piece: (text: string): string => JSON.stringify(text).slice(1, -1),
  close: '"}',
} as const;
