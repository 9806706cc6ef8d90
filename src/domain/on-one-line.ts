// Text from a request or a vendor for a log line or a terminal. A line end would forge a line of its own, and an escape
// sequence would command the reader's terminal.

/** The text with a question mark for each character that has no shape of its own. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\p{C}/gu, "?");
}
