// Further names of providers, for people who come from another gateway. Types only.

/** Further names, in lower case and with dashes. */
export interface ProviderNames {
  /** To the name of the row. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Vendors without a row, with what to write instead. */
  readonly absent: ReadonlyMap<string, string>;
}
