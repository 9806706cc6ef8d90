// Whether JSON may contain an integer that a float cannot hold. It runs on each request, answer and event, so it works on
// bytes and checks only every sixteenth: no such integer fits between two checks. It may report digits inside a string,
// but never misses a number.

/** The largest safe integer has sixteen digits. */
const DIGITS = 16;
const ZERO = 48;
const NINE = 57;
const MINUS = 45;
/** Fractions do not count: vectors are full of long ones, and a float holds them as well as their vendor did. */
const before: ReadonlySet<number | undefined> = codesOf(":,[ \t\n\r");
const behind: ReadonlySet<number | undefined> = codesOf(",}] \t\n\r");

/** Of the JSON in `bytes` between `start` and `end`. */
export function holdsLongInteger(bytes: Uint8Array, start: number = 0, end: number = bytes.length): boolean {
  for (let at = start + DIGITS - 1; at < end; at += DIGITS) {
    if (!isDigit(bytes[at])) continue;
    let first = at;
    while (first > start && isDigit(bytes[first - 1])) first -= 1;
    let last = at + 1;
    while (last < end && isDigit(bytes[last])) last += 1;
    if (last - first >= DIGITS && isWhole(bytes, { start, first, last, end })) return true;
    // Continue after this run of digits.
    while (at + DIGITS < last) at += DIGITS;
  }
  return false;
}

const sixteenDigits = /\d{16}/;

/** The same for a string, if it is small or rare. */
export function textHoldsLongInteger(text: string): boolean {
  return sixteenDigits.test(text) && holdsLongInteger(Buffer.from(text));
}

/** A run of digits from `first` to `last`, in bytes that count from `start` to `end`. */
interface Run {
  readonly start: number;
  readonly first: number;
  readonly last: number;
  readonly end: number;
}

function isWhole(bytes: Uint8Array, { start, first, last, end }: Run): boolean {
  if (bytes[first] === ZERO || (last < end && !behind.has(bytes[last]))) return false;
  const sign = first > start && bytes[first - 1] === MINUS ? first - 1 : first;
  return sign === start || before.has(bytes[sign - 1]);
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}

function codesOf(letters: string): ReadonlySet<number> {
  return new Set(Buffer.from(letters, "latin1"));
}
