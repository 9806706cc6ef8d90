// What a vendor did by itself, as a part of an answer or of a history tells it: a search of the web, by what was looked for and
// found; anything else in words. Never how it is written: the vendor's own bytes stay in the part's state.

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

/**
 * In requests: of a part of the vendor's own, what a tool that it ran did; of a text, where the vendor says that its words were
 * found. For models of others, which read it in the user's next turn: they would imitate it in their own.
 */
export interface ToldWords {
  /** What it is, in a word: it names the tag that the words stand in, and the report. */
  readonly kind: string;
  /** Empty where there are no words in it. */
  readonly text: string;
  /** What is no text in it, by its places in the caller's request. */
  readonly lost: readonly string[];
}
