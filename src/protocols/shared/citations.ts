// Where stretches of an answer were found: each protocol has its own way to say so, this is what they share. Offsets are
// characters, as Unicode counts them, of all texts of a choice together. Never invents an address or an offset.
import type { Citation, FilePart, Part, ProtocolName } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { arrayOr, isObject, membersOf, numberOr, objectOr, stringOr } from "./read.ts";

/** Only a text that has these has fewer characters than units. */
const surrogate = /[\ud800-\udbff]/;

/** Characters of a text. */
export function lengthOf(text: string): number {
  let length = text.length;
  if (!surrogate.test(text)) return length;
  for (const _pair of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) length -= 1;
  return length;
}

/** `url_citation`s, whose members stand beside the type or under its name. What is no web address is passed over. */
export function readAnnotations(annotations: Json | undefined): Citation[] {
  return arrayOr<readonly Json[]>(annotations, []).flatMap((entry) => {
    const members = membersOf(entry);
    if (members["type"] !== "url_citation") return [];
    const said = objectOr(members["url_citation"], null) ?? members;
    const url = stringOr(said["url"], "");
    const start = numberOr(said["start_index"], null);
    const end = numberOr(said["end_index"], null);
    if (url === "" || start === null || end === null) return [];
    return [{ url, title: stringOr(said["title"], null), quote: null, start, end }];
  });
}

/** The members of a `url_citation`. */
export function writeAnnotation({ url, title, start, end }: Citation): JsonObject {
  return { start_index: start, end_index: end, title: title ?? url, url };
}

/** From offsets in each part's own text to those in all texts together. */
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

/** Those that end in the `length` characters from `start`, with their offsets there. */
export function within(citations: readonly Citation[], start: number, length: number): readonly Citation[] {
  return citations
    .filter(({ end }) => end > start && end <= start + length)
    .map((one) => ({ ...one, start: Math.max(0, one.start - start), end: one.end - start }));
}

/** Another protocol's citations in an answer; `own` ones stand in its parts as they came. */
export function foreignCitations(parts: readonly Part[], own: ProtocolName): readonly Citation[] {
  return parts.flatMap((part) => {
    if (part.type !== "text" && part.type !== "foreign") return [];
    return part.state?.protocol === own ? [] : (part.citations ?? []);
  });
}

/** Whether the caller wants a document's words cited, which its own protocol alone can do. */
export function wantsCitations({ state }: FilePart): boolean {
  if (state?.protocol !== "anthropic-messages" || !isObject(state.value)) return false;
  return membersOf(state.value["citations"])["enabled"] === true;
}
