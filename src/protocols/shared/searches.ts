// Web searches that a vendor ran, for clients of another protocol: the steps of each search joined, the pages that no
// text cites, and the text that a citation supports. It must never invent a page.
import type { Citation, ForeignPart, Part, ProtocolName } from "../../core/chat.ts";
import type { FoundPage, SearchStep } from "../../core/search-step.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { lengthOf } from "./citations.ts";
import { TextIndex } from "./text-index.ts";
import { arrayOr, isObject, stringOr } from "./read.ts";

/** A complete search. */
export interface Search {
  readonly id: string;
  readonly queries: readonly string[];
  /** Null: not reported. */
  readonly pages: readonly FoundPage[] | null;
  readonly error: string | null;
}

/** The step in another protocol's part; undefined if there is none, or if the part is of this protocol. */
export function foreignStep(part: Part, own: ProtocolName): SearchStep | undefined {
  return part.type === "foreign" && part.state.protocol !== own ? part.search : undefined;
}

/** Pages in wire lists: objects with a URL, a title and an age, under the given names. */
export function readPages(
  list: Json | undefined,
  names: { readonly url: string; readonly age?: string },
): readonly FoundPage[] {
  return arrayOr<readonly Json[]>(list, []).flatMap((entry): FoundPage[] => {
    const url = isObject(entry) ? stringOr(entry[names.url], "") : "";
    if (!isObject(entry) || url === "") return [];
    const age = names.age === undefined ? null : stringOr(entry[names.age], null);
    return [{ url, title: stringOr(entry["title"], "") || null, age }];
  });
}

/** Whether a search's list contains only pages. Other results go out as the text of their block. */
export function areAllPages(list: Json | undefined): boolean {
  return arrayOr<readonly Json[]>(list, []).every((entry) => isObject(entry) && stringOr(entry["url"], "") !== "");
}

interface OpenSearch {
  readonly queries: Set<string>;
  pages: Map<string, FoundPage> | null;
  error: string | null;
}

const NONE: readonly Search[] = [];

/**
 * The searches of an answer in order: steps with the same id belong together; all steps without an id are one search.
 */
export class SearchBook {
  /** Null: no step yet, as in almost every answer. */
  #searches: Map<string, OpenSearch> | null = null;

  get isEmpty(): boolean {
    return this.#searches === null;
  }

  add({ id, queries, pages, error }: SearchStep): void {
    const searches = (this.#searches ??= new Map<string, OpenSearch>());
    const search = searches.get(id) ?? { queries: new Set(), pages: null, error: null };
    searches.set(id, search);
    for (const query of queries ?? []) search.queries.add(query);
    if (pages !== null) search.pages = addPages(search.pages ?? new Map(), pages);
    search.error ??= error;
  }

  get(id: string): Search | undefined {
    const search = this.#searches?.get(id);
    if (search === undefined) return undefined;
    const { queries, pages, error } = search;
    return { id, queries: [...queries], pages: pages === null ? null : [...pages.values()], error };
  }

  get all(): readonly Search[] {
    if (this.#searches === null) return NONE;
    return [...this.#searches.keys()].flatMap((id) => this.get(id) ?? []);
  }
}

/** Each page once, by its URL; the first entry wins, but an entry with a title is better than one without. */
function addPages(pagesByUrl: Map<string, FoundPage>, pages: readonly FoundPage[]): Map<string, FoundPage> {
  for (const page of pages) {
    const before = pagesByUrl.get(page.url);
    pagesByUrl.set(page.url, before === undefined ? page : { ...before, title: before.title ?? page.title });
  }
  return pagesByUrl;
}

export function distinct(pages: readonly FoundPage[]): readonly FoundPage[] {
  return [...addPages(new Map(), pages).values()];
}

/** All searches of another protocol's parts. */
export function searchesIn(parts: readonly Part[], own: ProtocolName): SearchBook {
  const book = new SearchBook();
  for (const part of parts) {
    const step = foreignStep(part, own);
    if (step !== undefined) book.add(step);
  }
  return book;
}

/** The pages that citations refer to. */
export function pagesOf(citations: readonly Citation[]): readonly FoundPage[] {
  return distinct(citations.map(({ url, title }) => ({ url, title, age: null })));
}

/** It is about the whole answer. */
export function isOfAll({ start, end }: Citation): boolean {
  return start === 0 && end === 0;
}

export function citationOf({ url, title }: FoundPage): Citation {
  return { url, title, quote: null, start: 0, end: 0 };
}

const NO_CITATIONS: readonly Citation[] = [];

/** Found pages, if no citation refers to any: a client without a field for them gets them as citations. */
export function uncited(book: SearchBook, citations: readonly Citation[]): readonly Citation[] {
  if (citations.length > 0 || book.isEmpty) return NO_CITATIONS;
  return distinct(book.all.flatMap(({ pages }) => pages ?? [])).map(citationOf);
}

/** Cuts ranges out of one text, counted in code points. */
export type Slicer = (stretch: { readonly start: number; readonly end: number }) => string;

/** It indexes only a text with surrogates. */
export function slicer(text: string): Slicer {
  if (lengthOf(text) === text.length) return ({ start, end }) => text.slice(start, end);
  const index = new TextIndex(text);
  return ({ start, end }) => index.slice(start, end);
}

/** The length of quotes in the Messages API. */
const LONGEST_QUOTE = 150;
const links = /\[[^\]]*\]\([^)]*\)/gu;
/** How far back to look for a sentence. */
const BACK = 400;

/**
 * The text that a citation supports: the page's own quote, otherwise the answer's. `cut`: of the text that its offsets
 * refer to.
 */
export function citedWords(citation: Citation, cut: Slicer): string {
  const { quote, start } = citation;
  // Its beginning, and a bound on what many citations of one long text cost.
  const text = quote ?? cut({ start, end: Math.min(citation.end, start + BACK) });
  if (quote !== null || !isLink(text)) return shorten(text);
  const before = cut({ start: Math.max(0, start - BACK), end: start }).trimEnd();
  const sentence = before.slice(lastEnd(before)).trim();
  return shorten(sentence === "" ? text : sentence);
}

/** OpenAI's citations mark the links that follow the supported text. */
function isLink(text: string): boolean {
  return text.includes("](") && /^[\s(),;]*$/u.test(text.replaceAll(links, ""));
}

/** The end of the sentence before the last one, or of the line. */
function lastEnd(text: string): number {
  let end = 0;
  for (const { index } of text.matchAll(/[.!?](?=\s)|\n/gu)) if (index < text.length - 1) end = index + 1;
  return end;
}

function shorten(text: string): string {
  const whole = text.trim();
  return whole.length <= LONGEST_QUOTE ? whole : `${whole.slice(0, LONGEST_QUOTE - 1).trimEnd()}…`;
}

/** A part with pages only, for a protocol without a part for them. */
export function pagesPart(pages: readonly FoundPage[], state: ForeignPart["state"]): ForeignPart {
  return { type: "foreign", state, search: { id: "", queries: [], pages, error: null } };
}

/** All queries as one text. */
export function queryOf({ queries }: Pick<Search, "queries">): string {
  return queries.join("; ");
}

/** `query` and `queries` of a call, as in OpenAI's and Anthropic's formats. */
export function readQueries(members: JsonObject): readonly string[] {
  const all = arrayOr<readonly Json[]>(members["queries"], []).filter((one) => typeof one === "string");
  const one = stringOr(members["query"], "");
  return [...new Set([...(one === "" ? [] : [one]), ...all])].filter((query) => query.trim() !== "");
}
