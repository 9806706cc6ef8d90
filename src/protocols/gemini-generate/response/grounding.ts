// Grounding: which ranges of an answer come from which pages. Offsets here are UTF-8 bytes in one part; if they
// disagree with the segment's text, the text wins. Source: GroundingMetadata of `@google/genai` 3.1.0.
import type { Citation } from "../../../core/chat.ts";
import type { FoundPage, SearchStep } from "../../../core/search-step.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { lengthOf } from "../../shared/citations.ts";
import { arrayOr, membersOf, numberOr, stringOr } from "../../shared/read.ts";
import {
  citationOf,
  distinct,
  isOfAll,
  pagesOf,
  readPages,
  readQueries,
  type SearchBook,
  slicer,
} from "../../shared/searches.ts";
import { objectsInMembers } from "../features/members.ts";

/** One text of an answer. */
export interface GroundedText {
  /** Its index among the parts. */
  readonly part: number;
  readonly text: string;
  /** Characters of the earlier texts. */
  readonly before: number;
}

/** For other protocols: the search, and the citations. A page that no text cites belongs to the whole answer. */
export interface Grounding {
  readonly citations: readonly Citation[];
  readonly search: SearchStep;
}

/** Null if nothing was searched and nothing found. */
export function readGrounding(metadata: Json | undefined, texts: readonly GroundedText[]): Grounding | null {
  const grounding = membersOf(metadata);
  const chunks = objectsInMembers(grounding["groundingChunks"]).map((chunk) => membersOf(chunk["web"]));
  const queries = readQueries({ queries: grounding["webSearchQueries"] });
  const pages = readPages(chunks, { url: "uri" });
  if (queries.length + pages.length === 0) return null;
  const cited = readSupports(grounding, chunks, texts);
  const citedUrls = new Set(cited.map(({ url }) => url));
  const rest = distinct(pages).filter(({ url }) => !citedUrls.has(url));
  return { citations: [...cited, ...rest.map(citationOf)], search: { id: "", queries, pages, error: null } };
}

function readSupports(
  grounding: JsonObject,
  pages: readonly JsonObject[],
  texts: readonly GroundedText[],
): readonly Citation[] {
  return objectsInMembers(grounding["groundingSupports"]).flatMap((support) => {
    const span = readSpan(membersOf(support["segment"]), texts);
    if (span === null) return [];
    return arrayOr<readonly Json[]>(support["groundingChunkIndices"], []).flatMap((index): Citation[] => {
      const page = typeof index === "number" ? pages[index] : undefined;
      const url = stringOr(page?.["uri"], "");
      return url === "" ? [] : [{ url, title: stringOr(page?.["title"], null), quote: null, ...span }];
    });
  });
}

function readSpan(
  segment: JsonObject,
  texts: readonly GroundedText[],
): { readonly start: number; readonly end: number } | null {
  const partIndex = numberOr(segment["partIndex"], 0);
  const at = texts.find(({ part }) => part === partIndex) ?? texts[0];
  if (at === undefined) return null;
  const bytes = new TextEncoder().encode(at.text);
  const first = numberOr(segment["startIndex"], 0);
  const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  const words = stringOr(segment["text"], null);
  const before = decode(0, first);
  const covered = decode(first, numberOr(segment["endIndex"], first));
  if (words === null || words === covered) return spanOf(at, before, covered);
  const offset = at.text.indexOf(words);
  return offset < 0 ? null : spanOf(at, at.text.slice(0, offset), words);
}

function spanOf(at: GroundedText, before: string, covered: string): { start: number; end: number } | null {
  const start = at.before + lengthOf(before);
  return covered === "" ? null : { start, end: start + lengthOf(covered) };
}

/** `groundingMetadata`: each page once, each range with its pages. `texts`: the texts that the offsets refer to. */
export function writeGrounding(
  citations: readonly Citation[],
  texts: readonly GroundedText[],
  searches: SearchBook,
): JsonObject | null {
  const searchPages = searches.all.flatMap(({ pages }) => pages ?? []);
  const pages = distinct([...pagesOf(citations), ...searchPages]);
  const queries = [...new Set(searches.all.flatMap((search) => search.queries))];
  if (queries.length + pages.length === 0) return null;
  const chunks = pages.map(({ url, title }) => ({ web: { uri: url, ...(title === null ? {} : { title }) } }));
  return {
    ...(queries.length === 0 ? {} : { webSearchQueries: queries }),
    groundingChunks: chunks,
    groundingSupports: writeSupports(citations, texts, pages),
  };
}

function writeSupports(
  citations: readonly Citation[],
  texts: readonly GroundedText[],
  pages: readonly FoundPage[],
): readonly JsonObject[] {
  const places = new Map(pages.map(({ url }, index) => [url, index]));
  const spans = new Map<string, { readonly span: Citation; readonly indices: Set<number> }>();
  for (const span of citations) {
    if (isOfAll(span)) continue;
    const key = `${span.start}:${span.end}`;
    const entry = spans.get(key) ?? { span, indices: new Set() };
    entry.indices.add(places.get(span.url) ?? 0);
    spans.set(key, entry);
  }
  const cut = texts.map(({ text }) => slicer(text));
  return [...spans.values()].flatMap(({ span, indices }) => {
    const segment = writeSegment(span, texts, cut);
    return segment === null ? [] : [{ segment, groundingChunkIndices: [...indices] }];
  });
}

function writeSegment(
  { start, end }: Citation,
  texts: readonly GroundedText[],
  cut: readonly ReturnType<typeof slicer>[],
): JsonObject | null {
  const which = texts.findLastIndex(({ before }) => before < end);
  const at = texts[which];
  const take = cut[which];
  if (at === undefined || take === undefined) return null;
  const from = Math.max(0, start - at.before);
  const words = take({ start: from, end: end - at.before });
  const startIndex = bytesOf(take({ start: 0, end: from }));
  const place = at.part === 0 ? {} : { partIndex: at.part };
  return { ...place, startIndex, endIndex: startIndex + bytesOf(words), text: words };
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
