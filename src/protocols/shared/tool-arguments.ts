// A call's arguments as the object that most vendors need. Models break off in them, and clients send them back like
// that; hosts that render a history with the model's template then fail. Text that does not parse is wrapped, never
// lost.
import type { JsonObject } from "../../core/json.ts";
import { isObject, parseJson } from "./read.ts";

/** Arguments as an object: empty if there were none, `{"_raw": …}` if the text is not a JSON object. */
export function toolArgumentsAsObject(text: string): JsonObject {
  if (text.trim() === "") return {};
  const value = parseJson(text);
  return isObject(value) ? value : { _raw: text };
}

export function areArguments(text: string): boolean {
  return isObject(parseJson(text));
}

/** The same text if it is an object, otherwise the text of one. */
export function argumentsAsText(text: string): string {
  return areArguments(text) ? text : JSON.stringify(toolArgumentsAsObject(text));
}
