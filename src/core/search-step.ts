// A web search, or another tool, that the vendor ran by itself, as a part of an answer or a history: the queries and
// results, or text for anything else. It never holds the wire format: the vendor's own bytes stay in the part's state.

/** A page in the results of a search. */
export interface FoundPage {
  readonly url: string;
  readonly title: string | null;
  /** Its age, in the vendor's words. */
  readonly age: string | null;
}
/**
 * A web search that the vendor ran by itself. Some vendors send the query and the results in two parts with the same
 * id.
 */
export interface SearchStep {
  /** The vendor's id of the search; empty if it has none. */
  readonly id: string;
  /** Null: in another part. Empty: unknown. */
  readonly queries: readonly string[] | null;
  /** Null: in another part, or not reported. */
  readonly pages: readonly FoundPage[] | null;
  /** The error code, if it failed. */
  readonly error: string | null;
  /** `own`: the results are encrypted for their vendor. `none`: another vendor's search, in this protocol's blocks. */
  readonly seal?: "own" | "none" | undefined;
}

/**
 * In requests: the work of a tool that the vendor ran, or the words that the vendor attributes to it. Targets of other
 * protocols get it as text.
 */
export interface TextFallback {
  /** A short name for the tag around the text and for the report. */
  readonly kind: string;
  /** Empty if it has no text. */
  readonly text: string;
  /** Its members that are not text, as paths in the caller's request. */
  readonly lostPlaces: readonly string[];
}
