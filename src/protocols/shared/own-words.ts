// What of a vendor's error are surely its own words. Errors quote the request, so a caller can put a sentence into them, and can
// close the quote by itself: only what stands before the first quote is trusted with what concerns everybody (keys, money,
// windows). It must never be stricter than vendors' own errors need.

const QUOTE = /['"`]/gu;
const LETTER = /\w/u;

/** `message` up to its first quote. An apostrophe is none; behind a brace begins another vendor's error, in JSON. */
export function ownWords(message: string): string {
  for (const { index } of message.matchAll(QUOTE)) {
    const before = message.charAt(index - 1);
    if (before === "{") return message;
    if (message[index] === "'" && LETTER.test(before) && LETTER.test(message.charAt(index + 1))) continue;
    return message.slice(0, index);
  }
  return message;
}
