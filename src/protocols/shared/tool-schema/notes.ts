// Records what a lowering did to a schema, for the report: keywords by treatment, in the order of their first mention.
// It contains names of keywords only, never their values, and a schema with a thousand unusual keywords cannot flood
// the report.

export type Change = "added" | "folded" | "mended" | "description" | "dropped";

/** The most keywords that are named; the rest is a count. */
const mostNamed = 12;
const longestName = 32;

export class Notes {
  readonly #changes = new Map<Change, Set<string>>();

  add(change: Change, keyword: string): void {
    const keywords = this.#changes.get(change) ?? new Set();
    keywords.add(keyword);
    this.#changes.set(change, keywords);
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  of(change: Change): readonly string[] {
    return [...(this.#changes.get(change) ?? [])];
  }

  without(change: Change): Notes {
    const others = new Notes();
    for (const [kind, keywords] of this.#changes) if (kind !== change) others.#changes.set(kind, new Set(keywords));
    return others;
  }

  /** The entries for the report: `tools.look:pattern+minLength>description`. */
  entries(field: string): readonly string[] {
    return [...this.#changes].map(([change, keywords]) => `${field}:${listed(keywords)}>${change}`);
  }
}

function listed(keywords: ReadonlySet<string>): string {
  const names = [...keywords].slice(0, mostNamed).map(printable);
  const more = keywords.size - names.length;
  return more > 0 ? `${names.join("+")}+${more} more` : names.join("+");
}

/** A keyword may be the caller's own text. */
function printable(keyword: string): string {
  return keyword.slice(0, longestName).replaceAll(/[^\x21-\x7e]|[,;>]/g, "?");
}
