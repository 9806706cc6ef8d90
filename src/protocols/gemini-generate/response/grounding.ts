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
} from "../../shared/searches.ts";
import { lastBelow, TextIndex } from "../../shared/text-index.ts";
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
  const readers = new Map(texts.map((text) => [text.part, new SpanReader(text)]));
  const first = readers.get(texts[0]?.part ?? 0);
  return objectsInMembers(grounding["groundingSupports"]).flatMap((support) => {
    const segment = membersOf(support["segment"]);
    const span = (readers.get(numberOr(segment["partIndex"], 0)) ?? first)?.read(segment) ?? null;
    if (span === null) return [];
    return arrayOr<readonly Json[]>(support["groundingChunkIndices"], []).flatMap((index): Citation[] => {
      const page = typeof index === "number" ? pages[index] : undefined;
      const url = stringOr(page?.["uri"], "");
      return url === "" ? [] : [{ url, title: stringOr(page?.["title"], null), quote: null, ...span }];
    });
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** So many ranges of one text are looked for by their words. */
const MOST_SOUGHT = 100;

/** The ranges of one text. Its bytes are counted once, not for each range. */
class SpanReader {
  readonly #at: GroundedText;
  readonly #index: TextIndex;
  #sought = 0;

  constructor(at: GroundedText) {
    this.#at = at;
    this.#index = new TextIndex(at.text);
  }

  read(segment: JsonObject): Span | null {
    const first = numberOr(segment["startIndex"], 0);
    const start = this.#index.pointOfByte(first);
    const end = this.#index.pointOfByte(numberOr(segment["endIndex"], first));
    const words = stringOr(segment["text"], null);
    if (words === null) return this.#span(start, end);
    const length = lengthOf(words);
    if (end - start === length && this.#index.slice(start, end) === words) return this.#span(start, end);
    return this.#seek(words, length);
  }

  #seek(words: string, length: number): Span | null {
    this.#sought += 1;
    const unit = this.#sought > MOST_SOUGHT ? -1 : this.#at.text.indexOf(words);
    if (unit < 0) return null;
    const start = this.#index.pointOfUnit(unit);
    return this.#span(start, start + length);
  }

  #span(start: number, end: number): Span | null {
    const { before } = this.#at;
    return end <= start ? null : { start: before + start, end: before + end };
  }
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
  const begins = texts.map(({ before }) => before);
  const indexes = texts.map(({ text }) => new TextIndex(text));
  return [...spans.values()].flatMap(({ span, indices }) => {
    const which = lastBelow(begins, span.end - 1);
    const [at, index] = [texts[which], indexes[which]];
    if (at === undefined || index === undefined) return [];
    return [{ segment: writeSegment(span, at, index), groundingChunkIndices: [...indices] }];
  });
}

/** A longer range has no text of its own: each of many could repeat the whole answer. */
const LONGEST_SEGMENT = 4_000;

function writeSegment({ start, end }: Citation, at: GroundedText, index: TextIndex): JsonObject {
  const [from, to] = [Math.max(0, start - at.before), end - at.before];
  const place = at.part === 0 ? {} : { partIndex: at.part };
  const words = to - from > LONGEST_SEGMENT ? {} : { text: index.slice(from, to) };
  return { ...place, startIndex: index.byteOf(from), endIndex: index.byteOf(to), ...words };
}
