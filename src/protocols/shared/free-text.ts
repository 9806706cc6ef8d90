// Tools that take one text in place of arguments. Where a target knows functions only, such a tool is a function with a
// single text, its grammar goes into the description, and its calls come back in the caller's own form. The text is never
// changed on the way. Source: CustomTool and ResponseCustomToolCall of `openai` 7.57.0.
import type { Tool } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { membersOf, parseJson, stringOr } from "./read.ts";

/** Stands in for the arguments. */
export const freeTextParameters: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
  required: ["input"],
  additionalProperties: false,
};

/** Null where any text will do. */
export function formatOf(format: JsonObject): Exclude<Tool["freeText"], undefined> {
  return { format: Object.keys(format).length === 0 || format["type"] === "text" ? null : format };
}

/** The tool for a target that knows functions only. `adapt` hears of a grammar that nobody is bound to there. */
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

/** The text in a call's arguments; all of them where the model did not keep to the form. */
export function inputOf(text: string): string {
  const given = parseJson(text);
  if (typeof given === "string") return given;
  return stringOr(membersOf(given)["input"], text);
}

export function argumentsOf(input: string): string {
  return JSON.stringify({ input });
}

/** The arguments of a text that comes in pieces: what opens them, a piece, what closes them. */
export const pieces = {
  open: '{"input":"',
  piece: (text: string): string => JSON.stringify(text).slice(1, -1),
  close: '"}',
} as const;
