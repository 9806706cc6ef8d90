// Citations: the sources of ranges of an answer. Each protocol has its own format; this file has what they share.
// Offsets are Unicode code points in all texts of a choice together. It must never invent a URL or an offset.
import type { Citation, FilePart, Part, ProtocolName } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { lastBelow } from "./text-index.ts";
import { arrayOr, isObject, membersOf, numberOr, objectOr, stringOr } from "./read.ts";

/** Only a text with surrogates has fewer code points than UTF-16 units. */
const surrogate = /[\ud800-\udbff]/;

/** The code points of a text. */
export function lengthOf(text: string): number {
  let length = text.length;
  if (!surrogate.test(text)) return length;
  for (const _pair of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) length -= 1;
  return length;
}

/** `url_citation`s, whose members are beside the type or under its name. Anything without a web address is skipped. */
export function readAnnotations(annotations: Json | undefined): Citation[] {
  return arrayOr<readonly Json[]>(annotations, []).flatMap((entry) => {
    const members = membersOf(entry);
    if (members["type"] !== "url_citation") return [];
    const details = objectOr(members["url_citation"], null) ?? members;
    const url = stringOr(details["url"], "");
    const start = numberOr(details["start_index"], null);
    const end = numberOr(details["end_index"], null);
    if (url === "" || start === null || end === null) return [];
    return [{ url, title: stringOr(details["title"], null), quote: null, start, end }];
  });
}

/** The members of a `url_citation`. */
export function writeAnnotation({ url, title, start, end }: Citation): JsonObject {
  return { start_index: start, end_index: end, title: title ?? url, url };
}

/** Converts offsets in each part's text to offsets in all texts together. */
export function placeCitations(parts: readonly Part[]): readonly Part[] {
  if (!parts.some((part) => part.type === "text" && part.citations !== undefined)) return parts;
  let before = 0;
  return parts.map((part) => {
    if (part.type !== "text") return part;
    const start = before;
    before += lengthOf(part.text);
    return part.citations === undefined ? part : { ...part, citations: moved(part.citations, start) };
  });
}

export function moved(citations: readonly Citation[], by: number): readonly Citation[] {
  if (by === 0) return citations;
  return citations.map((one) => ({ ...one, start: one.start + by, end: one.end + by }));
}

/** Finds the citations that end within the `length` code points from `start`, with their offsets there. */
export type FindCitations = (start: number, length: number) => readonly Citation[];

/** Sorted once: an answer can have as many texts as citations. */
export function byEnd(citations: readonly Citation[]): FindCitations {
  const sorted = citations.map((one, rank) => ({ one, rank })).toSorted((a, b) => a.one.end - b.one.end);
  const ends = sorted.map(({ one }) => one.end);
  return (start, length) =>
    sorted
      .slice(lastBelow(ends, start) + 1, lastBelow(ends, start + length) + 1)
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ one }) => placedFrom(one, start));
}

/** With its offsets in a text that begins at `start`. */
export function placedFrom(citation: Citation, start: number): Citation {
  return { ...citation, start: Math.max(0, citation.start - start), end: citation.end - start };
}

/** Another protocol's citations in an answer; a protocol's own are in its parts, unchanged. */
export function foreignCitations(parts: readonly Part[], own: ProtocolName): readonly Citation[] {
  const collected: Citation[] = [];
  for (const part of parts) {
    if ((part.type !== "text" && part.type !== "foreign") || part.citations === undefined) continue;
    if (part.state?.protocol !== own) for (const citation of part.citations) collected.push(citation);
  }
  return collected;
}

/** Whether the caller wants citations of a document, which only its own protocol supports. */
export function wantsCitations({ state }: FilePart): boolean {
  if (state?.protocol !== "anthropic-messages" || !isObject(state.value)) return false;
  return membersOf(state.value["citations"])["enabled"] === true;
}
