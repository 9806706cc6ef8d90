// Finds the end of a conversation's first question. Everything before it is the same at every turn, so it identifies
// the conversation without an id. It only reads bytes, and builds nothing.
import type { Call } from "../core/exchange.ts";

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const USER = /"role"\s*:\s*"user"/;
const NAMES = ["messages", "contents", "input", "prompt"] as const;

/** The bytes of the conversation up to the end of the user's first message; null if the body has none. */
export function conversationPrefix({ body, fields }: Call): Uint8Array | null {
  for (const name of NAMES) {
    const span = fields.get(name);
    if (span === undefined) continue;
    const value = Buffer.from(body.buffer, body.byteOffset + span.start, span.end - span.start);
    return value[0] === OPEN_LIST ? throughFirstQuestion(value) : value;
  }
  return null;
}

function throughFirstQuestion(list: Buffer): Uint8Array {
  let [depth, from] = [0, 0];
  for (let at = 1; at < list.length; at += 1) {
    const byte = list[at];
    if (byte === QUOTE) at = endOfString(list, at);
    else if (byte === OPEN || byte === OPEN_LIST) {
      if (depth === 0) from = at;
      depth += 1;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0 && isUserRole(list, from, at)) return list.subarray(0, at + 1);
    }
  }
  return list;
}

/** The role may come before or after a long message. */
function isUserRole(list: Buffer, from: number, to: number): boolean {
  const head = list.toString("latin1", from, Math.min(to, from + 200));
  return USER.test(head) || USER.test(list.toString("latin1", Math.max(from, to - 200), to));
}

function endOfString(text: Buffer, start: number): number {
  for (let at = text.indexOf(QUOTE, start + 1); at !== -1; at = text.indexOf(QUOTE, at + 1)) {
    let escapes = at;
    while (text[escapes - 1] === BACKSLASH) escapes -= 1;
    if ((at - escapes) % 2 === 0) return at;
  }
  return text.length;
}
