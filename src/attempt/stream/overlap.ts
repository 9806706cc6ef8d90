// Where a stand-in's words join those that the caller has already. It may go on, repeat the tail, or start over word for
// word: what the caller has is swallowed, what is new is let through, and every character is seen once (F3). Pure. It must
// never guess: where it cannot be decided, it says so, and the answer ends with an error.
import { judgeLikeness, TELLING } from "./repetition.ts";

/** What to do with what the stand-in has said so far. */
export type Joined =
  /** Nothing is decided yet. */
  | { readonly kind: "held" }
  /** From here on everything is new; this is the first of it, perhaps nothing. */
  | { readonly kind: "joined"; readonly text: string }
  /** It says again what the caller has, in other words. */
  | { readonly kind: "lost" };

/** An answer that begins as the first one did and then goes other ways has started over. */
const STARTED_OVER = 24;
/** So much from the middle said again, and then left, is a repetition too. */
const REPEATED = 120;
/** The most that is ever compared. */
const MOST_HELD = 256 * 1024;

const HELD: Joined = { kind: "held" };
const LOST: Joined = { kind: "lost" };

export class Overlap {
  /** What the caller has, without the blanks at its end, and these. */
  readonly #said: string;
  readonly #blanks: string;
  #heard = "";
  /** Places in `#said` from which all that was heard is a repetition so far; null before the first word. */
  #places: number[] | null = null;
  /** So much of what was heard has been compared at these places. */
  #compared = 0;
  /** From here to the end was heard again: the longest that there is. */
  #tail: number | null = null;

  constructor(said: string) {
    this.#said = said.trimEnd();
    this.#blanks = said.slice(this.#said.length);
  }

  push(text: string): Joined {
    this.#heard += text;
    const heard = this.#heard.trimStart();
    if (heard === "") return HELD;
    const matched = this.#narrow(heard);
    if (heard.length > MOST_HELD) return LOST;
    if (this.#places !== null && this.#places.length > 0) return HELD;
    if (this.#isOpen(heard)) return HELD;
    return this.#decide(heard, matched);
  }

  /** The stand-in has nothing more to say. */
  end(): Joined {
    const heard = this.#heard.trimStart();
    if (heard === "") return { kind: "joined", text: "" };
    const pending = this.#places ?? [];
    const after = this.#tail === null ? null : this.#after(this.#tail, heard);
    if (after !== null) return after;
    // A whole answer that is only a piece of what was said before is nothing new, unless it is too short to tell.
    return pending.length > 0 && heard.length >= TELLING ? LOST : this.#decide(heard, 0);
  }

  /** Keeps the places that still fit; gives how much fitted at most, and notes those that reached the end. */
  #narrow(heard: string): { readonly start: number; readonly middle: number } {
    const said = this.#said;
    const fits: number[] = [];
    const longest = { start: 0, middle: 0 };
    for (const place of this.#places ?? placesOf(heard.charAt(0), said)) {
      const rest = said.length - place;
      const common = this.#compared + commonLength({ text: said, from: place + this.#compared }, heard, this.#compared);
      if (common === rest) {
        if (this.#tail === null || place < this.#tail) this.#tail = place;
      } else if (common === heard.length) fits.push(place);
      else if (place === 0) longest.start = common;
      else longest.middle = Math.max(longest.middle, common);
    }
    this.#places = fits;
    this.#compared = heard.length;
    return longest;
  }

  /** Of the tail that was repeated, and of the blanks after it, nothing new yet: what comes next tells. */
  #isOpen(heard: string): boolean {
    if (this.#tail === null) return false;
    const rest = heard.slice(this.#said.length - this.#tail);
    return rest === "" || (rest.length < this.#blanks.length && this.#blanks.startsWith(rest));
  }

  #decide(heard: string, matched: { readonly start: number; readonly middle: number } | 0): Joined {
    const after = this.#tail === null ? null : this.#after(this.#tail, heard);
    if (after !== null) return after;
    if (matched !== 0 && (matched.start >= STARTED_OVER || matched.middle >= REPEATED)) return LOST;
    // It goes on. Blanks at the joint were said once already.
    const raw = this.#heard;
    return {
      kind: "joined",
      text: this.#blanks !== "" && raw.startsWith(this.#blanks) ? raw.slice(this.#blanks.length) : raw,
    };
  }

  /** What follows on the tail that was heard again; null where it was no more than chance that it was. */
  #after(tail: number, heard: string): Joined | null {
    const said = this.#said;
    const rest = heard.slice(said.length - tail);
    const isSpaced = /^\s/u.test(this.#heard);
    const judged = judgeLikeness({ before: said.slice(0, tail), tail: said.slice(tail), next: rest, isSpaced });
    if (judged !== "repeated") return judged === "unsure" ? LOST : null;
    // Blanks at the joint were said once already.
    const blanks = commonLength({ text: this.#blanks, from: 0 }, rest, 0);
    const isPart = blanks < this.#blanks.length && /^\s/u.test(rest.slice(blanks));
    return { kind: "joined", text: isPart ? rest : rest.slice(blanks) };
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
