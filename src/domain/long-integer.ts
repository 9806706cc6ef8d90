// Whether JSON text may contain an integer that a float cannot hold. It runs on each request, answer and event, so it
// checks only every sixteenth character: no such integer fits between two checks. It may report digits inside a string,
// but never misses a number.

/** The largest safe integer has sixteen digits. */
const DIGITS = 16;
const ZERO = 48;
const NINE = 57;
const MINUS = 45;
/** Fractions do not count: vectors are full of long ones, and a float holds them as well as their vendor did. */
const before: ReadonlySet<number> = codesOf(":,[ \t\n\r");
const behind: ReadonlySet<number> = codesOf(",}] \t\n\r");

export function holdsLongInteger(text: string): boolean {
  for (let at = DIGITS - 1; at < text.length; at += DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    while (isDigit(text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
    if (end - start >= DIGITS && isWhole(text, start, end)) return true;
    // Continue after this run of digits.
    while (at + DIGITS < end) at += DIGITS;
  }
  return false;
}

function isWhole(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) === ZERO || (end < text.length && !behind.has(text.charCodeAt(end)))) return false;
  const first = text.charCodeAt(start - 1) === MINUS ? start - 1 : start;
  return first === 0 || before.has(text.charCodeAt(first - 1));
}

/** NaN, past an end of the text, is not a digit. */
function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function codesOf(letters: string): ReadonlySet<number> {
  return new Set(Buffer.from(letters, "latin1"));
}
