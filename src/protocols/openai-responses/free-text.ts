// Custom tools that take free text. Others know functions only: there such a tool is one with a single text, and its calls
// come back in the caller's own form. One with a grammar cannot be held to it elsewhere, and stays what it is.
// Source: CustomTool and ResponseCustomToolCall of `openai` 7.57.0.
import type { Tool } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { arrayOr, isObject, membersOf, optionalString, parseJson, requiredString, stringOr } from "../read.ts";
import { ownMembers, ownState } from "./own.ts";

export const freeCall = "custom_tool_call";

/** Whether it takes any text. */
export function isFreeText(tool: JsonObject): boolean {
  const { format } = tool;
  return tool["type"] === "custom" && (format === undefined || format === null || membersOf(format)["type"] === "text");
}

const parameters: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
  required: ["input"],
  additionalProperties: false,
};

/** As a function; whole for targets of this protocol. */
export function decodeFreeTool(tool: JsonObject, place: string): Tool {
  return {
    name: requiredString(tool, "name", place),
    description: optionalString(tool, "description", place),
    parameters,
    strict: null,
    state: ownState({ custom: tool }),
  };
}

/** The caller's own tool; null for a function. */
export function freeToolOf(tool: Tool | undefined): JsonObject | null {
  const { custom } = ownMembers(tool?.state);
  return isObject(custom) ? custom : null;
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

/** The names of a request's free-text tools. */
export function freeNames(body: JsonObject | undefined): ReadonlySet<string> {
  const tools = arrayOr<readonly Json[]>(body?.["tools"], []).filter(isObject).filter(isFreeText);
  return new Set(tools.map((tool) => stringOr(tool["name"], "")));
}
