// Joins the text of a stand-in that got the client's text as the beginning of its own turn (prefill). It may continue,
// repeat the tail, or start over word for word: known text is removed, new text passes, and the client sees every
// character once (F3). Pure. It must never guess: if it cannot decide, it says so. Without prefill: anchored-splice.ts.
import { judgeRepetition, TELLING } from "./repetition.ts";
import { HELD, LOST, withoutShared, type Joined, type Splice } from "./splice.ts";

/** After so many equal characters from the start, an answer that then differs has started over. */
const STARTED_OVER = 24;
/** So many characters repeated from the middle, before it differs, are a repetition too. */
const REPEATED = 120;
/** The most that is ever compared. */
const MOST_HELD = 256 * 1024;

export class Overlap implements Splice {
  /** The client's text without its trailing whitespace, and that whitespace. */
  readonly #previous: string;
  readonly #blanks: string;
  #continuation = "";
  /** Offsets in `#said` from which all new text is a repetition so far; null before the first word. */
  #places: number[] | null = null;
  /** How much of the new text has been compared at these offsets. */
  #compared = 0;
  /** The longest tail, from this offset to the end, that was repeated. */
  #tail: number | null = null;

  constructor(previous: string) {
    this.#previous = previous.trimEnd();
    this.#blanks = previous.slice(this.#previous.length);
  }

  push(text: string): Joined {
    this.#continuation += text;
    const continuation = this.#continuation.trimStart();
    if (continuation === "") return HELD;
    const matched = this.#narrow(continuation);
    if (continuation.length > MOST_HELD) return LOST;
    if (this.#places !== null && this.#places.length > 0) return HELD;
    if (this.#isOpen(continuation)) return HELD;
    return this.#decide(continuation, matched);
  }

  /** The stand-in's text is complete. */
  end(): Joined {
    const continuation = this.#continuation.trimStart();
    if (continuation === "") return { kind: "joined", text: "" };
    const pending = this.#places ?? [];
    const after = this.#tail === null ? null : this.#after(this.#tail, continuation);
    if (after !== null) return after;
    // A whole answer that is only a part of the earlier text is nothing new, unless it is too short to decide.
    return pending.length > 0 && continuation.length >= TELLING ? LOST : this.#decide(continuation, 0);
  }

  /** Keeps the offsets that still match; returns the longest match, and notes those that reached the end. */
  #narrow(continuation: string): { readonly start: number; readonly middle: number } {
    const previous = this.#previous;
    const fits: number[] = [];
    const longest = { start: 0, middle: 0 };
    for (const place of this.#places ?? placesOf(continuation.charAt(0), previous)) {
      const rest = previous.length - place;
      const common =
        this.#compared + commonLength({ text: previous, from: place + this.#compared }, continuation, this.#compared);
      if (common === rest) {
        if (this.#tail === null || place < this.#tail) this.#tail = place;
      } else if (common === continuation.length) fits.push(place);
      else if (place === 0) longest.start = common;
      else longest.middle = Math.max(longest.middle, common);
    }
    this.#places = fits;
    this.#compared = continuation.length;
    return longest;
  }

  /** Only the repeated tail and whitespace so far: the next text decides. */
  #isOpen(continuation: string): boolean {
    if (this.#tail === null) return false;
    const rest = continuation.slice(this.#previous.length - this.#tail);
    return rest === "" || (rest.length < this.#blanks.length && this.#blanks.startsWith(rest));
  }

  #decide(continuation: string, matched: { readonly start: number; readonly middle: number } | 0): Joined {
    const after = this.#tail === null ? null : this.#after(this.#tail, continuation);
    if (after !== null) return after;
    if (matched !== 0 && (matched.start >= STARTED_OVER || matched.middle >= REPEATED)) return LOST;
    // It continues. The client has the whitespace at the splice already.
    const raw = this.#continuation;
    return {
      kind: "joined",
      text: this.#blanks !== "" && raw.startsWith(this.#blanks) ? raw.slice(this.#blanks.length) : raw,
    };
  }

  /** The text after the repeated tail; null if the repetition was chance. */
  #after(tail: number, continuation: string): Joined | null {
    const previous = this.#previous;
    const rest = continuation.slice(previous.length - tail);
    const isSpaced = /^\s/u.test(this.#continuation);
    const judged = judgeRepetition({
      before: previous.slice(0, tail),
      tail: previous.slice(tail),
      next: rest,
      isSpaced,
    });
    if (judged !== "repeated") return judged === "unsure" ? LOST : null;
    // The client has the whitespace at the splice already.
    return { kind: "joined", text: withoutShared(this.#blanks, rest) };
  }
}

function placesOf(first: string, text: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) places.push(at);
  return places;
}

function commonLength({ text, from }: { text: string; from: number }, other: string, start: number): number {
  const most = Math.min(text.length - from, other.length - start);
  let length = 0;
  while (length < most && text.charCodeAt(from + length) === other.charCodeAt(start + length)) length += 1;
  return length;
}
