// The last words of a broken answer: a stand-in begins by repeating them, which proves that it continues this answer.
// Pure. An anchor occurs once in the text; otherwise a repetition of it would not say where the text goes on.

export interface Anchor {
  /** Its offset in the text. */
  readonly start: number;
  readonly text: string;
}

/** Fewer words, or fewer letters, begin another answer by chance. */
const LEAST_WORDS = 4;
const LEAST_WEIGHT = 12;
/** So many short words or marks are enough without letters. */
const ENOUGH_WORDS = 12;
/** A character of a script without blanks counts as a third of a word, and as two letters. */
const PER_WORD = 3;
const DENSE = 2;
/** An anchor may begin inside a longer word (an address, encoded bytes). */
const LONG_WORD = 40;
/** The most characters, without white space. A text that repeats itself for longer has no anchor. */
const MOST = 300;

const blank = /\s/u;
const letter = /[\p{L}\p{N}]/u;
const mark = /\p{M}/u;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Null: the text repeats itself, and no end of it of a bounded length occurs once. White space at its end is left out. */
export function anchorOf(transcript: string): Anchor | null {
  const text = transcript.trimEnd();
  const least = uniqueLength(withoutBlanks(text));
  const anchorStart = walkBack(text, least);
  if (anchorStart !== null) return { start: anchorStart, text: text.slice(anchorStart) };
  const isWhole = text !== "" && withoutBlanks(text).length <= MOST;
  return isWhole ? { start: 0, text } : null;
}

export function withoutBlanks(text: string): string {
  return text.replace(/\s+/gu, "");
}

/** The offset of the shortest end that is telling, and has at least `least` characters other than white space. */
function walkBack(text: string, least: number): number | null {
  let words = 0;
  let weight = 0;
  let length = 0;
  let wordLength = 0;
  for (let at = text.length; at > 0 && length <= MOST;) {
    const sign = signBefore(text, at);
    at -= sign.length;
    if (blank.test(sign)) {
      wordLength = 0;
      continue;
    }
    const isDense = unspaced.test(sign);
    const opens = at === 0 || blank.test(text.charAt(at - 1));
    length += sign.length;
    wordLength += sign.length;
    if (letter.test(sign)) weight += isDense ? DENSE : 1;
    words += isDense ? 1 / PER_WORD : opens ? 1 : 0;
    const mayBegin = opens ? letter.test(sign) : !mark.test(sign) && (isDense || wordLength >= LONG_WORD);
    const isTelling = (words > LEAST_WORDS - 0.01 && weight >= LEAST_WEIGHT) || words >= ENOUGH_WORDS;
    if (mayBegin && length >= least && length <= MOST && (isTelling || wordLength >= LONG_WORD)) return at;
  }
  return null;
}

function signBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  const isLow = low >= 0xdc00 && low <= 0xdfff && at > 1;
  return text.slice(isLow ? at - 2 : at - 1, at);
}

/** The length from which an end of this text occurs nowhere else in it. One pass (the Z algorithm, backwards). */
function uniqueLength(text: string): number {
  const { length } = text;
  const common = new Int32Array(length);
  const sign = (place: number): number => text.charCodeAt(length - 1 - place);
  let longest = 0;
  let from = 0;
  let to = 0;
  for (let at = 1; at < length; at += 1) {
    let commonLength = at < to ? Math.min(to - at, common[at - from] ?? 0) : 0;
    while (at + commonLength < length && sign(commonLength) === sign(at + commonLength)) commonLength += 1;
    common[at] = commonLength;
    if (commonLength > longest) longest = commonLength;
    if (at + commonLength > to) {
      from = at;
      to = at + commonLength;
    }
  }
  return longest + 1;
}
