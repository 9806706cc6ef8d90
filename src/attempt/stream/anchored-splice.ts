// Verifies that a stand-in continues the client's text: it repeats the last words (the anchor), a longer end, or all of
// it. What it repeats is swallowed, and the text goes on exactly at the cut. Pure. Anything else (other words, a refusal,
// an apology first, another language) is lost: none of it may be shown (F3).
import { anchorOf, withoutBlanks } from "../../domain/anchor.ts";
import { HELD, LOST, withoutShared, type Joined, type Splice } from "./splice.ts";

/** How much before the anchor a stand-in may repeat, without white space, and how many marks may come first. */
const BEFORE = 200;
const MOST_MARKS = 64;
/** The most that is held back while an answer starts over word for word. */
const MOST_HELD = 64 * 1024;

const FENCE = "```";
/** A code fence with its language, quotation marks, an ellipsis. */
const lead = /^(?:\s|`{3,}[\w+#.-]*[^\S\n]*\n|["'`“”„«»‹›‘’‚「」『』…]|\.{3})+/u;
/** All of it may still be part of a fence or an ellipsis. */
const open = /^[\s"'“”„«»‹›‘’‚「」『』…]*(?:`+[\w+#.-]*[^\S\n]*|\.{1,2})?$/u;
/** A letter of a script that has blanks between its words. */
const word = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{N}]/u;
const closers: Readonly<Record<string, string>> = {
  "“": "”",
  "„": "“",
  "«": "»",
  "‹": "›",
  "‘": "’",
  "‚": "‘",
  "「": "」",
  "『": "』",
};

export class AnchoredSplice implements Splice {
  readonly #transcript: string;
  /** The white space at the end of the client's text. */
  readonly #blanks: string;
  /** The client's text without white space and without the marks at its beginning; and those. */
  readonly #whole: string;
  readonly #marks: string;
  readonly #isBare: boolean;
  /** Its end, which contains the anchor; null: the anchor is the whole text. */
  readonly #near: { readonly window: string; readonly anchor: string } | null;
  #raw = "";
  /** The offset of the first character after the marks; null: not yet. */
  #from: number | null = null;
  /** The text from there, without white space. */
  #buffer = "";
  #startsOver = true;
  /** How much of it was compared with the whole. */
  #compared = 0;
  /** The offset after the repeated words; null: not yet. */
  #after: number | null = null;
  #closer: string | null = null;

  constructor(transcript: string) {
    this.#transcript = transcript.trimEnd();
    this.#blanks = transcript.slice(this.#transcript.length);
    // Marks alone are no words: then they must come again as they are.
    this.#isBare = open.test(transcript) || (lead.exec(transcript)?.[0].length ?? 0) >= this.#transcript.length;
    this.#marks = this.#isBare ? "" : (lead.exec(this.#transcript)?.[0] ?? "");
    this.#whole = withoutBlanks(this.#transcript.slice(this.#marks.length));
    this.#near = nearOf(this.#transcript);
  }

  push(text: string): Joined {
    this.#raw += text;
    if (this.#after !== null) return this.#decide(this.#after, false);
    if (this.#raw.length > MOST_HELD) return LOST;
    const fresh = this.#begin(text);
    if (fresh === null) return this.#raw.length > MOST_MARKS ? LOST : HELD;
    this.#buffer += withoutBlanks(fresh);
    return this.#verify();
  }

  end(): Joined {
    return this.#after === null ? LOST : this.#decide(this.#after, true);
  }

  /** The new text after the marks at the beginning; null: only marks so far. */
  #begin(text: string): string | null {
    if (this.#from !== null) return text;
    if (this.#whole === "") return null;
    if (this.#isBare) this.#from = 0;
    else {
      if (open.test(this.#raw)) return null;
      const length = lead.exec(this.#raw)?.[0].length ?? 0;
      if (length === this.#raw.length) return null;
      this.#from = length;
    }
    return this.#raw.slice(this.#from);
  }

  #verify(): Joined {
    const near = this.#near === null ? null : findNear(this.#buffer, this.#near);
    const over = this.#compareWhole();
    const matched = typeof near === "number" ? near : over;
    if (matched === null) return near === "open" || this.#startsOver ? HELD : LOST;
    this.#after = this.#offsetOf(matched);
    this.#closer = this.#closerFor(matched);
    return this.#decide(this.#after, false);
  }

  /** The length of the whole, if all of it came again. */
  #compareWhole(): number | null {
    const whole = this.#whole;
    const upTo = Math.min(this.#buffer.length, whole.length);
    this.#startsOver &&= this.#buffer.slice(this.#compared, upTo) === whole.slice(this.#compared, upTo);
    this.#compared = upTo;
    return this.#startsOver && upTo === whole.length ? upTo : null;
  }

  /** Where the first `count` characters end in the raw text. */
  #offsetOf(count: number): number {
    let remaining = count;
    let at = this.#from ?? 0;
    for (; remaining > 0; at += 1) if (!/\s/u.test(this.#raw.charAt(at))) remaining -= 1;
    return at;
  }

  /** The mark that closes what the stand-in opened before the repeated words, and the client's text did not. */
  #closerFor(matched: number): string | null {
    const marks = this.#raw.slice(0, this.#from ?? 0);
    const start = this.#whole.length - matched;
    const before = start <= 0 ? this.#marks : this.#whole.charAt(start - 1);
    if (marks.includes(FENCE)) return before.includes(FENCE) || isInFence(this.#transcript) ? null : FENCE;
    const quote = marks.trimEnd().at(-1) ?? "";
    if (quote === "" || quote === "…" || quote === "." || before.includes(quote)) return null;
    return closers[quote] ?? quote;
  }

  /** Holds what could still be white space that the client has, or the mark that closes a quotation. */
  #decide(after: number, isEnd: boolean): Joined {
    let rest = this.#raw.slice(after);
    let closer = this.#closer;
    if (closer !== null) {
      const visible = closer === FENCE ? rest.trimStart() : rest;
      if (!isEnd && visible.length < closer.length && closer.startsWith(visible)) return HELD;
      if (visible.startsWith(closer)) {
        rest = visible.slice(closer.length);
        closer = null;
      }
    }
    // The client's text ends with a whole word, and this one is longer: it is another word.
    if (this.#blanks !== "" && closer === this.#closer && this.#splitsWord(rest)) return LOST;
    if (!isEnd && this.#blanks !== "" && rest.trim() === "" && rest.length <= this.#blanks.length) return HELD;
    const text = withoutShared(this.#blanks, rest);
    return closer === null ? { kind: "joined", text } : { kind: "joined", text, closer };
  }

  #splitsWord(rest: string): boolean {
    return word.test(this.#transcript.slice(-1)) && word.test(rest.charAt(0));
  }
}

function nearOf(transcript: string): { readonly window: string; readonly anchor: string } | null {
  const anchor = anchorOf(transcript);
  if (anchor === null || anchor.start === 0) return null;
  const text = withoutBlanks(anchor.text);
  const before = withoutBlanks(transcript.slice(Math.max(0, anchor.start - 2 * BEFORE), anchor.start));
  return { window: before.slice(-BEFORE) + text, anchor: text };
}

/** The length up to the end of the anchor; `open`: it may still come; null: it does not. */
function findNear(answerText: string, { window, anchor }: { window: string; anchor: string }): number | "open" | null {
  const at = answerText.slice(0, window.length).indexOf(anchor);
  if (at === -1) return answerText.length < window.length && window.includes(answerText) ? "open" : null;
  return window.endsWith(answerText.slice(0, at + anchor.length)) ? at + anchor.length : null;
}

/** The text ends inside a code block. */
function isInFence(text: string): boolean {
  let isOpen = false;
  for (const line of text.matchAll(/^[^\S\n]*`{3,}/gmu)) if (line[0] !== "") isOpen = !isOpen;
  return isOpen;
}
