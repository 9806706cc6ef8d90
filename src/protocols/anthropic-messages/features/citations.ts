// Citations of pages that a search found. In this protocol they belong to a block as a whole, without offsets. Those of
// other vendors have no index that Anthropic would take back, so a missing index identifies them.
import type { Citation } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { moved } from "../../shared/citations.ts";
import type { TextIndex } from "../../shared/text-index.ts";
import { stringOr } from "../../shared/read.ts";
import { citedWords, type Slicer } from "../../shared/searches.ts";
import { objectsOf, self } from "./own-state.ts";

/** Undefined if none is of a page. `length`: of their text, in code points. */
export function readCitations(citations: Json | undefined, length: number): readonly Citation[] | undefined {
  const result = objectsOf(citations).flatMap((entry): Citation[] => {
    const url = stringOr(entry["url"], "");
    if (url === "") return [];
    const quote = stringOr(entry["cited_text"], "") || null;
    return [{ url, title: stringOr(entry["title"], null), quote, start: 0, end: length }];
  });
  return result.length === 0 ? undefined : result;
}

/** The citations of a streamed text block, at its end. `begin`: the start of its text in all text, in UTF-16 units. */
export function cited(entries: readonly Json[], text: TextIndex, begin: number): readonly StreamEvent[] {
  if (entries.length === 0) return [];
  const before = text.pointOfUnit(begin);
  const citations = readCitations(entries, text.pointOfUnit(text.length) - before);
  const state = { protocol: self, value: { citations: entries } };
  const event = { type: "text-delta", choice: 0, text: "", state } as const;
  if (citations === undefined) return [event];
  return [{ ...event, citations: moved(citations, before) }];
}

/**
 * Clients show the text that a citation supports. `cut`: of the text that its offsets refer to. Source:
 * CitationsWebSearchResultLocation of the Messages API.
 */
export function writeCitation(citation: Citation, cut: Slicer): JsonObject {
  const { url, title } = citation;
  const words = citedWords(citation, cut);
  return { type: "web_search_result_location", url, title, cited_text: words, encrypted_index: "" };
}

/** This vendor's own citations; null if none is left. */
export function ownCitations(citations: Json | undefined): readonly JsonObject[] | null {
  const own = objectsOf(citations).filter((entry) => entry["encrypted_index"] !== "");
  return own.length === 0 ? null : own;
}
