// Searches that a vendor ran by itself, as the answers of one protocol tell them to clients of another: the steps of each
// put together, the pages that no text refers to, and the words that a citation means. Never invents a page.
import type { Citation, ForeignPart, Part, ProtocolName } from "../../core/chat.ts";
import type { FoundPage, SearchStep } from "../../core/search-step.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { lengthOf } from "./citations.ts";
import { arrayOr, isObject, stringOr } from "./read.ts";

/** A search as a whole. */
export interface Search {
  readonly id: string;
  readonly queries: readonly string[];
  /** Null: not told. */
  readonly pages: readonly FoundPage[] | null;
  readonly error: string | null;
}

/** The step of a part that another protocol made; undefined where it tells of none, or its own tells it as it came. */
export function foreignStep(part: Part, own: ProtocolName): SearchStep | undefined {
  return part.type === "foreign" && part.state.protocol !== own ? part.search : undefined;
}

/** Pages as the wires list them: objects with an address, a title and an age under names of their own. */
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

/** Whether all that a search lists is pages. What else it found is told by the block's own words. */
export function areAllPages(list: Json | undefined): boolean {
  return arrayOr<readonly Json[]>(list, []).every((entry) => isObject(entry) && stringOr(entry["url"], "") !== "");
}

interface OpenSearch {
  readonly queries: Set<string>;
  pages: Map<string, FoundPage> | null;
  error: string | null;
}

const NONE: readonly Search[] = [];

/** The searches of an answer in their order: steps with an id find each other by it, all without one are one search. */
export class SearchBook {
  readonly #searches = new Map<string, OpenSearch>();

  get isEmpty(): boolean {
    return this.#searches.size === 0;
  }

  add({ id, queries, pages, error }: SearchStep): void {
    const known = this.#searches.get(id) ?? { queries: new Set(), pages: null, error: null };
    this.#searches.set(id, known);
    for (const query of queries ?? []) known.queries.add(query);
    if (pages !== null) known.pages = addPages(known.pages ?? new Map(), pages);
    known.error ??= error;
  }

  get(id: string): Search | undefined {
    const known = this.#searches.get(id);
    if (known === undefined) return undefined;
    const { queries, pages, error } = known;
    return { id, queries: [...queries], pages: pages === null ? null : [...pages.values()], error };
  }

  get all(): readonly Search[] {
    if (this.isEmpty) return NONE;
    return [...this.#searches.keys()].flatMap((id) => this.get(id) ?? []);
  }
}

/** Each page once, by its address; the first word wins, but a title is better than none. */
function addPages(known: Map<string, FoundPage>, pages: readonly FoundPage[]): Map<string, FoundPage> {
  for (const page of pages) {
    const before = known.get(page.url);
    known.set(page.url, before === undefined ? page : { ...before, title: before.title ?? page.title });
  }
  return known;
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

/** Where a citation leads, as a page. */
export function pagesOf(citations: readonly Citation[]): readonly FoundPage[] {
  return distinct(citations.map(({ url, title }) => ({ url, title, age: null })));
}

/** It speaks of the answer as a whole. */
export function isOfAll({ start, end }: Citation): boolean {
  return start === 0 && end === 0;
}

export function citationOf({ url, title }: FoundPage): Citation {
  return { url, title, quote: null, start: 0, end: 0 };
}

/** Pages that were found, where nothing of them is cited: a client without a place for them reads them as citations. */
export function uncited(book: SearchBook, citations: readonly Citation[]): readonly Citation[] {
  if (citations.length > 0 || book.isEmpty) return [];
  return distinct(book.all.flatMap(({ pages }) => pages ?? [])).map(citationOf);
}

/** Cuts stretches out of one text, counted in characters; only a text with characters beyond UTF-16's units is taken apart. */
export function slicer(text: string): (stretch: { readonly start: number; readonly end: number }) => string {
  if (lengthOf(text) === text.length) return ({ start, end }) => text.slice(start, end);
  const characters = Array.from(text);
  return ({ start, end }) => characters.slice(start, end).join("");
}

/** As much as the Messages API quotes. */
const LONGEST_QUOTE = 150;
const links = /\[[^\]]*\]\([^)]*\)/gu;
/** As far back as a sentence is looked for. */
const BACK = 400;

/** What a citation proves: the page's own words, else the answer's. `cut`: out of the text in which it counts. */
export function citedWords(citation: Citation, cut: ReturnType<typeof slicer>): string {
  const { quote, start } = citation;
  const said = quote ?? cut(citation);
  if (quote !== null || !isLink(said)) return shorten(said);
  const before = cut({ start: Math.max(0, start - BACK), end: start }).trimEnd();
  const sentence = before.slice(lastEnd(before)).trim();
  return shorten(sentence === "" ? said : sentence);
}

/** OpenAI's citations mark the links that stand behind what they prove. */
function isLink(text: string): boolean {
  return text.includes("](") && /^[\s(),;]*$/u.test(text.replaceAll(links, ""));
}

/** Where the sentence before the last one ends, or the line. */
function lastEnd(text: string): number {
  let end = 0;
  for (const { index } of text.matchAll(/[.!?](?=\s)|\n/gu)) if (index < text.length - 1) end = index + 1;
  return end;
}

function shorten(text: string): string {
  const whole = text.trim();
  return whole.length <= LONGEST_QUOTE ? whole : `${whole.slice(0, LONGEST_QUOTE - 1).trimEnd()}…`;
}

/** A part that tells of nothing but pages, for a protocol that has no part for them. */
export function pagesPart(pages: readonly FoundPage[], state: ForeignPart["state"]): ForeignPart {
  return { type: "foreign", state, search: { id: "", queries: [], pages, error: null } };
}

/** The query in one text. */
export function queryOf({ queries }: Pick<Search, "queries">): string {
  return queries.join("; ");
}

/** `query` and `queries` of a call, as OpenAI and Anthropic have them. */
export function readQueries(members: JsonObject): readonly string[] {
  const all = arrayOr<readonly Json[]>(members["queries"], []).filter((one) => typeof one === "string");
  const one = stringOr(members["query"], "");
  return [...new Set([...(one === "" ? [] : [one]), ...all])].filter((query) => query.trim() !== "");
}
