// The one way in which a body that is sent becomes text. Half of a surrogate pair (an emoji that somebody cut in two) is no
// character: strict readers of JSON refuse the whole body for it, so it becomes U+FFFD, in texts and in names alike.
import type { Json, JsonObject } from "../core/json.ts";

/** How a report tells of it. */
export const MENDED_SURROGATES = "body:lone surrogate>U+FFFD";

export function writeJson(value: Json | JsonObject): string {
  return wellFormedJson(JSON.stringify(value));
}

/** An escape as the platform writes it. A backslash that was written takes its own with it, so none is read for another. */
const escapes = /\\(?:ud[89a-f][0-9a-f]{2}|[^])/gu;
const ESCAPE_LENGTH = 6;

/** JSON as the platform writes it: whole pairs stand there as characters, and the half of one as an escape. */
export function wellFormedJson(text: string): string {
  if (!text.includes("\\ud")) return text;
  return text.replaceAll(escapes, (escape) => (escape.length === ESCAPE_LENGTH ? "\\ufffd" : escape));
}
