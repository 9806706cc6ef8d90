// The part of a vendor's error that certainly is the vendor's own text. Errors quote the request, so a caller can put a
// sentence into them, and can close the quote itself. For facts that concern everybody (keys, money, windows), only
// text before the first quote is trusted. It must never be stricter than vendors' own errors need.

const QUOTE = /['"`]/gu;
const LETTER = /\w/u;

/** `message` up to its first quote. An apostrophe does not count; a brace starts another vendor's error, in JSON. */
export function ownWords(message: string): string {
  for (const { index } of message.matchAll(QUOTE)) {
    const before = message.charAt(index - 1);
    if (before === "{") return message;
    if (message[index] === "'" && LETTER.test(before) && LETTER.test(message.charAt(index + 1))) continue;
    return message.slice(0, index);
  }
  return message;
}
