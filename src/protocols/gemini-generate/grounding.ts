// Grounding: which stretches of an answer come from which pages. Here offsets are bytes of UTF-8, counted in one part; the
// segment's own words decide where both disagree. Source: GroundingMetadata of `@google/genai` 3.1.0.
import type { Citation } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { lengthOf, sliceOf } from "../citations.ts";
import { arrayOr, membersOf, numberOr, stringOr } from "../read.ts";
import { objectsOf } from "./members.ts";

/** One text of an answer. */
export interface GroundedText {
  /** Its place among the parts. */
  readonly part: number;
  readonly text: string;
  /** Characters of the texts before it. */
  readonly before: number;
}

/** Null where nothing is grounded on a page. */
export function readGrounding(metadata: Json | undefined, texts: readonly GroundedText[]): readonly Citation[] | null {
  const grounding = membersOf(metadata);
  const pages = objectsOf(grounding["groundingChunks"]).map((chunk) => membersOf(chunk["web"]));
  const citations = objectsOf(grounding["groundingSupports"]).flatMap((support) => {
    const span = readSpan(membersOf(support["segment"]), texts);
    if (span === null) return [];
    return arrayOr<readonly Json[]>(support["groundingChunkIndices"], []).flatMap((index): Citation[] => {
      const page = typeof index === "number" ? pages[index] : undefined;
      const url = stringOr(page?.["uri"], "");
      return url === "" ? [] : [{ url, title: stringOr(page?.["title"], null), quote: null, ...span }];
    });
  });
  return citations.length === 0 ? null : citations;
}

function readSpan(
  segment: JsonObject,
  texts: readonly GroundedText[],
): { readonly start: number; readonly end: number } | null {
  const named = numberOr(segment["partIndex"], 0);
  const at = texts.find(({ part }) => part === named) ?? texts[0];
  if (at === undefined) return null;
  const bytes = new TextEncoder().encode(at.text);
  const first = numberOr(segment["startIndex"], 0);
  const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  const words = stringOr(segment["text"], null);
  const before = decode(0, first);
  const covered = decode(first, numberOr(segment["endIndex"], first));
  if (words === null || words === covered) return spanOf(at, before, covered);
  const found = at.text.indexOf(words);
  return found < 0 ? null : spanOf(at, at.text.slice(0, found), words);
}

function spanOf(at: GroundedText, before: string, covered: string): { start: number; end: number } | null {
  const start = at.before + lengthOf(before);
  return covered === "" ? null : { start, end: start + lengthOf(covered) };
}

/** `groundingMetadata`: each page once, each stretch with its pages. `texts`: where the citations count. */
export function writeGrounding(citations: readonly Citation[], texts: readonly GroundedText[]): JsonObject {
  const pages = [...new Map(citations.map((citation) => [citation.url, citation])).values()];
  const spans = new Map(citations.map((citation) => [`${citation.start}:${citation.end}`, citation]));
  const supports = [...spans.values()].flatMap((span) => {
    const segment = writeSegment(span, texts);
    const same = citations.filter(({ start, end }) => start === span.start && end === span.end);
    const indices = [...new Set(same.map(({ url }) => pages.findIndex((page) => page.url === url)))];
    return segment === null ? [] : [{ segment, groundingChunkIndices: indices }];
  });
  const chunks = pages.map(({ url, title }) => ({ web: { uri: url, ...(title === null ? {} : { title }) } }));
  return { groundingChunks: chunks, groundingSupports: supports };
}

function writeSegment({ start, end }: Citation, texts: readonly GroundedText[]): JsonObject | null {
  const at = texts.findLast(({ before }) => before < end);
  if (at === undefined) return null;
  const from = Math.max(0, start - at.before);
  const words = sliceOf(at.text, { start: from, end: end - at.before });
  const startIndex = bytesOf(sliceOf(at.text, { start: 0, end: from }));
  const place = at.part === 0 ? {} : { partIndex: at.part };
  return { ...place, startIndex, endIndex: startIndex + bytesOf(words), text: words };
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
