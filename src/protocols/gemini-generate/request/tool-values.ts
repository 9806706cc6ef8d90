// Arguments and results of tools: text for the caller, objects in this protocol. It must never lose text that does not
// parse.
import type { ToolResultPart } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject, parseJson } from "../../shared/read.ts";

/** `response`: an object unchanged, anything else under `output`, an error under `error`. */
export function encodeToolValue(result: ToolResultPart): JsonObject {
  const text = result.parts
    .filter((part) => part.type === "text")
    .map((part) => part.text)
    .join("\n");
  if (result.isError) return encodeError(text);
  if (text === "" && result.parts.some((part) => part.type !== "text")) return { output: "see the attached media" };
  const value = exactJson(text);
  if (isObject(value)) return hasReference(value) ? { output: text } : value;
  return { output: isArray(value) && !hasReference(value) ? value : text };
}

function encodeError(text: string): JsonObject {
  const value = exactJson(text);
  if (isObject(value) && !hasReference(value)) return Object.hasOwn(value, "error") ? value : { error: value };
  return { error: text };
}

/** The value of JSON text; undefined if it is invalid or contains numbers that parsing would change. */
function exactJson(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const value = parseJson(text);
  const longNumber = /\d{16,}/.test(text) && /\d{16,}/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
  return longNumber ? undefined : value;
}

/** `$ref` is reserved inside `response`: it refers to attached media. */
function hasReference(value: Json): boolean {
  if (isArray(value)) return value.some(hasReference);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => key === "$ref" || (inner !== undefined && hasReference(inner)));
}

/** A result's text for other protocols, and whether it is an error. The inverse of `encodeToolResponse`. */
export function decodeToolValue(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const keys = Object.keys(response);
  const only = keys.length === 1 ? response[keys[0] ?? ""] : undefined;
  if (keys[0] === "error" && keys.length === 1) return { text: plainText(only) ?? JSON.stringify(only), isError: true };
  if (keys[0] === "output" && keys.length === 1) {
    const text = plainText(only) ?? (isArray(only) ? JSON.stringify(only) : null);
    if (text !== null) return { text, isError: false };
  }
  return { text: JSON.stringify(response), isError: false };
}

function plainText(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}
