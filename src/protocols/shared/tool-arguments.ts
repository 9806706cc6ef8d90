// A call's arguments as the object that most vendors want. Models break off in them, and clients send them back so; hosts that
// render a history with the model's template fail on them. What does not parse is wrapped, never lost.
import type { JsonObject } from "../../core/json.ts";
import { isObject, parseJson } from "./read.ts";

/** Arguments as an object: empty where there were none, `{"_raw": …}` where the text is no JSON object. */
export function argumentsAsObject(text: string): JsonObject {
  if (text.trim() === "") return {};
  const value = parseJson(text);
  return isObject(value) ? value : { _raw: text };
}

export function areArguments(text: string): boolean {
  return isObject(parseJson(text));
}

/** The text as it is where it is an object, else that of one. */
export function argumentsAsText(text: string): string {
  return areArguments(text) ? text : JSON.stringify(argumentsAsObject(text));
}
