// OpenAI's limits of `metadata`, the caller's own entries on a request: few and short strings, and in Chat Completions
// only with `store`. It answers 400 to all else, which agents do send (QwenLM/qwen-code#243). The model does not see
// them, so entries that do not fit are shortened or dropped, and reported. It must never ask a vendor to store a
// conversation.
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import type { RawMembers } from "../../core/encoded-request.ts";
import type { TargetFacts } from "../../core/protocol.ts";
import { isObject } from "./read.ts";

/** "Expected a string with maximum length 512" (spiceai/docs#928). */
const LONGEST_KEY = 64;
const LONGEST_NOTE = 512;

/** Whether a client's own entries can go to a target that stands in for another vendor. `needsStore`: see above. */
export function metadataFits(
  request: RawMembers,
  { facts, isStandIn = false }: TargetFacts,
  needsStore: boolean,
): boolean {
  if (!isStandIn || facts.mostNotes === undefined || !request.has("metadata")) return true;
  const metadata = request.read("metadata") ?? null;
  if (metadata === null) return true;
  if (!isObject(metadata) || (needsStore && request.read("store") !== true)) return false;
  const notes = Object.entries(metadata);
  return notes.length <= facts.mostNotes && notes.every(([key, note]) => key.length <= LONGEST_KEY && isShort(note));
}

function isShort(note: Json | undefined): boolean {
  return typeof note === "string" && note.length <= LONGEST_NOTE;
}

export interface NotesBook {
  /** The client speaks the target's own protocol. */
  readonly native: boolean;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

/** Fits the entries of a body that the gateway writes. `needsStore`: see above. */
export function fitMetadata(
  body: MutableJson,
  { target: { facts, isStandIn = false }, needsStore }: { readonly target: TargetFacts; readonly needsStore: boolean },
  book: NotesBook,
): void {
  const { metadata } = body;
  if (facts.mostNotes === undefined || (book.native && !isStandIn)) return;
  if (metadata === undefined || metadata === null) return;
  delete body["metadata"];
  if (!isObject(metadata) || (needsStore && body["store"] !== true)) {
    if (!isObject(metadata) || Object.keys(metadata).length > 0) book.dropped.add("metadata");
    return;
  }
  body["metadata"] = fitNotes(metadata, facts.mostNotes, book);
}

function fitNotes(metadata: JsonObject, most: number, { dropped, adapted }: NotesBook): JsonObject {
  const result: MutableJson = {};
  let count = 0;
  for (const [key, note = null] of Object.entries(metadata)) {
    if (count === most || key.length > LONGEST_KEY || note === null) {
      dropped.add(`metadata.${key.slice(0, LONGEST_KEY)}`);
      continue;
    }
    const text = typeof note === "string" ? note : JSON.stringify(note);
    result[key] = text.slice(0, LONGEST_NOTE);
    count += 1;
    if (text.length > LONGEST_NOTE) adapted.add(`metadata.${key}:${text.length}>${LONGEST_NOTE}`);
    else if (typeof note !== "string") adapted.add(`metadata.${key}:${typeof note}>text`);
  }
  return result;
}
