// The web that the simulated models search: pages made from the words of the query, always the same. A query with
// "nowhere" finds nothing, one with "unsearchable" fails. Nothing is downloaded.

export interface FoundPage {
  readonly url: string;
  readonly title: string;
  readonly age: string | null;
}

export interface WebSearch {
  readonly query: string;
  /** The answer cites the first one only. */
  readonly pages: readonly FoundPage[];
  readonly failed: boolean;
}

export interface SearchOffer {
  readonly forced: boolean;
  /** The only sites to search; empty: all. */
  readonly domains: readonly string[];
}

const cues = /\b(?:search|look(?:ing)? up|latest|current(?:ly)?|news|today|web)\b/iu;
const sites: readonly string[] = ["www.example.org", "news.example.com", "en.example.net"];

/** Undefined if the model has no search, or sees no reason for one. */
export function searchTheWeb(userText: string, offer: SearchOffer | undefined): WebSearch | undefined {
  if (offer === undefined || (!offer.forced && !cues.test(userText))) return undefined;
  const query = queryOf(userText);
  const isEmpty = /\b(?:nowhere|unsearchable)\b/iu.test(query);
  const hosts = offer.domains.length === 0 ? sites : offer.domains;
  return {
    query,
    pages: isEmpty ? [] : hosts.map((host) => pageAt(host, query)),
    failed: /\bunsearchable\b/iu.test(query),
  };
}

function queryOf(userText: string): string {
  const query = /(?:search(?: the web)? for|look up)(?: the query)?\s*:?\s*(.+)/isu.exec(userText)?.[1] ?? userText;
  return query.replaceAll(/\s+/gu, " ").trim().slice(0, 80) || "news";
}

function pageAt(host: string, query: string): FoundPage {
  const slug =
    query
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/gu, "-")
      .replaceAll(/^-|-$/gu, "") || "page";
  const isNews = host.startsWith("news.");
  return { url: `https://${host}/${slug}`, title: `${query} | ${host}`, age: isNews ? null : "November 28, 2026" };
}

/** The range of the answer that repeats the first page: its first sentence, in UTF-16 units. Undefined without one. */
export function citedSentence(text: string): { readonly start: number; readonly end: number } | undefined {
  const end = /^.+?[.!?](?=\s|$)/su.exec(text)?.[0].length ?? text.length;
  return end === 0 ? undefined : { start: 0, end };
}
