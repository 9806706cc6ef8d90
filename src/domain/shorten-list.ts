// What people are told of a list that a stranger's request made long: the first entries and how many more there are. One
// rule for headers, the ledger and errors. Never longer than a header may be; never quadratic.

const MOST_ENTRIES = 50;
/** Characters of one entry, and of all of them with what stands between. */
const LONGEST_ENTRY = 100;
const MOST_CHARACTERS = 1_900;

/** The entries themselves where they are few and short; else the last one counts the rest, as `and 7 more`. */
export function shortenList(entries: readonly string[]): readonly string[] {
  if (areFewAndShort(entries)) return entries;
  const shown: string[] = [];
  let characters = 0;
  for (const entry of entries) {
    const words = entry.length > LONGEST_ENTRY ? `${entry.slice(0, LONGEST_ENTRY - 3)}...` : entry;
    characters += words.length + 2;
    if (shown.length === MOST_ENTRIES || characters > MOST_CHARACTERS) {
      return [...shown, `and ${entries.length - shown.length} more`];
    }
    shown.push(words);
  }
  return shown;
}

function areFewAndShort(entries: readonly string[]): boolean {
  if (entries.length > MOST_CHARACTERS / LONGEST_ENTRY - 1) return false;
  for (const entry of entries) if (entry.length > LONGEST_ENTRY - 2) return false;
  return true;
}
