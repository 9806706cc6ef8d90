// Shortens a list that a stranger's request made long: the first entries and the number of the others. One rule for
// headers, the ledger and errors. The result must never exceed a header's limit, and the work must never be quadratic.

const MOST_ENTRIES = 50;
/** Characters of one entry, and of all entries with separators. */
const LONGEST_ENTRY = 100;
const MOST_CHARACTERS = 1_900;

/** All entries if they are few and short; otherwise the last one counts the rest, as `and 7 more`. */
export function shortenList(entries: readonly string[]): readonly string[] {
  if (areFewAndShort(entries)) return entries;
  const visible: string[] = [];
  let characters = 0;
  for (const entry of entries) {
    const words = entry.length > LONGEST_ENTRY ? `${entry.slice(0, LONGEST_ENTRY - 3)}...` : entry;
    characters += words.length + 2;
    if (visible.length === MOST_ENTRIES || characters > MOST_CHARACTERS) {
      return [...visible, `and ${entries.length - visible.length} more`];
    }
    visible.push(words);
  }
  return visible;
}

function areFewAndShort(entries: readonly string[]): boolean {
  if (entries.length > MOST_CHARACTERS / LONGEST_ENTRY - 1) return false;
  for (const entry of entries) if (entry.length > LONGEST_ENTRY - 2) return false;
  return true;
}
