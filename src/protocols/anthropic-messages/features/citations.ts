// Citations of pages that a search found. Here they stand at a block and say nothing of where in it: its whole text is
// meant. Those of other vendors have no index that this one would take back, so they are known by its absence.
import type { Citation } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { lengthOf, moved } from "../../shared/citations.ts";
import { stringOr } from "../../shared/read.ts";
import { citedWords, type slicer } from "../../shared/searches.ts";
import { objectsOf, self } from "./own.ts";

/** Undefined where none is of a page. */
export function readCitations(citations: Json | undefined, text: string): readonly Citation[] | undefined {
  const found = objectsOf(citations).flatMap((entry): Citation[] => {
    const url = stringOr(entry["url"], "");
    if (url === "") return [];
    const quote = stringOr(entry["cited_text"], "") || null;
    return [{ url, title: stringOr(entry["title"], null), quote, start: 0, end: lengthOf(text) }];
  });
  return found.length === 0 ? undefined : found;
}

/** What a streamed text block cites, known at its end. `begin`: where its text begins in all that was said, in UTF-16 units. */
export function cited(given: readonly Json[], said: string, begin: number): readonly StreamEvent[] {
  if (given.length === 0) return [];
  const citations = readCitations(given, said.slice(begin));
  const state = { protocol: self, value: { citations: given } };
  const event = { type: "text-delta", choice: 0, text: "", state } as const;
  if (citations === undefined) return [event];
  return [{ ...event, citations: moved(citations, lengthOf(said.slice(0, begin))) }];
}

/**
 * Clients show the words that a citation proves. `cut`: out of the text in which it counts. Source:
 * CitationsWebSearchResultLocation of the Messages API.
 */
export function writeCitation(citation: Citation, cut: ReturnType<typeof slicer>): JsonObject {
  const { url, title } = citation;
  const words = citedWords(citation, cut);
  return { type: "web_search_result_location", url, title, cited_text: words, encrypted_index: "" };
}

/** What this vendor said itself; null where nothing is left. */
export function ownCitations(citations: Json | undefined): readonly JsonObject[] | null {
  const own = objectsOf(citations).filter((entry) => entry["encrypted_index"] !== "");
  return own.length === 0 ? null : own;
}
