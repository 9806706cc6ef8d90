// A call's arguments as the object that most vendors need. Models break off in them, and clients send them back like
// that; hosts that render a history with the model's template then fail. Text that does not parse is wrapped, never
// lost.
import type { JsonObject } from "../../core/json.ts";
import { isObject, parseJson } from "./read.ts";

/** Arguments as an object: empty if there were none, `{"_raw": …}` if the text is not a JSON object. */
export function toolArgumentsAsObject(text: string): JsonObject {
  if (text.trim() === "") return {};
  const value = nestsTooDeep(text) ? null : parseJson(text);
  return isObject(value) ? value : { _raw: text };
}

/** Whether these are arguments that had to be wrapped: their text was no object. */
export function wrapsText({ _raw }: JsonObject, text: string): boolean {
  return _raw === text;
}

/** How the report names that. */
export const WRAP_CHANGE = ["messages.tool_calls.arguments", "text", "object"] as const;

/** Deeper values overflow the stack of code that writes or walks them; no tool takes any. */
const DEEPEST = 1_000;

function nestsTooDeep(text: string): boolean {
  if (text.length <= DEEPEST) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (isInString) {
      if (character === BACKSLASH) at += 1;
      else if (character === QUOTE) isInString = false;
    } else if (character === QUOTE) isInString = true;
    else if (character === OPEN_OBJECT || character === OPEN_LIST) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (character === CLOSE_OBJECT || character === CLOSE_LIST) depth -= 1;
  }
  return false;
}

const QUOTE = 34;
const BACKSLASH = 92;
const [OPEN_LIST, CLOSE_LIST] = [91, 93];
const [OPEN_OBJECT, CLOSE_OBJECT] = [123, 125];

export function areArguments(text: string): boolean {
  return !nestsTooDeep(text) && isObject(parseJson(text));
}

/** The same text if it is an object, otherwise the text of one. */
export function argumentsAsText(text: string): string {
  return areArguments(text) ? text : JSON.stringify(toolArgumentsAsObject(text));
}
