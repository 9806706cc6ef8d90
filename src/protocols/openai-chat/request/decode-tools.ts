// Decodes the tools of a chat request and the tool choice: functions, and free-text tools. Clients write either with a
// nested object, as the protocol has it, or flat, as in Responses.
import type { Tool, ToolChoice } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { readCacheMarks } from "../../shared/cache-marks.ts";
import { freeTextParameters } from "../../shared/free-text.ts";
import { straysIn } from "../../shared/member-shape.ts";
import {
  asObject,
  isObject,
  objectOr,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  placeOf,
  requiredArray,
  requiredObject,
  requiredString,
  wrongKind,
} from "../../shared/read.ts";
import { readFormat } from "../features/free-calls.ts";
import { readFlatFree, readFlatFunction, readFunction, readTool } from "./read-members.ts";
import { ownVendorState } from "../features/vendor-state.ts";

/** Other tools stay in the extras. */
export function decodeTools(body: JsonObject, extras: MutableJson): Tool[] {
  const tools: Tool[] = [];
  const others: Json[] = [];
  for (const [index, value] of (optionalArray(body, "tools", "") ?? []).entries()) {
    const place = `tools[${index}]`;
    const original = asObject(value, place);
    const tool = decodeTool(original, place);
    if (tool === null) others.push(original);
    else tools.push(tool);
  }
  for (const [index, value] of (optionalArray(body, "functions", "") ?? []).entries()) {
    const original = asObject(value, `functions[${index}]`);
    tools.push({
      ...decodeFunction(original, `functions[${index}]`),
      ...within("function", straysIn(original, readFunction)),
    });
  }
  if (others.length > 0) extras["tools"] = others;
  return tools;
}

function decodeTool(original: JsonObject, place: string): Tool | null {
  const type = optionalString(original, "type", place) ?? "function";
  if (type !== "function" && type !== "custom") return null;
  const isFlat = original[type] === undefined && original["name"] !== undefined;
  const declared = isFlat ? original : requiredObject(original, type, place);
  const at = isFlat ? place : placeOf(place, type);
  const tool = type === "custom" ? decodeFree(declared, at) : decodeFunction(declared, at);
  return { ...tool, ...readCacheMarks(declared, original), ...keep(original, type, isFlat) };
}

function keep(original: JsonObject, type: "function" | "custom", isFlat: boolean): Pick<Tool, "state" | "strays"> {
  if (!isFlat) return straysIn(original, readTool);
  const strays = within(type, straysIn(original, type === "custom" ? readFlatFree : readFlatFunction));
  return type === "custom" ? { state: ownVendorState({ flat: true }), ...strays } : strays;
}

/** Members of a flat tool go into the nested object when it is written. */
function within(member: string, { strays }: Pick<Tool, "strays">): Pick<Tool, "strays"> {
  return strays === undefined ? {} : { strays: strays.map(({ path, value }) => ({ path: [member, ...path], value })) };
}

function decodeFunction(tool: JsonObject, place: string): Tool {
  return {
    name: requiredString(tool, "name", place),
    description: optionalString(tool, "description", place),
    parameters: optionalObject(tool, "parameters", place),
    strict: optionalBoolean(tool, "strict", place),
  };
}

function decodeFree(tool: JsonObject, place: string): Tool {
  return {
    name: requiredString(tool, "name", place),
    description: optionalString(tool, "description", place),
    parameters: freeTextParameters,
    strict: null,
    freeText: readFormat(optionalObject(tool, "format", place)),
  };
}

/** Null if not set. A choice without a neutral form stays in the extras. */
export function decodeToolChoice(body: JsonObject, extras: MutableJson): ToolChoice | null {
  const legacy = body["function_call"];
  if (isObject(legacy)) return { kind: "tool", name: requiredString(legacy, "name", "function_call") };
  const choice = body["tool_choice"] ?? legacy;
  if (choice === undefined || choice === null) return null;
  if (choice === "auto" || choice === "none" || choice === "required") return { kind: choice };
  if (choice === "any") return { kind: "required" };
  if (typeof choice !== "string" && !isObject(choice)) throw wrongKind("tool_choice", "a string or an object", choice);
  const chosen = isObject(choice) ? decodeChosen(choice) : null;
  if (chosen === null) extras["tool_choice"] = choice;
  return chosen;
}

function decodeChosen(choice: JsonObject): ToolChoice | null {
  const { type } = choice;
  if (type === "function" || type === "custom") {
    if (choice[type] === undefined && typeof choice["name"] === "string") return { kind: "tool", name: choice["name"] };
    const choiceMembers = requiredObject(choice, type, "tool_choice");
    return { kind: "tool", name: requiredString(choiceMembers, "name", `tool_choice.${type}`) };
  }
  return type === "allowed_tools" ? decodeAllowed(choice) : null;
}

function decodeAllowed(choice: JsonObject): ToolChoice | null {
  const isFlat = choice["allowed_tools"] === undefined && choice["tools"] !== undefined;
  const place = isFlat ? "tool_choice" : "tool_choice.allowed_tools";
  const allowed = isFlat ? choice : requiredObject(choice, "allowed_tools", "tool_choice");
  const names: string[] = [];
  for (const tool of requiredArray(allowed, "tools", place)) {
    const name = isObject(tool) ? allowedName(tool) : undefined;
    if (typeof name !== "string") return null;
    names.push(name);
  }
  return { kind: "subset", mode: requiredString(allowed, "mode", place) === "required" ? "required" : "auto", names };
}

function allowedName(tool: JsonObject): Json | undefined {
  const type = tool["type"] === "custom" ? "custom" : "function";
  return (objectOr(tool[type], null) ?? (tool["type"] === type ? tool : {}))["name"];
}
