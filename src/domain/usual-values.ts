// Values that ask for the default of every model, or only for settings. A target that does not know such a member can do
// without it, but not without other values of it: `modalities: ["text"]` against `["audio"]`. Pure.
import type { Json } from "../core/json.ts";
import { parseJson } from "./parse-body.ts";

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

/** Members on which a caller depends with every other value than the default. */
const defaults: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ["tool_choice", isAuto],
  ["function_call", isAuto],
  ["response_format", isPlainText],
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
  if (value === undefined || value === null) return true;
  return (usual.get(name) ?? defaults.get(name))?.(value) === true;
}

/** Bytes. A longer value is not of them. */
export const LONGEST_USUAL = 64;

const nothings: ReadonlySet<string> = new Set(["null", "[]", "{}", '""']);

/** Whether a member that is written so asks for nothing, whatever its name, or for the default. */
export function asksNothing(name: string, text: string): boolean {
  return nothings.has(text) || ((usual.has(name) || defaults.has(name)) && isUsualValue(name, parseJson(text)));
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

function isAuto(value: Json): boolean {
  return value === "auto";
}

function isPlainText(value: Json): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "text";
}

function hasNoFormat(value: Json): boolean {
  return typeof value === "object" && !("format" in (value ?? {}));
}
