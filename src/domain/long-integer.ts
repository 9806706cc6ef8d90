// Whether JSON may hold a whole number that a float cannot hold. Each request, answer and event is asked, so only every sixteenth
// character is looked at: no run of so many digits fits between two of them. It may say yes of words in a text, never no of a number.

/** The largest safe integer has sixteen digits. */
const DIGITS = 16;
const ZERO = 48;
const NINE = 57;
const MINUS = 45;
/** No fraction: vectors are full of long ones, and a float holds those as well as their vendor did. */
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
    // The next look is beyond this run.
    while (at + DIGITS < end) at += DIGITS;
  }
  return false;
}

function isWhole(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) === ZERO || (end < text.length && !behind.has(text.charCodeAt(end)))) return false;
  const first = text.charCodeAt(start - 1) === MINUS ? start - 1 : start;
  return first === 0 || before.has(text.charCodeAt(first - 1));
}

/** Not a number, behind an end of the text, is none. */
function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function codesOf(letters: string): ReadonlySet<number> {
  return new Set(Buffer.from(letters, "latin1"));
}
