// Decides whether a stand-in's first words repeat the last words that the client has, or only look alike by chance.
// Pure. It must not guess if both are equally likely: numbers, doubled characters and runs of marks prove nothing.

/** A tail of the sent text with which the new text begins. */
export interface PossibleRepeat {
  /** All sent text before it. */
  readonly before: string;
  readonly tail: string;
  /** The new text after it, as far as it is known. */
  readonly next: string;
  /** Whitespace came before it in the new text. */
  readonly isSpaced: boolean;
}

/** A repeated tail of so many letters is no chance, and needs no further check. */
export const TELLING = 6;
/** Fewer letters are enough for the beginning of a word after whitespace. */
const TELLING_WORD = 3;
/** A character of a dense script counts as two letters; punctuation and digits repeat by chance. */
const DENSE = 2;
const SLIGHT = 0.25;
/** Two emoji in a row, or the two halves of a flag, are no chance, unless they are equal. */
const PICTURE = 3;

const letter = /[\p{L}\p{N}_]/u;
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const picture = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
/** The start of a code block with its language: two never follow each other. */
const fence = /^`{3,}\w+$/u;
const number = /^[\d.,]*\d$/u;
/** The start of one may be half of a longer run. */
const run = /^([#`*~])\1*$/u;

/** `unsure`: both are equally likely. */
export function judgeRepetition(repeat: PossibleRepeat): "repeated" | "chance" | "unsure" {
  const { before, tail, next } = repeat;
  if (before === "") return run.test(tail) && tail.length < TELLING_WORD ? "unsure" : "repeated";
  if (weigh(tail) >= TELLING) return "repeated";
  const isWhole = !(letter.test(before.slice(-1)) && letter.test(tail.charAt(0)));
  if (unspaced.test(tail)) return isWhole || tail.length > 1 ? "unsure" : "chance";
  if (fence.test(tail) || isCutWord(repeat)) return "repeated";
  if (picture.test(tail)) return picture.test(next) ? "chance" : "unsure";
  if (!isWhole || !letter.test(tail.charAt(0))) return "chance";
  return judgeWord(repeat);
}

/** A word was cut, and its beginning came again with the marks before it. */
function isCutWord({ tail, next, isSpaced }: PossibleRepeat): boolean {
  return !isSpaced && letter.test(next.charAt(0)) && /\p{L}$/u.test(tail) && !letter.test(tail.charAt(0));
}

function judgeWord({ tail, next, isSpaced }: PossibleRepeat): "repeated" | "chance" | "unsure" {
  if (!isSpaced) return number.test(tail) && tail.length < TELLING_WORD ? "unsure" : "repeated";
  const isWord = tail.length > TELLING_WORD && !letter.test(next.charAt(0));
  return isWord && !number.test(tail) ? "repeated" : "chance";
}

/** Its weight in letters of a word, roughly. */
function weigh(text: string): number {
  let weight = 0;
  let last = "";
  for (const sign of text) {
    if (sign.trim() !== "") weight += weightOf(sign, last);
    else if (last.trim() !== "") weight += 1;
    last = sign;
    if (weight >= TELLING) break;
  }
  return weight;
}

function weightOf(sign: string, last: string): number {
  if (letter.test(sign) && !/\d/u.test(sign)) return dense.test(sign) ? DENSE : 1;
  return picture.test(sign) && sign !== last && sign > "\u007f" ? PICTURE : SLIGHT;
}
