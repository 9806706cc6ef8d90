// Parses a regular expression into a small tree. Patterns come with requests too, so it accepts only those that match in
// linear time: no backreference, no lookaround, bounded repeats. pattern.ts matches it.

/** A test of one character. */
export type CharacterTest = (code: number) => boolean;

export type PatternNode =
  | { readonly kind: "character"; readonly test: CharacterTest }
  /** A position between characters. */
  | { readonly kind: "start" | "end" | "boundary" | "inside" }
  | { readonly kind: "sequence" | "choice"; readonly of: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly of: PatternNode; readonly least: number; readonly most: number };

/** Why a pattern is refused; the message names the problem, and never quotes the pattern. */
export class PatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PatternError";
  }
}

const LONGEST = 500;
const MOST_REPEATS = 100;
const DEEPEST = 20;

const isDigit: CharacterTest = (code) => code >= 48 && code <= 57;
export const isWord: CharacterTest = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: CharacterTest = (code) =>
  (code >= 9 && code <= 13) || code === 32 || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029;
const not =
  (test: CharacterTest): CharacterTest =>
  (code) =>
    !test(code);
const exactly =
  (expected: number): CharacterTest =>
  (code) =>
    code === expected;

const CLASSES: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, "0": 0 };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ahead(): string {
    return this.#text[this.#at] ?? "";
  }

  take(): string {
    const character = this.ahead;
    this.#at += 1;
    return character;
  }

  skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

/** The tree of a pattern in JavaScript's syntax, if it can be matched in linear time. Throws PatternError. */
export const parsePattern = (text: string): PatternNode => {
  if (text.length > LONGEST) throw new PatternError(`must have at most ${LONGEST} characters`);
  const reader = new Reader(text);
  const node = readChoice(reader, 0);
  if (reader.ahead !== "") throw new PatternError("has an unmatched )");
  return node;
};

const readChoice = (reader: Reader, depth: number): PatternNode => {
  if (depth > DEEPEST) throw new PatternError(`has groups nested deeper than ${DEEPEST}`);
  const branches = [readSequence(reader, depth)];
  while (reader.skip("|")) branches.push(readSequence(reader, depth));
  return branches.length === 1 && branches[0] !== undefined ? branches[0] : { kind: "choice", of: branches };
};

const readSequence = (reader: Reader, depth: number): PatternNode => {
  const of: PatternNode[] = [];
  while (reader.ahead !== "" && reader.ahead !== "|" && reader.ahead !== ")") {
    of.push(readRepeat(reader, readAtom(reader, depth)));
  }
  return { kind: "sequence", of };
};

const readRepeat = (reader: Reader, of: PatternNode): PatternNode => {
  const match = reader.match(/[*+?]|\{(\d{1,6})(,(\d{1,6})?)?\}/y);
  if (match === null) return of;
  reader.skip("?");
  if (reader.match(/[*+?]/y) !== null) throw new PatternError("has two repeats in a row");
  const [sign, least = "0", comma, most] = match;
  const bounds: Readonly<Record<string, readonly [number, number]>> = {
    "*": [0, Infinity],
    "+": [1, Infinity],
    "?": [0, 1],
  };
  const upper = most === undefined ? (comma === undefined ? Number(least) : Infinity) : Number(most);
  const [from, to] = bounds[sign] ?? [Number(least), upper];
  if (to < from) throw new PatternError("has a repeat whose numbers are out of order");
  if (from > MOST_REPEATS || (to !== Infinity && to > MOST_REPEATS))
    throw new PatternError(`repeats more than ${MOST_REPEATS} times; write * or + instead`);
  return { kind: "repeat", of, least: from, most: to };
};

const readAtom = (reader: Reader, depth: number): PatternNode => {
  const character = reader.take();
  switch (character) {
    case "^":
      return { kind: "start" };
    case "$":
      return { kind: "end" };
    case ".":
      return { kind: "character", test: (code) => code !== 10 && code !== 13 };
    case "(":
      return readGroup(reader, depth);
    case "[":
      return { kind: "character", test: readSet(reader) };
    case "\\":
      return readEscape(reader);
    case "*":
    case "+":
    case "?":
      throw new PatternError(`has a ${character} with nothing to repeat`);
    default:
      return { kind: "character", test: exactly(character.charCodeAt(0)) };
  }
};

const readGroup = (reader: Reader, depth: number): PatternNode => {
  if (reader.match(/\?<?[=!]/y) !== null)
    throw new PatternError("has a lookahead or lookbehind, which is not supported");
  reader.match(/\?:|\?<[A-Za-z_]\w*>/y);
  if (reader.ahead === "?") throw new PatternError("has a group of a kind that is not supported");
  const inner = readChoice(reader, depth + 1);
  if (!reader.skip(")")) throw new PatternError("is missing a )");
  return inner;
};

const readEscape = (reader: Reader): PatternNode => {
  const letter = reader.take();
  if (letter === "b") return { kind: "boundary" };
  if (letter === "B") return { kind: "inside" };
  return { kind: "character", test: CLASSES[letter] ?? exactly(readCode(reader, letter)) };
};

/** The character that an escape stands for. */
const readCode = (reader: Reader, letter: string): number => {
  if (letter === "") throw new PatternError("ends in a \\");
  if (/[1-9k]/.test(letter)) throw new PatternError("has a backreference, which is not supported");
  if (letter === "x" || letter === "u") {
    const match = reader.match(letter === "x" ? /[\da-f]{2}/iy : /[\da-f]{4}/iy);
    if (match === null) throw new PatternError(`has \\${letter} without hexadecimal digits`);
    return Number.parseInt(match[0], 16);
  }
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  if (/[A-Za-z]/.test(letter)) throw new PatternError(`has the escape \\${letter}, which is not supported`);
  return letter.charCodeAt(0);
};

/** `[^a-z\d]`, after the opening bracket. */
const readSet = (reader: Reader): CharacterTest => {
  const isNegated = reader.skip("^");
  const tests: CharacterTest[] = [];
  while (!reader.skip("]")) {
    const from = readMember(reader);
    const rangeFollows = typeof from === "number" && reader.match(/-(?!\])/y) !== null;
    const to = rangeFollows ? readMember(reader) : from;
    if (typeof from !== "number") tests.push(from);
    else if (typeof to !== "number" || to < from) throw new PatternError("has a range out of order in []");
    else tests.push((code) => code >= from && code <= to);
  }
  const isMember: CharacterTest = (code) => tests.some((test) => test(code));
  return isNegated ? not(isMember) : isMember;
};

const readMember = (reader: Reader): number | CharacterTest => {
  const character = reader.take();
  if (character === "") throw new PatternError("is missing a ]");
  if (character !== "\\") return character.charCodeAt(0);
  const letter = reader.take();
  if (letter === "b") return 8;
  return CLASSES[letter] ?? readCode(reader, letter);
};
