// A 404 that is not about the model: a file, a conversation, a container or an item of a history that the vendor does not
// have. It says nothing of the target's health or its name, and no operator can mend it.
import type { FailureVerdict } from "../../core/verdict.ts";

/** Parts of a history that the vendor was to find by their ids. Another target gets what is written out beside them. */
const items = /\bitems?(?: with ids?)? [`'"]?[\w-]{1,200}[`'"]? (?:was |were )?not found/i;
const kinds =
  "files?|conversations?|responses?|prompts?|containers?|vector stores?|assistants?|threads?|skills?|cached ?contents?|batch|memory stores?|sessions?";
const things = new RegExp(
  String.raw`\b(?:${kinds})\b[^.]{0,120}\bnot (?:be )?found\b|\bno (?:such )?(?:${kinds})\b(?:[^.]{0,120}\bfound\b| object)`,
  "i",
);

/** Null where the words are about the model, or about nothing. */
export function absentThing(message: string): FailureVerdict | null {
  if (items.test(message)) return "unsupported";
  return things.test(message) && !/\bmodels?\b/i.test(message) ? "bad_request" : null;
}
