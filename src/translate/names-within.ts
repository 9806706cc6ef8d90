// The names of all members inside of a stretch of JSON, from its bytes: one pass that steps over texts, builds no values and
// needs no recursion. It trusts that the stretch was scanned before: brackets and strings close.
import type { FieldSpan } from "../core/exchange.ts";

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE] = [0x22, 0x5c, 0x3a, 0x7b, 0x7d];
/** No vendor's member is longer: of what is, the beginning tells enough. */
const LONGEST_NAME = 80;

/** By how many objects a name stands in, from the outermost on. */
export function namesWithin(bytes: Buffer, { start, end }: FieldSpan): readonly ReadonlySet<string>[] {
  const depths: Set<string>[] = [];
  let depth = -1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === OPEN) depth += 1;
    else if (byte === CLOSE) depth -= 1;
    else if (byte === QUOTE) {
      const close = endOfString(bytes, at, end);
      if (bytes[afterBlanks(bytes, close + 1)] === COLON)
        (depths[depth] ??= new Set()).add(bytes.toString("latin1", at + 1, Math.min(close, at + 1 + LONGEST_NAME)));
      at = close;
    }
  }
  return Array.from(depths, (names) => names ?? new Set());
}

function endOfString(bytes: Buffer, start: number, end: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); at !== -1 && at < end; at = bytes.indexOf(QUOTE, at + 1)) {
    let escapes = at;
    while (bytes[escapes - 1] === BACKSLASH) escapes -= 1;
    if ((at - escapes) % 2 === 0) return at;
  }
  return end;
}

function afterBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 10 || bytes[at] === 13) at += 1;
  return at;
}
