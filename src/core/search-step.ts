// A search of the web that a vendor ran by itself, as a part of an answer or of a history tells it. Says what was looked for
// and found, never how it is written; the vendor's own bytes stay in the part's state.

/** A page that a search found. */
export interface FoundPage {
  readonly url: string;
  readonly title: string | null;
  /** How old it is, in the vendor's words. */
  readonly age: string | null;
}
/**
 * What a part tells of a search that the vendor ran by itself. Some tell the query and what was found in two parts, which
 * share an id.
 */
export interface SearchStep {
  /** As the vendor names the search; empty where it names none. */
  readonly id: string;
  /** Null: told in another part. Empty: not known. */
  readonly queries: readonly string[] | null;
  /** Null: told in another part, or not at all. */
  readonly pages: readonly FoundPage[] | null;
  /** Why it failed, in a word. */
  readonly error: string | null;
  /** `own`: what was found is sealed for its vendor. `none`: another vendor's search, in the blocks of this protocol. */
  readonly seal?: "own" | "none" | undefined;
}
