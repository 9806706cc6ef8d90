// Half of a surrogate pair in a caller's own bytes, for targets that refuse a whole body for it. JSON spells it as an escape
// of six characters, and U+FFFD has as many: it is put over it, so that every other byte stays, and stays where it was.
import { viewBytes } from "../domain/view-bytes.ts";

const BACKSLASH = 92;
const REPLACEMENT = Buffer.from("\\ufffd");
const hex = /^\\u[0-9a-f]{4}$/iu;

/** The very same bytes where there is none. */
export function mendSurrogates(body: Uint8Array): Uint8Array {
  const bytes = viewBytes(body);
  let mended: Buffer | null = null;
  for (const at of loneIn(bytes)) {
    mended ??= Buffer.from(bytes);
    REPLACEMENT.copy(mended, at);
  }
  return mended ?? body;
}

/** Where an escape of one half stands that its other half does not follow, or precede. */
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

/** A backslash that stands behind another one is that one's. */
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
