// Further names of providers, for people who come from another gateway. Types only.

/** Further names, in lower case and with dashes. */
export interface ProviderNames {
  /** The rows' own names. */
  readonly rows: ReadonlySet<string>;
  /** To the name of the row. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Vendors without a row, with what to write instead. */
  readonly absent: ReadonlyMap<string, string>;
}

/** The same names, read in any spelling. */
export interface ProviderLookup {
  /** The row of this further name, or of its own in another spelling; null if it is none. */
  readonly rowOf: (name: string) => string | null;
  /** What to write for a vendor without a row; null if the name is not known. */
  readonly remedyFor: (name: string) => string | null;
}
