// The names of all members inside a range of JSON, from its bytes: one pass that skips strings, builds no values and
// does not recurse. It relies on an earlier scan: brackets and strings are closed.
import type { FieldSpan } from "../core/exchange.ts";

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE] = [0x22, 0x5c, 0x3a, 0x7b, 0x7d];
/** No vendor has a longer member; of longer names, the beginning is enough. */
const LONGEST_NAME = 80;

/** The names by depth of objects, the outermost first. */
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
