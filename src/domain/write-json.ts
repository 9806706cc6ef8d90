// The only function that writes an outgoing body as text. A lone surrogate (half of an emoji that somebody cut in two)
// is not a character: strict JSON readers refuse the whole body for it. So it becomes U+FFFD, in strings and in names.
import type { Json, JsonObject } from "../core/json.ts";

/** The entry in the report of changes. */
export const MENDED_SURROGATES = "body:lone surrogate>U+FFFD";

export function writeJson(value: Json | JsonObject): string {
  return wellFormedJson(JSON.stringify(value));
}

/** An escape as the platform writes it. A written backslash consumes its pair, so no other escape is misread. */
const escapes = /\\(?:ud[89a-f][0-9a-f]{2}|[^])/gu;
const ESCAPE_LENGTH = 6;

/** JSON as the platform writes it: whole pairs appear as characters, a lone half as an escape. */
export function wellFormedJson(text: string): string {
  if (!text.includes("\\ud")) return text;
  return text.replaceAll(escapes, (escape) => (escape.length === ESCAPE_LENGTH ? "\\ufffd" : escape));
}
