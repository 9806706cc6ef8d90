// A tokenizer of roughly the right size: words with their leading space, long ones in pieces, other characters alone.
// It is an estimate, the same one everywhere, so that usage, limits and streamed pieces always agree.

const tokenPattern = /[ \t]?[\p{L}\p{N}_]{1,8}|[ \t]?[^\s\p{L}\p{N}_]|\s+/gu;
const exactUpTo = 200_000;

/** The text in pieces; joined, they are the text again. */
export function splitTokens(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

/** How many tokens a text has; counted up to 200,000 characters, estimated beyond. */
export function countTokens(text: string): number {
  if (text.length > exactUpTo) return Math.ceil(text.length / 4);
  let count = 0;
  tokenPattern.lastIndex = 0;
  for (const _token of text.matchAll(tokenPattern)) count++;
  return count;
}

/** Tokens of a JSON value such as a tool's declaration. */
export function countJsonTokens(value: unknown): number {
  return value === undefined ? 0 : Math.ceil(JSON.stringify(value).length / 4);
}
