// Replaces lone surrogates in a caller's own bytes, for targets that refuse a body with one. In JSON each is an escape
// of six characters, and so is U+FFFD: the replacement leaves every other byte, and its position, unchanged.
import { viewBytes } from "../domain/view-bytes.ts";

const BACKSLASH = 92;
const REPLACEMENT = Buffer.from("\\ufffd");
const hex = /^\\u[0-9a-f]{4}$/iu;

/** The same bytes if there is none. */
export function mendSurrogates(body: Uint8Array): Uint8Array {
  const bytes = viewBytes(body);
  let mended: Buffer | null = null;
  for (const at of loneIn(bytes)) {
    mended ??= Buffer.from(bytes);
    REPLACEMENT.copy(mended, at);
  }
  return mended ?? body;
}

/** The positions of escapes that are one half of a pair without the other half. */
function* loneIn(bytes: Buffer): Generator<number> {
  let at = 0;
  for (;;) {
    at = bytes.indexOf("\\u", at, "latin1");
    if (at === -1) return;
    if (!isEscape(bytes, at)) {
      at += 1;
      continue;
    }
    const half = halfAt(bytes, at);
    if (half === "high" && halfAt(bytes, at + 6) === "low") at += 12;
    else {
      if (half !== null) yield at;
      at += 6;
    }
  }
}

/** A backslash after another backslash belongs to that one. */
function isEscape(bytes: Buffer, at: number): boolean {
  let before = at - 1;
  while (bytes[before] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}

function halfAt(bytes: Buffer, at: number): "high" | "low" | null {
  const text = bytes.toString("latin1", at, at + 6);
  if (!hex.test(text)) return null;
  const unit = Number.parseInt(text.slice(2), 16);
  if (unit < 0xd800 || unit > 0xdfff) return null;
  return unit < 0xdc00 ? "high" : "low";
}
