// The endings of a protocol's answers, as data: which of the vendors' words is a good ending, and which says that the
// answer broke (F17). The protocols own the tables; the engine asks whether an ending explains an empty answer, and
// docs/protocols/endings.md is generated from them. Types only.
import type { FinishReason, ProtocolName } from "./chat.ts";

/**
 * The meaning of a word. `own_stop`: a stop sequence of the caller ended the answer. The last three say that it broke, and
 * name the verdict.
 */
export type EndingMeaning = FinishReason | "own_stop" | "cut" | "overloaded" | "malformed";

/**
 * Whether a plain stop explains an answer without content. `with_stops`: only if the request had stop sequences, because
 * the vendor does not say which ending it was.
 */
export type EmptyStop = "always" | "with_stops" | "never";

export interface Endings {
  readonly protocol: ProtocolName;
  /** The wire member with the word. */
  readonly member: string;
  readonly emptyStop: EmptyStop;
  /** The protocol's own words, as its vendor spells them. */
  readonly own: ReadonlyMap<string, EndingMeaning>;
  /** All words, normalized: its own, and those of other hosts. */
  readonly words: ReadonlyMap<string, EndingMeaning>;
  /** Whether an answer without content that ended with this word is an answer. `hasStops` is asked only if it matters. */
  explainsEmpty(raw: string | null, hasStops: () => boolean): boolean;
}
