// How much it says that a stand-in's first words are the last ones that the caller has: a repetition, or chance. Pure. It
// must not guess where both are as likely: numbers, doubled characters and runs of marks are told from nothing.

/** A tail of the text that was sent, with which what was heard begins. */
export interface Likeness {
  /** What was sent before it, all of it. */
  readonly before: string;
  readonly tail: string;
  /** What was heard after it, as far as it is known. */
  readonly next: string;
  /** Blanks were heard before it. */
  readonly isSpaced: boolean;
}

/** Of a repeated tail, so many letters are no chance, and no others are asked after. */
export const TELLING = 6;
/** As the beginning of a word that was heard after a blank, fewer are. */
const TELLING_WORD = 3;
/** A sign of a script that needs few of them says as much as two letters; punctuation and digits come back by chance. */
const DENSE = 2;
const SLIGHT = 0.25;
/** Two pictures in a row, or the two halves of a flag, are no chance, unless they are the same. */
const PICTURE = 3;

const letter = /[\p{L}\p{N}_]/u;
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const picture = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
/** Where code begins, and in which language: no two follow on each other. */
const fence = /^`{3,}\w+$/u;
const number = /^[\d.,]*\d$/u;
/** A beginning of these may be half of a longer run of them. */
const run = /^([#`*~])\1*$/u;

/** `unsure`: as likely the one as the other. */
export function judgeLikeness(likeness: Likeness): "repeated" | "chance" | "unsure" {
  const { before, tail, next } = likeness;
  if (before === "") return run.test(tail) && tail.length < TELLING_WORD ? "unsure" : "repeated";
  if (weigh(tail) >= TELLING) return "repeated";
  const isWhole = !(letter.test(before.slice(-1)) && letter.test(tail.charAt(0)));
  if (unspaced.test(tail)) return isWhole || tail.length > 1 ? "unsure" : "chance";
  if (fence.test(tail) || isCutWord(likeness)) return "repeated";
  if (picture.test(tail)) return picture.test(next) ? "chance" : "unsure";
  if (!isWhole || !letter.test(tail.charAt(0))) return "chance";
  return judgeWord(likeness);
}

/** A word was cut, and its beginning came again with the marks before it. */
function isCutWord({ tail, next, isSpaced }: Likeness): boolean {
  return !isSpaced && letter.test(next.charAt(0)) && /\p{L}$/u.test(tail) && !letter.test(tail.charAt(0));
}

function judgeWord({ tail, next, isSpaced }: Likeness): "repeated" | "chance" | "unsure" {
  if (!isSpaced) return number.test(tail) && tail.length < TELLING_WORD ? "unsure" : "repeated";
  const isWord = tail.length > TELLING_WORD && !letter.test(next.charAt(0));
  return isWord && !number.test(tail) ? "repeated" : "chance";
}

/** About how many letters of a word it is worth. */
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
