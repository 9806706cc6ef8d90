// Writes generated text between the two markers of a page. It must never change anything outside them.

export interface Markers {
  readonly begin: string;
  readonly end: string;
  /** Named in the error. */
  readonly page: string;
}

/** `text` with `written` between its markers. Throws if a marker is missing. */
export function betweenMarkers(text: string, { begin, end, page }: Markers, written: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} must hold ${begin} and after it ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${written}\n\n${text.slice(to)}`;
}
