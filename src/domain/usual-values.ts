// Values that ask for the default of every model, or only for settings. A target that does not know such a member can do
// without it, but not without other values of it: `modalities: ["text"]` against `["audio"]`. Pure.
import type { Json } from "../core/json.ts";

/** Names in snake case, for OpenAI's and Gemini's protocols. */
const usual: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ["logprobs", isOff],
  ["top_logprobs", isOff],
  ["response_logprobs", isOff],
  ["n", isOne],
  ["candidate_count", isOne],
  ["modalities", isTextOnly],
  ["response_modalities", isTextOnly],
  ["output_config", hasNoFormat],
]);

/** Whether the member has such values. */
export function hasUsualValue(name: string): boolean {
  return usual.has(name);
}

/** Whether its usual values may hold settings, such as an effort: an answer can do without them, but not unnoticed. */
export function holdsSettings(name: string): boolean {
  return name === "output_config";
}

/** Null asks for nothing, whatever the member. */
export function isUsualValue(name: string, value: Json | undefined): boolean {
  return value === undefined || value === null || usual.get(name)?.(value) === true;
}

function isOff(value: Json): boolean {
  return value === false || value === 0;
}

function isOne(value: Json): boolean {
  return value === 1;
}

function isTextOnly(value: Json): boolean {
  return Array.isArray(value) && value.every((word) => typeof word === "string" && word.toLowerCase() === "text");
}

function hasNoFormat(value: Json): boolean {
  return typeof value === "object" && !("format" in (value ?? {}));
}
