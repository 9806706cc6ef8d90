// What a request lost or changed on its way to another protocol. Code that drops something reports it here. The caller
// reads it in the response headers, so entries are short and contain nothing of the conversation.

export interface Report {
  /** Dropped. `field`: OpenAI's name of it, or its own wire name. */
  drop(field: string): void;
  /** Changed: `field:from>to`. */
  adapt(field: string, from: string | number, to: string | number): void;
  /** Changed, as a complete entry. */
  note(entry: string): void;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
}

/** The same for an encoding with sets of its own. */
export function bookOf(books: {
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}): Pick<Report, "drop" | "adapt"> {
  return {
    drop: (field) => void books.dropped.add(field),
    adapt: (field, from, to) => void books.adapted.add(`${field}:${from}>${to}`),
  };
}

/**
 * Each entry once, in the order of its first mention. A request can have any number of them, so these are sets, not
 * lists.
 */
export function createReport(): Report {
  return new Book();
}

const NOTHING: readonly string[] = [];

/** The entries as a list, after `before`; no new list if there is nothing to join. */
export function listOf(entries: ReadonlySet<string>, before: readonly string[] = NOTHING): readonly string[] {
  return entries.size === 0 ? before : [...before, ...entries];
}

/** Most requests lose nothing, so the sets are created with their first entries. */
class Book implements Report {
  #dropped: Set<string> | null = null;
  #adapted: Set<string> | null = null;

  drop(field: string): void {
    (this.#dropped ??= new Set()).add(field);
  }

  adapt(field: string, from: string | number, to: string | number): void {
    this.note(`${field}:${from}>${to}`);
  }

  note(entry: string): void {
    (this.#adapted ??= new Set()).add(entry);
  }

  get dropped(): readonly string[] {
    return this.#dropped === null ? NOTHING : listOf(this.#dropped);
  }

  get adapted(): readonly string[] {
    return this.#adapted === null ? NOTHING : listOf(this.#adapted);
  }
}
