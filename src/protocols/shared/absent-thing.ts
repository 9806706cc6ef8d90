// A 404 that is not about the model: the vendor does not have a file, a conversation, a container or an item of the
// history. It proves nothing about the target's health or name, and no operator can fix it.
import type { FailureVerdict } from "../../core/verdict.ts";

/** Parts of a history that the vendor should find by id. Another target gets the text beside them. */
const items = /\bitems?(?: with ids?)? [`'"]?[\w-]{1,200}[`'"]? (?:was |were )?not found/i;
const kinds =
  "files?|conversations?|responses?|prompts?|containers?|vector stores?|assistants?|threads?|skills?|cached ?contents?|batch|memory stores?|sessions?";
const things = new RegExp(
  String.raw`\b(?:${kinds})\b[^.]{0,120}\bnot (?:be )?found\b|\bno (?:such )?(?:${kinds})\b(?:[^.]{0,120}\bfound\b| object)`,
  "i",
);

/** Null if the message is about the model, or about nothing known. */
export function absentThing(message: string): FailureVerdict | null {
  if (items.test(message)) return "unsupported";
  return things.test(message) && !/\bmodels?\b/i.test(message) ? "bad_request" : null;
}
